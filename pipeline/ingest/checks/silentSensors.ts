import { invert } from '../../pose.js'
import { RayOrigins } from '../occupancy/rayOrigins.js'
import type { RawLog, Sweep } from '../reader.js'
import type { Check, Observation, SweepWatch } from './check.js'

/** A point this near to its sensor's own place, or to the ego's origin, is a range of zero that was written as a point. */
const nothingM = 0.3
/** A LiDAR with a point farther out than this from the ego's origin measures; nearer in, it takes a closer look. */
const plainlyM = 40

/** LiDARs that measure nothing: all zeros, or not a point. */
export const silentSensors: Check = {
  finds: 'sensors of zeros, and sensors without a point',
  rule: `All points of a LiDAR in a sweep lie within ${nothingM} m of the LiDAR or of the ego's origin: these points are left out, and the sweeps counted. A LiDAR has no point in any of the sweeps that feed frames: it is named, and kept. No LiDAR has one: the log is left out.`,
  reason: `No LiDAR measures nearer than ${nothingM} m, so it is an empty buffer; as points it would put a thing under the ego. A LiDAR may be mounted and off.`,
  watch: (log) => new SilenceWatch(log),
}

class SilenceWatch implements SweepWatch {
  private readonly points: number[]
  private readonly zero = new Map<number, { file: string; place: string; count: number }>()
  private first: { file: string; sweeps: number } | null = null

  constructor(private readonly log: RawLog) {
    this.points = new Array(log.sweeps?.lidars.length ?? 0).fill(0)
  }

  sweep(sweep: Sweep): void {
    this.first ??= { file: sweep.file, sweeps: 0 }
    this.first.sweeps++
    const { zero, name } = this
    for (const lidar of this.zeroLidars(sweep)) {
      const known = zero.get(lidar)
      if (known) known.count++
      else zero.set(lidar, { file: sweep.file, place: name(lidar), count: 1 })
      dropPointsOf(sweep, lidar)
    }
    for (let p = 0; p < sweep.count; p++) this.points[sweep.lidar[p]]++
  }

  observations(): Observation[] {
    const { first, points, zero, name } = this
    if (!first) return []
    const zeros = [...zero].map(
      ([, at]): Observation => ({ ...at, expected: 'points', actual: 'nothing but zeros', effect: 'points' }),
    )
    const silent = points.flatMap((count, lidar) => (count === 0 ? [lidar] : []))
    const isDead = silent.length === points.length
    const gone = silent.map((lidar): Observation => {
      const actual = `none in ${first.sweeps} ${first.sweeps === 1 ? 'sweep' : 'sweeps'}`
      const at = { file: first.file, place: name(lidar), count: first.sweeps }
      return { ...at, expected: 'a point', actual, effect: isDead ? 'log' : 'noted' }
    })
    return [...zeros, ...gone]
  }

  private readonly name = (lidar: number): string => `sensor ${this.log.sweeps!.lidars[lidar].sensorName}`

  /** Those that have points, all of them zeros; ascending. */
  private zeroLidars(sweep: Sweep): number[] {
    const isUnder = (measures: (p: number) => boolean): Set<number> => {
      const [present, measuring] = [new Set<number>(), new Set<number>()]
      for (let p = 0; p < sweep.count && measuring.size < this.points.length; p++) {
        const lidar = sweep.lidar[p]
        present.add(lidar)
        if (!measuring.has(lidar) && measures(p)) measuring.add(lidar)
      }
      return new Set([...present].filter((lidar) => !measuring.has(lidar)))
    }
    const { pointsM } = sweep
    const rangeM = (p: number) => Math.hypot(pointsM[3 * p], pointsM[3 * p + 1], pointsM[3 * p + 2])
    const near = isUnder((p) => rangeM(p) > plainlyM)
    if (near.size === 0) return []
    const origins = this.originsOf(sweep)
    const origin = new Float32Array(3)
    const zeros = isUnder((p) => {
      if (!near.has(sweep.lidar[p])) return true
      origins.write(sweep.lidar[p], sweep.offsetNs[p], origin, 0)
      const farM = Math.hypot(...[0, 1, 2].map((axis) => pointsM[3 * p + axis] - origin[axis]))
      return farM > nothingM && rangeM(p) > nothingM
    })
    return [...zeros].sort((a, b) => a - b)
  }

  private originsOf(sweep: Sweep): RayOrigins {
    const { poses, sweeps } = this.log
    return new RayOrigins(sweep, sweeps!.lidars, poses, invert(poses.at(sweep.timeNs)))
  }
}

function dropPointsOf(sweep: Sweep, dropped: number): void {
  const { pointsM, lidar, offsetNs, category } = sweep
  let kept = 0
  for (let p = 0; p < sweep.count; p++) {
    if (lidar[p] === dropped) continue
    pointsM.copyWithin(3 * kept, 3 * p, 3 * p + 3)
    lidar[kept] = lidar[p]
    offsetNs[kept] = offsetNs[p]
    if (category) category[kept] = category[p]
    kept++
  }
  sweep.count = kept
}
