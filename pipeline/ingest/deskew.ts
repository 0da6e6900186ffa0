import { compose, invert, type Pose, rotationMatrix } from '../pose.js'
import type { PoseTrack } from './poseTrack.js'

/** Poses are computed this often and their matrices joined by straight lines: at 1 rad/s that is off by 10⁻⁷ rad. */
const stepNs = 1e6

/**
 * Takes points from the frame of a moving sensor, each at its own time, to the ego frame of one time: removes the
 * motion of the ego during a sweep. In place.
 *
 * `pointsM` is x y z a point in the sensor's frame, 3·count; `offsetNs` is each point's time after `timeNs`, which is
 * ns since the log's first pose. Throws DataError when the poses do not cover the points' times.
 */
export function deskew(
  pointsM: Float32Array,
  offsetNs: Int32Array,
  count: number,
  timeNs: number,
  egoFromSensor: Pose,
  poses: PoseTrack,
): void {
  const [first, last] = spanOf(offsetNs, count)
  const steps = Math.max(1, Math.ceil((last - first) / stepNs))
  const apartNs = (last - first) / steps
  const everyNs = Math.max(1, apartNs)
  const matrices = matricesAt(steps, apartNs, timeNs + first, timeNs, egoFromSensor, poses)
  const m = new Float64Array(12)
  for (let p = 0, at = 0; p < count; p++, at += 3) {
    const along = (offsetNs[p] - first) / everyNs
    const step = Math.min(along | 0, steps - 1)
    const share = along - step
    for (let e = 0, from = 12 * step; e < 12; e++, from++)
      m[e] = matrices[from] + share * (matrices[from + 12] - matrices[from])
    const x = pointsM[at]
    const y = pointsM[at + 1]
    const z = pointsM[at + 2]
    pointsM[at] = m[0] * x + m[1] * y + m[2] * z + m[9]
    pointsM[at + 1] = m[3] * x + m[4] * y + m[5] * z + m[10]
    pointsM[at + 2] = m[6] * x + m[7] * y + m[8] * z + m[11]
  }
}

/** Least and greatest of the first `count` offsets, and of 0, the sweep's own time. */
export function spanOf(offsetNs: Int32Array, count: number): [number, number] {
  let [first, last] = [0, 0]
  for (let p = 0; p < count; p++) {
    if (offsetNs[p] < first) first = offsetNs[p]
    if (offsetNs[p] > last) last = offsetNs[p]
  }
  return [first, last]
}

/** Rotation (row by row) and translation, 12 numbers a step: from the sensor at that step to the ego at `timeNs`. */
function matricesAt(
  steps: number,
  apartNs: number,
  firstNs: number,
  timeNs: number,
  egoFromSensor: Pose,
  poses: PoseTrack,
): Float64Array {
  const egoFromCity = invert(poses.at(timeNs))
  const matrices = new Float64Array(12 * (steps + 1))
  for (let step = 0; step <= steps; step++) {
    const { q, t } = compose(compose(egoFromCity, poses.at(firstNs + step * apartNs)), egoFromSensor)
    matrices.set(rotationMatrix(q), 12 * step)
    matrices.set(t, 12 * step + 9)
  }
  return matrices
}
