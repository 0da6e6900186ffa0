import { invert } from '../../pose.js'
import { RayOrigins } from '../occupancy/rayOrigins.js'
import type { RawLog, Sweep } from '../reader.js'
import type { Check, Observation, ReadWatch } from './check.js'

/** A point this near to its sensor's own place, or to the ego's origin, is a range of zero that was written as a point. */
const nothingM = 0.3
/** A LiDAR with a point farther out than this from the ego's origin measures; nearer in, it takes a closer look. */
const plainlyM = 40

/** LiDARs that measure nothing: all zeros, or not a point. */
export const silentSensors: Check = {
  finds: 'sensors of zeros, sweeps and sensors without a point',
  rule: `All points of a LiDAR in a sweep lie within ${nothingM} m of the LiDAR or of the ego's origin: these points are left out, and the sweeps counted. A sweep that feeds frames has no point, or none but rays that did not return: it is named, and kept. A LiDAR has no point in any of the sweeps that feed frames: it is named, and kept. No LiDAR has one: the log is left out.`,
  reason: `No LiDAR measures nearer than ${nothingM} m, so it is an empty buffer; as points it would put a thing under the ego. A LiDAR may be mounted and off.`,
  watch: (log) => new SilenceWatch(log),
}

class SilenceWatch implements ReadWatch {
  /** By LiDAR: it had a point in some sweep. */
  private readonly measured: boolean[]
  private readonly zero = new Map<number, { file: string; place: string; count: number }>()
  private first: { file: string; sweeps: number } | null = null
  /** Sweeps that came without a point, and the file of the first. */
  private empty: { file: string; count: number } | null = null

  constructor(private readonly log: RawLog) {
    this.measured = new Array(log.sweeps?.lidars.length ?? 0).fill(false)
  }

  sweep(sweep: Sweep): void {
    this.first ??= { file: sweep.file, sweeps: 0 }
    this.first.sweeps++
    if (sweep.count === 0) {
      this.empty ??= { file: sweep.file, count: 0 }
      this.empty.count++
      return
    }
    const { zero, name } = this
    const reach = reachOf(sweep, this.measured.length)
    const zeros = reach.includes(near) ? this.zerosOf(sweep, reach) : []
    for (const lidar of zeros) {
      const known = zero.get(lidar)
      if (known) known.count++
      else zero.set(lidar, { file: sweep.file, place: name(lidar), count: 1 })
      dropPointsOf(sweep, lidar)
    }
    for (const [lidar, found] of reach.entries())
      if (found !== absent && !zeros.includes(lidar)) this.measured[lidar] = true
  }

  observations(): Observation[] {
    const { first, measured, zero, empty, name } = this
    if (!first) return []
    const zeros = [...zero].map(
      ([, at]): Observation => ({ ...at, expected: 'points', actual: 'nothing but zeros', effect: 'points' }),
    )
    const silent = measured.flatMap((isMeasured, lidar) => (isMeasured ? [] : [lidar]))
    const isDead = silent.length === measured.length
    const gone = silent.map((lidar): Observation => {
      const actual = `none in ${first.sweeps} ${first.sweeps === 1 ? 'sweep' : 'sweeps'}`
      const at = { file: first.file, place: name(lidar), count: first.sweeps }
      return { ...at, expected: 'a point', actual, effect: isDead ? 'log' : 'noted' }
    })
    // Of a log without any, that is said.
    const bare: Observation[] =
      empty && !isDead
        ? [{ ...empty, place: 'the whole sweep', expected: 'points', actual: 'not one', effect: 'noted' }]
        : []
    return [...zeros, ...bare, ...gone]
  }

  private readonly name = (lidar: number): string => `sensor ${this.log.sweeps!.lidars[lidar].sensorName}`

  /** Of the LiDARs that have points, none of them far out, those whose points are all zeros; ascending. */
  private zerosOf(sweep: Sweep, reach: Uint8Array): number[] {
    const { pointsM, lidar, offsetNs, count } = sweep
    const origins = this.originsOf(sweep)
    const origin = new Float32Array(3)
    const isZero = Array.from(reach, (found) => found === near)
    for (let p = 0; p < count; p++) {
      if (!isZero[lidar[p]]) continue
      const [x, y, z] = pointsM.subarray(3 * p, 3 * p + 3)
      origins.write(lidar[p], offsetNs[p], origin, 0)
      const farM = Math.hypot(x - origin[0], y - origin[1], z - origin[2])
      if (farM > nothingM && Math.hypot(x, y, z) > nothingM) isZero[lidar[p]] = false
    }
    return isZero.flatMap((zero, index) => (zero ? [index] : []))
  }

  private originsOf(sweep: Sweep): RayOrigins {
    const { poses, sweeps } = this.log
    return new RayOrigins(sweep, sweeps!.lidars, poses, invert(poses.at(sweep.timeNs)))
  }
}

/** What a sweep has of a LiDAR: no point, points, points of which one is plainly measured. */
const [absent, near, plain] = [0, 1, 2] as const

/** Of each LiDAR. In plain loops over numbers: every sweep goes through them, and what is made on the way is garbage. */
function reachOf({ count, pointsM, lidar }: Sweep, lidars: number): Uint8Array {
  const reach = new Uint8Array(lidars)
  let unsure = lidars
  for (let p = 0, at = 0; p < count && unsure > 0; p++, at += 3) {
    if (reach[lidar[p]] === plain) continue
    const x = pointsM[at]
    const y = pointsM[at + 1]
    const z = pointsM[at + 2]
    const isPlain = x * x + y * y + z * z > plainlyM * plainlyM
    reach[lidar[p]] = isPlain ? plain : near
    if (isPlain) unsure--
  }
  return reach
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
