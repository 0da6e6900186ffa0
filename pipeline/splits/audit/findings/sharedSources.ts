import type { AuditSearch } from '../auditInput.js'
import { counted } from '../counted.js'
import { type Found, named } from '../finding.js'
import { casesOf } from '../leakCases.js'

/** Logs of two names made from the very same bytes, in two parts. */
export const sharedSources: AuditSearch = {
  title: 'same source under two names',
  find({ leaks, tracks, cutsLogs, config }): Found {
    const unknown = tracks.filter(({ sourceHash }) => !sourceHash).length
    if (unknown === tracks.length) {
      const summary = 'the dataset keeps no hashes of its sources'
      return { severity: 'unchecked', headline: 'no hashes', summary, numbers: { pairs: null }, named: named([], 1) }
    }
    const cases = casesOf(leaks, 'same-source')
    return {
      severity: cases.length === 0 ? 'none' : cutsLogs ? 'note' : 'leak',
      headline: counted(cases.length, 'pair'),
      summary:
        cases.length === 0
          ? 'no two logs of different parts come from the same bytes'
          : `${cases.length} pairs of logs of different parts come from the same bytes`,
      numbers: { pairs: cases.length, logsWithoutHash: unknown },
      named: named(cases, config.mostNamed),
    }
  },
}
