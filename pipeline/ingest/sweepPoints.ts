import { compose, invert, type Pose, rotationMatrix } from '../pose.js'
import { BoxIndex } from './boxIndex.js'
import type { BoxMotions } from './boxMotions.js'
import { type Labels, leftOut } from './labels.js'
import type { PoseTrack } from './poseTrack.js'
import type { Rays } from './rayCaster.js'
import { RayOrigins } from './rayOrigins.js'
import type { Box, Sensor, Sweep } from './reader.js'

/** Range noise of a LiDAR (three sigma) and the rounding of half-precision coordinates at 100 m. */
export const boxMarginM = 0.15

/** The class is still to be told from the ground under the point. */
export const untold = -2

/** Points of one sweep on their way into a frame: buffers that grow to the largest sweep and are used again. */
export class SweepPoints {
  count = 0
  /** Points that take part: all but those of categories that are left out. */
  kept = 0
  /** Class index of each point, `leftOut` or `untold`. */
  classes = new Int16Array(0)
  /** Index of the box that each point lies in; −1 for none. */
  boxes = new Int16Array(0)
  /** From the sensor to the point, in the frame's ego frame; of no length for points that are left out. */
  readonly rays: Rays = { count: 0, fromM: new Float32Array(0), toM: new Float32Array(0) }

  /** Finds each point's box, where it was when the point was taken, and class. `boxes` are in the ego frame of the sweep. */
  label(
    sweep: Sweep,
    boxes: readonly Box[],
    motions: BoxMotions | null,
    labels: Labels,
    pointCategories: readonly string[] | null,
  ): void {
    this.reserve(sweep.count)
    this.findBoxes(sweep, boxes, motions)
    const classOfBox = boxes.map(({ category }) => labels.classOf(category))
    const codes = pointCategories?.map((category) => labels.classOf(category)) ?? []
    let kept = 0
    for (let p = 0; p < sweep.count; p++) {
      const box = this.boxes[p]
      const label = sweep.category ? (codes[sweep.category[p]] ?? labels.others) : box < 0 ? untold : classOfBox[box]
      this.classes[p] = label
      if (label !== leftOut) kept++
    }
    this.kept = kept
  }

  /** Lays the sweep's rays in the ego frame of `cityFromFrame`, as if the world stood still. */
  trace(sweep: Sweep, lidars: readonly Sensor[], poses: PoseTrack, cityFromFrame: Pose): void {
    const frameFromCity = invert(cityFromFrame)
    const frameFromSweep = compose(frameFromCity, poses.at(sweep.timeNs))
    const origins = new RayOrigins(sweep, lidars, poses, frameFromCity)
    const { fromM, toM } = this.rays
    for (let p = 0, at = 0; p < sweep.count; p++, at += 3) origins.write(sweep.lidar[p], sweep.offsetNs[p], fromM, at)
    transformTriples(frameFromSweep, sweep.pointsM, toM, sweep.count)
    for (let p = 0; p < sweep.count; p++)
      if (this.classes[p] === leftOut) toM.set(fromM.subarray(3 * p, 3 * p + 3), 3 * p)
  }

  private findBoxes({ count, pointsM, offsetNs }: Sweep, boxes: readonly Box[], motions: BoxMotions | null): void {
    if (boxes.length === 0) {
      this.boxes.fill(-1, 0, count)
      return
    }
    const index = new BoxIndex(boxes, boxMarginM, motions)
    for (let p = 0, at = 0; p < count; p++, at += 3)
      this.boxes[p] = index.find(pointsM[at], pointsM[at + 1], pointsM[at + 2], offsetNs[p] * 1e-9)
  }

  private reserve(count: number): void {
    this.count = count
    this.rays.count = count
    if (count <= this.classes.length) return
    this.classes = new Int16Array(count)
    this.boxes = new Int16Array(count)
    this.rays.fromM = new Float32Array(3 * count)
    this.rays.toM = new Float32Array(3 * count)
  }
}

/** Takes `count` points x y z through a transform. Scalars only: a tuple for each point would be garbage. */
function transformTriples({ q, t }: Pose, from: Float32Array, to: Float32Array, count: number): void {
  const m = rotationMatrix(q)
  for (let at = 0; at < 3 * count; at += 3) {
    const x = from[at]
    const y = from[at + 1]
    const z = from[at + 2]
    to[at] = m[0] * x + m[1] * y + m[2] * z + t[0]
    to[at + 1] = m[3] * x + m[4] * y + m[5] * z + t[1]
    to[at + 2] = m[6] * x + m[7] * y + m[8] * z + t[2]
  }
}
