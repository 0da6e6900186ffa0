import type { TakenFrame } from './buffer.js'
import { groupBy } from './groupBy.js'
import type { Part } from './part.js'
import type { LogTrack } from './tracks.js'

/** Who gives way to whom, in words, for `split.json`. */
export const gapDescription =
  'where a rule cuts logs: train keeps its frames; test loses those closer in time than the gap to a train frame of the ' +
  'same rig and site (rule temporal: of the same site); val loses those close to a train frame and those close to a ' +
  'test frame that stayed'

/** A frame that the gap takes; it is `gapS` away in time from the frame of part `near`. */
export interface CloseFrame extends Pick<TakenFrame, 'row' | 'near'> {
  gapS: number
}

/**
 * Finds the frames that must go so that frames of two parts that share a key lie at least `gapS` apart in time (see
 * `gapDescription`). Returns them by log id, in the order of rows. A piece's frames are ascending in time.
 */
export function takeCloseFrames(
  tracks: readonly LogTrack[],
  partOf: ReadonlyMap<string, Part>,
  gapS: number,
  keyOf: (track: LogTrack) => string,
): Map<string, CloseFrame[]> {
  const taken = new Map<string, CloseFrame[]>()
  if (gapS <= 0) return taken
  for (const alike of groupBy(tracks, keyOf).values()) {
    const of = (part: Part) => alike.filter((track) => partOf.get(track.logId) === part)
    take(of('test'), 'train', of('train'), gapS, taken)
    take(of('val'), 'train', of('train'), gapS, taken)
    take(of('val'), 'test', of('test'), gapS, taken)
  }
  for (const frames of taken.values()) frames.sort((a, b) => a.row - b.row)
  return taken
}

function take(
  losers: readonly LogTrack[],
  near: Part,
  keepers: readonly LogTrack[],
  gapS: number,
  taken: Map<string, CloseFrame[]>,
): void {
  const timesNs = keptTimes(keepers, taken)
  if (timesNs.length === 0) return
  for (const { logId, timestampNs } of losers) {
    const gone = new Set(taken.get(logId)?.map(({ row }) => row))
    timestampNs.forEach((timeNs, row) => {
      const closeS = gone.has(row) ? gapS : nearestS(timesNs, timeNs)
      if (closeS >= gapS) return
      const mine = taken.get(logId)
      if (mine) mine.push({ row, near, gapS: closeS })
      else taken.set(logId, [{ row, near, gapS: closeS }])
    })
  }
}

function keptTimes(tracks: readonly LogTrack[], taken: ReadonlyMap<string, CloseFrame[]>): BigInt64Array {
  const kept = tracks.flatMap(({ logId, timestampNs }) => {
    const gone = new Set(taken.get(logId)?.map(({ row }) => row))
    return Array.from(timestampNs).filter((_, row) => !gone.has(row))
  })
  return BigInt64Array.from(kept).sort()
}

/** Seconds to the nearest of the times, which are ascending. */
function nearestS(timesNs: BigInt64Array, timeNs: bigint): number {
  let [low, high] = [0, timesNs.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (timesNs[middle] < timeNs) low = middle + 1
    else high = middle
  }
  const after = low < timesNs.length ? Number(timesNs[low] - timeNs) : Number.POSITIVE_INFINITY
  const before = low > 0 ? Number(timeNs - timesNs[low - 1]) : Number.POSITIVE_INFINITY
  return Math.min(before, after) / 1e9
}
