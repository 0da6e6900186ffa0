import { groupBy } from '../../groupBy.js'
import { parts } from '../../part.js'
import type { AuditedTrack } from '../auditedTracks.js'
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
    const pairs = pairsOf(tracks)
    return {
      severity: pairs === 0 ? 'none' : cutsLogs ? 'note' : 'leak',
      headline: counted(pairs, 'pair'),
      summary:
        pairs === 0
          ? 'no two logs of different parts come from the same bytes'
          : `${pairs} pairs of logs of different parts come from the same bytes`,
      numbers: { pairs, logsWithoutHash: unknown },
      named: named(cases, config.mostNamed, pairs),
    }
  },
}

/** Of logs that share a source, pairs with frames in two parts, counted by part: of very many not every pair is listed. */
function pairsOf(tracks: readonly AuditedTrack[]): number {
  let pairs = 0
  for (const [sourceHash, alike] of groupBy(tracks, (track) => track.sourceHash)) {
    if (!sourceHash || alike.length < 2) continue
    const counts = parts.map(() => 0)
    let sides = 0
    let ofOneLog = 0
    for (const { partOfRow } of alike) {
      const mine = [...parts.keys()].filter((part) => partOfRow.includes(part))
      for (const part of mine) counts[part]++
      sides += mine.length
      ofOneLog += (mine.length * (mine.length - 1)) / 2
    }
    const inOnePart = counts.reduce((sum, count) => sum + (count * (count - 1)) / 2, 0)
    pairs += (sides * (sides - 1)) / 2 - inOnePart - ofOneLog
  }
  return pairs
}
