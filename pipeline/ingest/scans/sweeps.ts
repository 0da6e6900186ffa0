import { DataError } from '../../errors.js'
import { compose, identity, invert, type Pose } from '../../pose.js'
import { deskew } from '../deskew.js'
import { dropPoints } from '../finitePoints.js'
import type { PoseTrack } from '../poseTrack.js'
import { type HashedLog, type Sensor, type Sweep, type SweepSource, sourceOf } from '../reader.js'
import type { SkipCounter } from '../skipCounter.js'
import { transformPoints } from '../transformPoints.js'
import type { Description } from './description.js'
import { PointLabels } from './pointLabels.js'
import { checkReach } from './reach.js'
import { readScan, type ScanPoints } from './scanPoints.js'
import type { TimedScan } from './scanTimes.js'

const noPose = 'no pose of its time'

/** The scans of one LiDAR, in order of time. */
export interface LidarScans {
  sensor: Sensor
  scans: readonly TimedScan[]
  /** What stands in a point of `.bin` and `.npy`. */
  columns: readonly string[] | null
}

interface PlacedScan extends TimedScan {
  /** Index of the LiDAR. */
  lidar: number
  timeNs: number
}

/** Scans of one or several LiDARs; those of one time, each by another LiDAR, are one sweep. */
export class ScanSweeps implements SweepSource {
  readonly timesNs: Float64Array
  readonly lidars: readonly Sensor[]
  readonly pointCategories: readonly string[] | null
  readonly movingCategories = null
  private readonly groups: readonly (readonly PlacedScan[])[]
  private readonly labels: PointLabels | null

  /** Scans without a pose of their time are left out and counted. Throws DataError when there are none. */
  constructor(
    private readonly log: HashedLog,
    private readonly lidarScans: readonly LidarScans[],
    private readonly poses: PoseTrack,
    private readonly description: Description,
    private readonly skips: SkipCounter,
  ) {
    this.lidars = lidarScans.map(({ sensor }) => sensor)
    this.labels = description.labels ? new PointLabels(description.labels) : null
    this.pointCategories = this.labels?.categories ?? null
    this.groups = groupByTime(this.placedScans(), description.merge_within_s * 1e9)
    this.timesNs = Float64Array.from(this.groups, ([first]) => first.timeNs)
  }

  async read(index: number): Promise<Sweep> {
    const group = this.groups[index]
    const timeNs = this.timesNs[index]
    const parts: { points: ScanPoints; pointsM: Float32Array }[] = []
    for (const scan of group) {
      const { columns } = this.lidarScans[scan.lidar]
      const points = await readScan(this.log.dir, scan, scan.lidar, columns, this.description, this.labels, this.skips)
      this.dropWithoutPose(points, scan)
      for (let p = 0; p < points.count; p++) points.offsetNs[p] += scan.timeNs - timeNs
      const pointsM = this.inEgo(points, scan, timeNs)
      checkReach(pointsM, scan.file, this.log.dir, this.description)
      parts.push({ points, pointsM })
    }
    const all = parts.map(({ points }) => points)
    return {
      timeNs,
      count: all.reduce((sum, { count }) => sum + count, 0),
      pointsM: joined(
        Float32Array,
        parts.map(({ pointsM }) => pointsM),
      ),
      lidar: joined(
        Uint8Array,
        all.map(({ lidar, count }) => lidar.subarray(0, count)),
      ),
      offsetNs: joined(
        Int32Array,
        all.map(({ offsetNs, count }) => offsetNs.subarray(0, count)),
      ),
      category:
        this.labels &&
        joined(
          Uint8Array,
          all.map(({ category, count }) => category!.subarray(0, count)),
        ),
      file: group[0].file,
      source: group.map(({ file }) => sourceOf(this.log, file)).join('; '),
    }
  }

  private placedScans(): PlacedScan[] {
    const placed = this.lidarScans.flatMap(({ scans }, lidar) =>
      scans.map((scan) => ({ ...scan, lidar, timeNs: this.poses.timeNs(scan.timestampNs) })),
    )
    placed.sort((a, b) => a.timeNs - b.timeNs || a.lidar - b.lidar)
    const faults = placed.map(({ timeNs }) => this.poses.faultAt(timeNs))
    const covered = placed.filter((_, i) => faults[i] === null)
    if (placed.length === 0) throw new DataError('no scans', { file: this.log.dir })
    // Of a log without any the checks say what is wrong with its clocks.
    if (covered.length === 0) return placed
    const first = placed[faults.findIndex((fault) => fault !== null)]
    if (first) this.skips.add('sweep', noPose, first.file, placed.length - covered.length)
    return covered
  }

  /** A slow turn may begin before the last pose and end long after it: what has no pose must not cost the log. */
  private dropWithoutPose(points: ScanPoints, { timeNs }: PlacedScan): void {
    const { offsetNs, count } = points
    let [first, last] = [0, 0]
    for (let p = 0; p < count; p++) {
      if (offsetNs[p] < first) first = offsetNs[p]
      if (offsetNs[p] > last) last = offsetNs[p]
    }
    if (!this.poses.faultAt(timeNs + first) && !this.poses.faultAt(timeNs + last)) return
    dropPoints(points, (row) => (this.poses.faultAt(timeNs + offsetNs[row]) ? noPose : null), this.skips)
  }

  /** The points of a scan in the ego frame at `timeNs`; their offsets are from that time already. */
  private inEgo(points: ScanPoints, scan: PlacedScan, timeNs: number): Float32Array {
    const { points_in, motion_compensated } = this.description
    const pointsM = points.pointsM.subarray(0, 3 * points.count)
    const { egoFromSensor } = this.lidars[scan.lidar]
    if (points_in === 'sensor' && !motion_compensated) {
      const skewed = Float32Array.from(pointsM)
      deskew(skewed, points.offsetNs, points.count, timeNs, egoFromSensor, this.poses)
      return skewed
    }
    transformPoints(this.egoFromPoints(scan, timeNs), pointsM, points.count)
    return Float32Array.from(pointsM)
  }

  private egoFromPoints(scan: PlacedScan, timeNs: number): Pose {
    const { points_in } = this.description
    const egoFromCity = invert(this.poses.at(timeNs))
    if (points_in === 'city') return egoFromCity
    // Exactly nothing where the times are the same: through the city and back is not.
    const egoFromEgoThen = scan.timeNs === timeNs ? identity : compose(egoFromCity, this.poses.at(scan.timeNs))
    return points_in === 'ego' ? egoFromEgoThen : compose(egoFromEgoThen, this.lidars[scan.lidar].egoFromSensor)
  }
}

/** Each group starts with the earliest scan left, and takes one of each other LiDAR at most `withinNs` later. */
function groupByTime(scans: readonly PlacedScan[], withinNs: number): PlacedScan[][] {
  const groups: PlacedScan[][] = []
  for (const scan of scans) {
    const group = groups.at(-1)
    const fits = group && scan.timeNs - group[0].timeNs <= withinNs && group.every(({ lidar }) => lidar !== scan.lidar)
    if (fits) group.push(scan)
    else groups.push([scan])
  }
  return groups
}

type Joinable = Float32Array | Uint8Array | Int32Array

function joined<A extends Joinable>(Elements: new (length: number) => A, parts: readonly A[]): A {
  const out = new Elements(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
