import { join } from 'node:path'
import { DataError } from '../../errors.js'
import { identity } from '../../pose.js'
import { deskew } from '../deskew.js'
import { readWhole, sizeOf } from '../files/wholeFile.js'
import { dropNotFinite } from '../finitePoints.js'
import type { PoseTrack } from '../poseTrack.js'
import { type HashedLog, type Sensor, type Sweep, type SweepSource, sourceOf } from '../reader.js'
import type { SkipCounter } from '../skipCounter.js'

/** The scanner turns at 10 Hz. */
const longestTurnNs = 0.2e9
/** x y z reflectance, float32 each. */
export const pointBytes = 16

/** The ego frame of every KITTI layout is the LiDAR's own: x forward, y left, z up, 1.73 m above the ground. */
export const velodyne: Sensor = { sensorName: 'velodyne', egoFromSensor: identity }

/** When a scan was taken. */
export interface Turn {
  /** When the scanner faced forward; ns since the log's first pose. */
  timeNs: number
  /** When it began its turn, at the rear: ns after `timeNs`, below 0. */
  startNs: number
  /** When it ended it, at the rear: ns after `timeNs`. */
  endNs: number
}

export interface Scan extends Turn {
  /** Below the log's folder. */
  file: string
}

/** Half a turn, ns, where the source does not say when a turn started and ended: 103.7 ms a turn in KITTI's times. */
export const halfTurnNs = 51.85e6

/** Labels of the points of scans. */
export interface PointLabels {
  names: readonly string[]
  moving: ReadonlySet<string>
  /** Codes of `names`, one a point of the scan. Throws DataError. */
  codes(scanFile: string): Promise<Uint8Array>
}

/** What the scans of a log have in common. */
export interface ScanSettings {
  labels: PointLabels | null
  /** The poses to remove the ego motion with, for scans whose points are where the moving scanner saw them. */
  deskewWith: PoseTrack | null
}

/**
 * KITTI's LiDAR scans: `.bin` files of float32 x y z reflectance (little-endian), points in the LiDAR's frame, metres
 * (Geiger et al. 2013, "Vision meets robotics", https://doi.org/10.1177/0278364913491297).
 *
 * When each point was taken follows from its azimuth. The scanner turns clockwise seen from above, from the rear over
 * the left, the front (where it triggers the cameras; that is the scan's time) and the right to the rear. The readme
 * of the raw recordings says counter-clockwise; but in the scans of the odometry benchmark each laser's elevation is
 * constant to 0.10° seen from where a scanner that turns clockwise was at each point's time, to 0.13° from its place at the
 * scan's time, and to 0.24° for the other way (`realSemantickitti.test.ts`).
 */
export class Scans implements SweepSource {
  readonly timesNs: Float64Array
  readonly lidars = [velodyne]
  readonly pointCategories: readonly string[] | null
  readonly movingCategories: ReadonlySet<string> | null

  constructor(
    private readonly log: HashedLog,
    private readonly scans: readonly Scan[],
    private readonly settings: ScanSettings,
    private readonly skips: SkipCounter,
  ) {
    this.timesNs = Float64Array.from(scans, ({ timeNs }) => timeNs)
    this.pointCategories = settings.labels?.names ?? null
    this.movingCategories = settings.labels?.moving ?? null
  }

  async read(index: number): Promise<Sweep> {
    const scan = this.scans[index]
    const { file, timeNs } = scan
    const { count, pointsM } = await readPoints(join(this.log.dir, file))
    const sweep: Sweep = {
      ...{ timeNs, count, pointsM, file, source: sourceOf(this.log, file) },
      lidar: new Uint8Array(count),
      offsetNs: turnOffsetsNs(pointsM, count, scan),
      category: (await this.settings.labels?.codes(file)) ?? null,
    }
    if (sweep.category && sweep.category.length !== count) throw this.unequal(file, count, sweep.category.length)
    dropNotFinite(sweep, this.skips)
    const { deskewWith } = this.settings
    if (deskewWith) deskew(pointsM, sweep.offsetNs, sweep.count, timeNs, identity, deskewWith)
    return sweep
  }

  private unequal(file: string, count: number, labels: number): DataError {
    const [expected, actual] = [`${count} labels, one a point`, `${labels}`]
    return new DataError('labels of another number of points', { file: join(this.log.dir, file), expected, actual })
  }
}

async function readPoints(file: string): Promise<{ count: number; pointsM: Float32Array }> {
  const bytes = await readWhole(file)
  if (bytes.length % pointBytes !== 0)
    throw new DataError('not a scan', {
      file,
      expected: `${pointBytes} bytes a point`,
      actual: `${bytes.length} bytes`,
    })
  const count = bytes.length / pointBytes
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
  const pointsM = new Float32Array(3 * count)
  for (let p = 0; p < count; p++) {
    pointsM[3 * p] = values[4 * p]
    pointsM[3 * p + 1] = values[4 * p + 1]
    pointsM[3 * p + 2] = values[4 * p + 2]
  }
  return { count, pointsM }
}

/** When each point was taken, ns after the scan's time. `pointsM` is x y z a point, 3·count, in the LiDAR's frame. */
export function turnOffsetsNs(pointsM: Float32Array, count: number, turn: Pick<Turn, 'startNs' | 'endNs'>): Int32Array {
  const offsetNs = new Int32Array(count)
  for (let p = 0; p < count; p++) {
    // Radians to the left of forward: +π at the turn's start, −π at its end.
    const azimuth = Math.atan2(pointsM[3 * p + 1], pointsM[3 * p])
    offsetNs[p] = Math.round((azimuth > 0 ? turn.startNs * azimuth : -turn.endNs * azimuth) / Math.PI)
  }
  return offsetNs
}

/**
 * The scans that can be read, in order of time: those without a time, out of order, cut off or empty are left out and
 * counted. `turnOf` gives a scan's time by its number; null when the log has none for it.
 */
export async function usableScans(
  dir: string,
  files: ReadonlyMap<number, string>,
  turnOf: (number: number) => Turn | null,
  skips: SkipCounter,
): Promise<Scan[]> {
  const scans: Scan[] = []
  for (const [number, file] of files) {
    const turn = turnOf(number)
    const size = await sizeOf(join(dir, file))
    const fault = turn ? faultOf(turn, size, scans.at(-1)) : 'no time in the timestamps of its number'
    if (turn && fault === null) scans.push({ file, ...turn })
    else skips.add('sweep', fault!, file)
  }
  return scans
}

function faultOf({ timeNs, startNs, endNs }: Turn, bytes: number, before: Scan | undefined) {
  if (bytes === 0 || bytes % pointBytes !== 0) return `not a whole number of points of ${pointBytes} bytes, or none`
  if (before && timeNs <= before.timeNs) return 'not later than the scan before it'
  const isTurn = startNs < 0 && endNs > 0 && endNs - startNs < longestTurnNs
  return isTurn ? null : 'its turn does not start shortly before and end shortly after it faces forward'
}
