import { UsageError } from '../../pipeline/errors.js'
import { association } from './studies/association.js'
import { cells } from './studies/cells.js'
import { classPresence } from './studies/classPresence.js'
import { energyHead } from './studies/energyHead.js'
import { fewShot } from './studies/fewShot.js'
import { linearProbes } from './studies/linearProbes.js'
import { mapChange } from './studies/mapChange.js'
import { mutualInformation } from './studies/mutualInformation.js'
import { retrieval } from './studies/retrieval.js'
import { riskHead } from './studies/riskHead.js'
import { selectivity } from './studies/selectivity.js'
import type { Study } from './study.js'

/** Every study by its name: adding one is a file and a line here. */
export const studies = {
  linearProbes,
  selectivity,
  mutualInformation,
  classPresence,
  cells,
  retrieval,
  association,
  mapChange,
  riskHead,
  energyHead,
  fewShot,
} satisfies Record<string, Study>

/** Looks a study up. Throws UsageError that lists the studies. */
export function studyNamed(name: string): Study {
  const study = (studies as Record<string, Study>)[name]
  if (!study) throw new UsageError(`no study '${name}'`, { expected: Object.keys(studies).join(' | ') })
  return study
}
