import type { AuditSearch } from '../auditInput.js'
import { counted } from '../counted.js'
import { type Found, named } from '../finding.js'
import { casesOf } from '../leakCases.js'

/** Logs that have frames in two parts, and frames that lists give to two parts. */
export const sharedLogs: AuditSearch = {
  title: 'logs in two parts',
  find({ leaks, tracks, cutsLogs, contradictions, config }): Found {
    const torn = casesOf(leaks, 'same-log')
    const logs = new Set(torn.map(({ frames }) => frames[0].logId)).size
    const twice = contradictions.shown.map((frame) => ({
      ...{ frames: [frame], distanceM: null, gapS: null, what: 'given to two parts by the lists' },
    }))
    const isMeant = cutsLogs && contradictions.count === 0
    const some = logs + contradictions.count > 0
    return {
      severity: some ? (isMeant ? 'note' : 'leak') : 'none',
      headline:
        contradictions.count > 0 ? `${counted(contradictions.count, 'frame')} given twice` : counted(logs, 'log'),
      summary: !some
        ? 'no log has frames in two parts'
        : `${logs} of ${tracks.length} logs have frames in two parts, ${contradictions.count} frames are given to two parts` +
          (isMeant ? '; the split cuts logs on purpose, and distance and time judge the pieces' : ''),
      numbers: { logs, framesInTwoParts: contradictions.count },
      named: named([...twice, ...torn], config.mostNamed, contradictions.count + torn.length),
    }
  },
}
