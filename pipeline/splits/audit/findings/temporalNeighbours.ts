import type { AuditSearch } from '../auditInput.js'
import { type Found, named } from '../finding.js'
import { casesOf, touchedBy } from '../leakCases.js'

/** Frames of one rig at one site, in two parts, with hardly any time between them. */
export const temporalNeighbours: AuditSearch = {
  title: 'one drive in two parts',
  find({ leaks, config }): Found {
    const { neighbourS, mostNamed } = config
    if (neighbourS === 0) {
      const summary = 'switched off: the time between frames that counts as one drive is 0'
      return { severity: 'unchecked', headline: 'off', summary, numbers: { pairs: null }, named: named([], 1) }
    }
    const cases = casesOf(leaks, 'drive').sort((a, b) => a.gapS! - b.gapS!)
    const leastS = cases.length > 0 ? cases[0].gapS : null
    return {
      severity: cases.length > 0 ? 'leak' : 'none',
      headline: leastS === null ? `none within ${neighbourS} s` : `${leastS.toFixed(1)} s apart`,
      summary:
        leastS === null
          ? `frames of one rig at one site in two parts are at least ${neighbourS} s apart`
          : `${cases.length} pairs of logs of one rig and site meet in two parts within ${neighbourS} s`,
      numbers: { pairs: cases.length, logs: touchedBy(cases).logs, leastS },
      named: named(cases, mostNamed),
    }
  },
}
