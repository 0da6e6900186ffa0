import { compose, invert, type Pose, yawOf } from '../pose.js'
import type { EgoMotion } from '../schema.js'

/** Times further apart than this many frame periods have a gap between them. */
export const gapPeriods = 1.5
/** A time this near to a period's end is that frame even when no later time vouches for it; share of the period. */
const onTimeShare = 0.1

/**
 * Chooses frames at a rate from the times a log offers (ns, increasing): the first one, and from there for each full
 * period the nearest time to it, the earlier of two. Counting periods from one start keeps a horizon of n frames at n
 * periods even where single frames lie a little off. After a gap, counting starts again.
 */
export function frameTimes(offeredNs: Float64Array, frameRateHz: number): number[] {
  const periodNs = 1e9 / frameRateHz
  const chosen: number[] = []
  let [startNs, periods] = [offeredNs[0], 0]
  for (let after = 0; after < offeredNs.length; ) {
    const wantedNs = startNs + periods * periodNs
    while (after < offeredNs.length && offeredNs[after] < wantedNs) after++
    const nearestNs = offeredNs[nearestIndex(offeredNs, wantedNs)]
    const isOnTime = Math.abs(nearestNs - wantedNs) <= onTimeShare * periodNs
    const isBetween = offeredNs[after] - offeredNs[after - 1] <= gapPeriods * periodNs
    if (isOnTime || isBetween) {
      if (nearestNs !== chosen.at(-1)) chosen.push(nearestNs)
      periods++
    } else {
      startNs = offeredNs[after]
      periods = 0
    }
  }
  return chosen
}

/** Ego motion from one frame to the next, in the earlier frame's axes; null over a gap. */
export function motionBetween(before: Pose, now: Pose, dtS: number, frameRateHz: number): EgoMotion | null {
  if (dtS > gapPeriods / frameRateHz) return null
  const beforeFromNow = compose(invert(before), now)
  const [dxM, dyM, dzM] = beforeFromNow.t
  return { dxM, dyM, dzM, dyawRad: yawOf(beforeFromNow.q), dtS }
}

/** Index of the entry of `timesNs` (increasing, not empty) nearest to `timeNs`. */
export function nearestIndex(timesNs: Float64Array, timeNs: number): number {
  let [low, high] = [0, timesNs.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (timesNs[middle] < timeNs) low = middle + 1
    else high = middle
  }
  return low > 0 && timeNs - timesNs[low - 1] <= timesNs[low] - timeNs ? low - 1 : low
}
