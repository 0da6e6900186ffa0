import { maxAccelerationMps2, maxSpeedMps, maxStrayM, maxTurnRad, maxTurnRateRadps } from '../findJumps.js'
import { below } from './below.js'
import type { Check } from './check.js'

/** A log may have this share of jumps among its steps from pose to pose. */
const maxJumpShare = 0.1

/** Poses that jump. */
export const poseJumps: Check = {
  finds: 'poses that jump',
  rule: `From one pose to the next, at most 1 s apart: faster than ${maxSpeedMps} m/s over more than ${maxStrayM} m; or more than ${maxStrayM} m + ½·${maxAccelerationMps2} m/s²·Δt² off where both the velocity before and the one after lead; or turned by more than ${maxTurnRad} rad + ${maxTurnRateRadps} rad/s·Δt. Counted, the motion across it is null, and no sweep from before it feeds a frame after it; when more than ${100 * maxJumpShare} % of the steps jump, the log is left out.`,
  reason:
    'No car does 324 km/h, brakes with 1.5 g or turns a quarter in 0.3 s. The steepest true step of the real logs strays 0.46 m; two of them (nuScenes scenes 0655 and 1077) end with a pose 2.8 and 3.0 m back.',
  look({ log }) {
    const { jumps, timesNs, file } = log.poses
    if (jumps.length === 0) return []
    const [{ index, what }] = jumps
    const isTooMuch = jumps.length > maxJumpShare * (timesNs.length - 1)
    const actual = isTooMuch ? `${what}; ${jumps.length} jumps in ${timesNs.length} poses` : what
    const at = { file: below(log, file), place: log.poses.placeOf(index) }
    const expected = 'a step that the poses around it explain'
    return [{ ...at, expected, actual, count: jumps.length, effect: isTooMuch ? 'log' : 'cut' }]
  },
}
