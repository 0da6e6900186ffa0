import { headOf } from '../../pipeline/hashChain.js'
import { baselines } from '../baselines.js'
import type { MetricRow } from '../metricRow.js'
import type { TrainedVerdict } from '../trainedFrames.js'
import { against, type Comparison, gainOver } from './evidence.js'
import { counted, inWords, shown, signed, support } from './numbers.js'
import { horizonsOf, leadingRows, modelOf, rowsWhere, rowWhere, valuesOf } from './rows.js'
import type { RunResults } from './runResults.js'
import { worstSlices } from './sliceFindings.js'

/** One sentence of the summary, and on which side of the ledger it stands. */
export interface Finding {
  tone: 'good' | 'bad' | 'unknown'
  what: string
  evidence: string
}

/** Under this pooled recall more rare voxels are missed than found. */
const rareFloor = 0.5

/** What a reader must know after ten seconds: what is good, what is bad, what is not known. */
export function findings(results: RunResults): Finding[] {
  const rows = leadingRows(results.rows)
  return [
    ...againstBaselines(rows),
    ...rareClasses(rows),
    ...worstSlices(results.rows),
    ...rigGaps(results.rows),
    ...shortcuts(results.rows),
    ...splitFaults(results),
    ...trainedFrames(results),
    ...collapse(results),
    ...unmeasured(rows),
  ]
}

const toneOf: Record<Comparison, Finding['tone']> = { ahead: 'good', behind: 'bad', open: 'unknown' }

/** IoU and mIoU of the model against the better baseline at each horizon; horizons of equal outcome share a line. */
function againstBaselines(rows: readonly MetricRow[]): Finding[] {
  return (['iou', 'miou'] as const).flatMap((metric) => {
    const outcomes = horizonsOf(rows).flatMap((horizonS) => {
      const gains = baselines.flatMap((name) => gainOver(rows, name, metric, horizonS) ?? [])
      const measured = gains.filter(({ value }) => value !== null)
      if (measured.length === 0) return []
      const closest = measured.reduce((a, b) => (b.value! < a.value! ? b : a))
      return [{ horizonS, closest, outcome: against(closest) }]
    })
    return (['ahead', 'behind', 'open'] as const).flatMap((outcome) => {
      const alike = outcomes.filter((each) => each.outcome === outcome)
      if (alike.length === 0) return []
      const name = metric === 'iou' ? 'IoU' : 'mIoU'
      const what = {
        ahead: `Beats copy and warp in ${name} at ${seconds(alike)}`,
        behind: `Loses to a baseline in ${name} at ${seconds(alike)}`,
        open: `${name} at ${seconds(alike)} cannot be told from a baseline`,
      }[outcome]
      const evidence = alike.map(
        ({ horizonS, closest }) => `${horizonS} s: ${inWords(closest, signed)} over ${baselineOf(closest)}`,
      )
      return [{ tone: toneOf[outcome], what, evidence: `${evidence.join('; ')} (${support(alike[0].closest)})` }]
    })
  })
}

function baselineOf({ metric }: MetricRow): string {
  return metric.slice(metric.lastIndexOf('_') + 1)
}

function seconds(outcomes: readonly { horizonS: number }[]): string {
  // No break before the unit.
  return `${outcomes.map(({ horizonS }) => horizonS).join(', ')}\u00a0s`
}

function rareClasses(rows: readonly MetricRow[]): Finding[] {
  const model = modelOf(rows)
  const horizons = horizonsOf(rows)
  const recalls = [...new Set([horizons[0], horizons.at(-1)])].flatMap((horizonS) => {
    const where = { task: 'forecast', model, metric: 'rare_recall', horizonS, slice: 'all' } as const
    return (horizonS !== undefined && rowWhere(rows, where)) || []
  })
  if (recalls.length === 0) return []
  const measured = recalls.filter(({ value }) => value !== null)
  if (measured.length === 0)
    return [
      { tone: 'unknown', what: 'Rare-class recall is not applicable', evidence: 'no rare voxel in the scored truth' },
    ]
  const outcome = against(measured[0], rareFloor)
  const what = {
    ahead: 'Finds most rare-class voxels',
    behind: 'Misses most rare-class voxels',
    open: 'Whether most rare-class voxels are found is open',
  }[outcome]
  const evidence = measured.map((row) => `${row.horizonS} s: recall ${inWords(row)}`)
  return [{ tone: toneOf[outcome], what, evidence: `${evidence.join('; ')} (${support(measured[0])})` }]
}

function rigGaps(all: readonly MetricRow[]): Finding[] {
  const judged = rowsWhere(all, { task: 'audit' }).filter(({ verdict }) => verdict !== null)
  const of = (...verdicts: MetricRow['verdict'][]) => judged.filter(({ verdict }) => verdicts.includes(verdict))
  const [failed, passed, open] = [of('fail'), of('pass'), of('insufficient-support', 'not-applicable')]
  const list = (rows: MetricRow[]) =>
    worstFirst(rows)
      .map((row) => `${row.slice}: ${inWords(row, signed)}`)
      .join('; ')
  const finding = (tone: Finding['tone'], rows: MetricRow[], what: string): Finding[] =>
    rows.length === 0 ? [] : [{ tone, what, evidence: `gap in IoU, ${list(rows)}` }]
  return [
    ...finding('bad', failed, `Fails the rig-holdout audit on ${counted(failed.length, 'rig')} of ${judged.length}`),
    ...finding('good', passed, `Holds on ${counted(passed.length, 'unseen rig')} of ${judged.length}`),
    ...finding('unknown', open, `Rig-holdout audit undecided for ${counted(open.length, 'rig')} of ${judged.length}`),
  ]
}

function worstFirst(rows: MetricRow[]): MetricRow[] {
  return [...rows].sort((a, b) => (b.value ?? Number.NEGATIVE_INFINITY) - (a.value ?? Number.NEGATIVE_INFINITY))
}

/** What the latent tells and should not. */
function shortcuts(all: readonly MetricRow[]): Finding[] {
  const rows = rowsWhere(all, { task: 'probe', metric: 'balanced_accuracy' }).filter(({ classPolicy }) =>
    classPolicy.startsWith('shortcut'),
  )
  return valuesOf(rows, 'slice').flatMap((slice) => {
    const latent = rows.find((row) => row.slice === slice && row.model !== 'chance')
    const chance = rows.find((row) => row.slice === slice && row.model === 'chance')
    if (!latent || chance?.value == null || against(latent, chance.value) !== 'ahead') return []
    const evidence = `balanced accuracy ${inWords(latent)} where chance has ${shown(chance.value)}`
    return [
      {
        tone: 'bad' as const,
        what: `The latent tells the ${slice.replace('_id', '')}: a shortcut a model can take`,
        evidence,
      },
    ]
  })
}

function splitFaults({ split, certificate }: RunResults): Finding[] {
  if (!split)
    return [
      {
        tone: 'unknown',
        what: 'The split is not part of this run',
        evidence: 'leaks between the parts were not looked for',
      },
    ]
  const certified = certificate ? `, certificate ${headOf(certificate.chain).slice(0, 12)}` : ''
  const evidence = `rule ${split.rule}, buffer ${split.bufferM} m${certified}`
  const leaks: Finding =
    split.leaks.length === 0
      ? { tone: 'good', what: 'No leak between the parts of the split was found', evidence }
      : {
          tone: 'bad',
          what: `${counted(split.leaks.length, 'leak')} between the parts of the split`,
          evidence: `${evidence}; listed under Provenance`,
        }
  const given = split.compromises.map(({ what }) => what)
  const compromises: Finding[] =
    given.length === 0
      ? []
      : [
          {
            tone: 'unknown',
            what: `The split had to give way ${counted(given.length, 'time')}`,
            evidence: given.join('; '),
          },
        ]
  return [leaks, ...compromises]
}

/** What `eval` found when it compared training frames with scored ones. */
function trainedFrames({ manifests }: RunResults): Finding[] {
  const compared = manifests.metrics?.details.trainedFrames as TrainedVerdict | undefined
  if (!compared) return []
  const { rules, remark } = compared
  if (remark) return [{ tone: 'bad', what: 'The scored frames are not new to the models', evidence: remark }]
  return [{ tone: 'good', what: 'No scored frame meets a training frame', evidence: `compared by ${rules.join(', ')}` }]
}

function collapse({ histories }: RunResults): Finding[] {
  const warning = histories.latent?.findLast(({ note }) => note !== null)
  return warning
    ? [{ tone: 'bad', what: 'The latent’s training warned', evidence: `step ${warning.step}: ${warning.note}` }]
    : []
}

function unmeasured(rows: readonly MetricRow[]): Finding[] {
  const model = modelOf(rows)
  const recalls = rowsWhere(rows, { task: 'forecast', model, metric: 'recall', horizonS: horizonsOf(rows)[0] })
  const absent = recalls.filter(({ value }) => value === null).map(({ className }) => className)
  if (absent.length === 0) return []
  const evidence = `no voxel of them in the scored truth: ${absent.join(', ')}`
  return [{ tone: 'unknown', what: `${counted(absent.length, 'class', 'classes')} could not be measured`, evidence }]
}
