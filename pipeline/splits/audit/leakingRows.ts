import type { Leak } from '../leak.js'
import { parts } from '../part.js'
import { isInRanges } from '../ranges.js'
import type { AuditInput } from './auditInput.js'
import type { Finding } from './finding.js'
import type { SearchName } from './searches.js'

/** The search that judges leaks of a kind. */
const judgeOf: Record<Leak['kind'], SearchName> = {
  'same-log': 'sharedLogs',
  'same-source': 'sharedSources',
  near: 'trainDistance',
  drive: 'temporalNeighbours',
}

/** For each track and row 1 where the frame is in val or test and a finding calls it a leak, by itself. */
export function leakingRows({ tracks, leaks, matches }: AuditInput, findings: readonly Finding[]): Uint8Array[] {
  const numberOf = new Map(tracks.map(({ logId }, i) => [logId, i]))
  const isLeak = new Set(findings.filter(({ severity }) => severity === 'leak').map(({ kind }) => kind))
  const marked = tracks.map(({ frameIndex }) => new Uint8Array(frameIndex.length))
  for (const { kind, sides } of leaks)
    for (const { logId, part, frames } of isLeak.has(judgeOf[kind]) ? sides : []) {
      const number = numberOf.get(logId)
      if (number === undefined || part === 'train') continue
      const { frameIndex, partOfRow } = tracks[number]
      // A run goes on over frames of other parts that lie between.
      frameIndex.forEach((index, row) => {
        if (partOfRow[row] === parts.indexOf(part) && isInRanges(frames, index)) marked[number][row] = 1
      })
    }
  if (isLeak.has('nearDuplicates')) for (const { frame } of matches?.frames ?? []) marked[frame.track][frame.row] = 1
  return marked
}
