import { spanWithZero } from '../../arrow/kernels/elements.js'
import { compose, type Pose, transform } from '../../pose.js'
import type { PoseTrack } from '../poseTrack.js'
import type { Sensor, Sweep } from '../reader.js'

/** Sensor positions are computed this often and joined by straight lines: at 3 m/s² that is off by 0.01 mm. */
const maxStepNs = 5e6
/** As many steps as offsets of 32 bits can take. */
export const maxOriginSteps = Math.ceil(2 ** 32 / maxStepNs)

/**
 * Where each LiDAR stood while a sweep was taken. Points are given in the ego frame of the sweep's time, but each ray
 * starts where its sensor was at the point's own time.
 */
export class RayOrigins {
  readonly firstNs: number
  readonly stepNs: number
  readonly steps: number
  /** Lidar by lidar, steps + 1 of each: x y z, metres. */
  readonly positionsM: Float64Array

  /** Positions are in the frame of `frameFromCity`. Throws DataError when the poses do not cover the sweep. */
  constructor(sweep: Sweep, lidars: readonly Sensor[], poses: PoseTrack, frameFromCity: Pose) {
    // Zero among them: the sweep's own time.
    const [first, last] = spanWithZero(sweep.offsetNs, sweep.count)
    this.firstNs = first
    this.steps = Math.max(1, Math.ceil((last - first) / maxStepNs))
    this.stepNs = Math.max(1, (last - first) / this.steps)
    this.positionsM = new Float64Array(3 * lidars.length * (this.steps + 1))
    for (let step = 0; step <= this.steps; step++) {
      const frameFromEgo = compose(frameFromCity, poses.at(sweep.timeNs + first + ((last - first) * step) / this.steps))
      lidars.forEach(({ egoFromSensor }, lidar) => {
        this.positionsM.set(transform(frameFromEgo, egoFromSensor.t), 3 * (lidar * (this.steps + 1) + step))
      })
    }
  }

  /** Writes x y z of the sensor's position at an offset to `out` from index `at`. */
  write(lidar: number, offsetNs: number, out: Float32Array, at: number): void {
    const along = (offsetNs - this.firstNs) / this.stepNs
    const step = Math.min(along | 0, this.steps - 1)
    const share = along - step
    const from = 3 * (lidar * (this.steps + 1) + step)
    const p = this.positionsM
    for (let axis = 0; axis < 3; axis++) {
      const start = p[from + axis]
      out[at + axis] = start + share * (p[from + axis + 3] - start)
    }
  }
}
