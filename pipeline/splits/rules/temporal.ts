import { groupBy } from '../groupBy.js'
import { type Part, parts } from '../part.js'
import { regionValue } from '../pieces.js'
import type { SplitRule } from '../rule.js'
import type { LogTrack } from '../tracks.js'

export const temporal: SplitRule = {
  describe: "cuts each site's frames in the order of time: earlier is train, later is test, gapS seconds between",
  valuesOf: regionValue,
  regionsOf(logs, { shares, gapS, neighbourS }) {
    const regions = new Map<LogTrack, string[]>()
    for (const [siteId, here] of groupBy(logs, (log) => log.siteId)) {
      const startNs = startsOf(timesOf(here), shares, BigInt(Math.round(Math.max(gapS, neighbourS) * 1e9)))
      for (const log of here)
        regions.set(
          log,
          Array.from(log.timestampNs, (timeNs) =>
            eraName(siteId, startNs.findLast((era) => era.fromNs <= timeNs)!.part),
          ),
        )
    }
    return logs.map((log) => regions.get(log)!)
  },
  // A site's name may hold a slash, a part's does not.
  partOf: (value) => value.slice(value.lastIndexOf('/') + 1) as Part,
}

/** Name of the time of a site that is a part's. */
export function eraName(siteId: string, part: Part): string {
  return `${siteId}/${part}`
}

/** All frame times of the logs, ascending. */
function timesOf(logs: readonly LogTrack[]): BigInt64Array {
  const timesNs = new BigInt64Array(logs.reduce((sum, log) => sum + log.timestampNs.length, 0))
  let at = 0
  for (const { timestampNs } of logs) {
    timesNs.set(timestampNs, at)
    at += timestampNs.length
  }
  return timesNs.sort()
}

interface Era {
  part: Part
  /** It lasts from this time to the next era's. */
  fromNs: bigint
}

/**
 * Where the parts start, so that what the gaps leave of each is its share of all that is left. Found by halving: the
 * more frames are to be kept, the fewer are left for the last part. The frames of a gap are of the part that gives way
 * there: val or test after train, val before test.
 */
function startsOf(timesNs: BigInt64Array, shares: readonly number[], gapNs: bigint): Era[] {
  let [low, high] = [0, timesNs.length]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (layOut(timesNs, shares, gapNs, middle).isEnough) low = middle
    else high = middle - 1
  }
  return layOut(timesNs, shares, gapNs, low).eras
}

/** Lays the parts out one after another, each long enough for its share of `keep` frames. */
function layOut(timesNs: BigInt64Array, shares: readonly number[], gapNs: bigint, keep: number) {
  const asked = parts.flatMap((part, i) => (shares[i] > 0 ? [{ part, frames: Math.round(shares[i] * keep) }] : []))
  const eras: Era[] = []
  let [start, lastNs] = [0, timesNs[0] - 1n]
  for (const { part, frames } of asked) {
    if (start >= timesNs.length) return { eras, isEnough: false }
    const givesWay = part === 'test' && eras.at(-1)?.part === 'val'
    eras.push({ part, fromNs: givesWay ? timesNs[start] : lastNs + 1n })
    const end = Math.max(start + 1, start + frames)
    if (end > timesNs.length) return { eras, isEnough: false }
    lastNs = timesNs[end - 1]
    start = firstFrom(timesNs, end, lastNs + (gapNs > 0n ? gapNs : 1n))
  }
  return { eras, isEnough: true }
}

/** First place from `from` on whose time is at least `timeNs`. */
function firstFrom(timesNs: BigInt64Array, from: number, timeNs: bigint): number {
  let [low, high] = [from, timesNs.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (timesNs[middle] < timeNs) low = middle + 1
    else high = middle
  }
  return low
}
