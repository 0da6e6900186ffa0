import type { PoseTrack } from '../poseTrack.js'
import { below } from './below.js'
import type { Check } from './check.js'

/** Fewer poses, or a shorter log, may be equal by rounding. */
const [leastPoses, leastS] = [10, 1]

/** Poses that nobody filled in, or that stopped with the localisation. */
export const stillPoses: Check = {
  finds: 'poses that never change',
  rule: `All poses of a log, at least ${leastPoses} over at least ${leastS} s, are the same to the last digit: named, and kept.`,
  reason:
    'The estimates of a localisation differ a little even of a parked vehicle; one number all along is a default, or a mount by the road. Nothing else tells the two apart: if the ego drives, every frame is of another place than it says.',
  look({ log }) {
    const { poses } = log
    const { timesNs, file } = poses
    const lastS = timesNs[timesNs.length - 1] / 1e9
    if (timesNs.length < leastPoses || lastS < leastS || !isStill(poses)) return []
    const actual = `${timesNs.length} poses at [${poses.placeM(0).join(', ')}] m over ${lastS.toFixed(1)} s`
    const at = { file: below(log, file), place: poses.placeOf(0), count: timesNs.length }
    return [{ ...at, expected: 'poses that differ', actual, effect: 'noted' }]
  },
}

function isStill(poses: PoseTrack): boolean {
  const { q, t } = poses.pose(0)
  return poses.timesNs.every((_, i) => {
    const one = poses.pose(i)
    return one.t.every((value, axis) => value === t[axis]) && one.q.every((value, axis) => value === q[axis])
  })
}
