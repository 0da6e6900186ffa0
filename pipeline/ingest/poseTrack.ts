import { basename, dirname } from 'node:path'
import { DataError } from '../errors.js'
import { interpolate, normalise, type Pose, type Vec3 } from '../pose.js'
import { FindingError } from './checks/findingError.js'
import { findJumps, type Jump } from './findJumps.js'
import { NoPoseError } from './noPoseError.js'
import { type LeftOutPoses, type PoseColumns, usableRows } from './usablePoses.js'

/** How far beyond its first or last pose a log may be asked: one turn of a LiDAR at 10 Hz, and a half. */
export const maxBeyondPosesS = 0.15
/** Longest stretch between two poses that is bridged by interpolation. */
export const maxPoseGapS = 1
/** Poses at least this far apart give the velocity with which the track is carried on beyond its ends. */
const velocityBaseNs = 50e6

/** What a row needs to be one. */
export const onePose = 'a unit quaternion and finite metres'

interface Stretch {
  fromNs: number
  toNs: number
}

/**
 * `cityFromEgo` over time. Inside a log, times are numbers: ns since `startNs`, its first pose (exact up to 104 days).
 * Rows that are no poses or not later than the one before are left out and told in `leftOut`; how many of them a log may
 * have is the checks' business.
 */
export class PoseTrack {
  readonly startNs: bigint
  /** Of the poses kept, increasing. */
  readonly timesNs: Float64Array
  readonly leftOut: readonly LeftOutPoses[]
  /** Where neighbouring poses contradict each other, in order of time. */
  readonly jumps: readonly Jump[]
  /** Stretches without a pose that are too long to be bridged. */
  private readonly gaps: readonly Stretch[]
  /** The row of the file that each pose kept comes from. */
  private readonly rows: Int32Array

  /** Throws DataError for a track without a single pose. */
  constructor(private readonly columns: PoseColumns) {
    const { file, timestampNs, q, t } = columns
    if (timestampNs.length === 0) throw new DataError('no poses', { file, expected: 'at least one row' })
    const { rows, leftOut } = usableRows(columns)
    if (rows.length === 0) throw noPoseAtAll(columns, leftOut[0])
    this.rows = rows
    this.leftOut = leftOut
    this.startNs = timestampNs[rows[0]]
    this.timesNs = new Float64Array(rows.length)
    for (let i = 0; i < rows.length; i++) this.timesNs[i] = Number(timestampNs[rows[i]] - this.startNs)
    this.gaps = gapsOf(this.timesNs)
    const kept = (column: Float64Array) => rowsOf(column, rows)
    this.jumps = findJumps({ timesNs: this.timesNs, q: q.map(kept), t: t.map(kept) }, maxPoseGapS * 1e9)
  }

  /** File the poses come from. */
  get file(): string {
    return this.columns.file
  }

  /** Rows of the file, kept or not. */
  get rowCount(): number {
    return this.columns.timestampNs.length
  }

  /** Where pose `index` of the kept ones stands in its file. */
  placeOf(index: number): string {
    return `row ${this.rows[index]}`
  }

  /** Whether neither a jump of the poses nor a gap that nothing bridges lies between two times. */
  isContinuous(fromNs: number, toNs: number): boolean {
    return ![...this.jumps, ...this.gaps].some((cut) => cut.fromNs < toNs && cut.toNs > fromNs)
  }

  /** ns since the Unix epoch of a time of this log. */
  timestampNs(timeNs: number): bigint {
    return this.startNs + BigInt(Math.round(timeNs))
  }

  timeNs(timestampNs: bigint): number {
    return Number(timestampNs - this.startNs)
  }

  /**
   * The pose at a time: spherical for rotations, linear for translations; just beyond the ends, at the velocity there.
   * Throws NoPoseError further out than `maxBeyondPosesS`, and within a gap longer than `maxPoseGapS`.
   */
  at(timeNs: number): Pose {
    const { timesNs } = this
    const last = timesNs.length - 1
    if (timeNs <= 0) return this.beyond(timeNs, 0, this.firstAfter(velocityBaseNs))
    if (timeNs >= timesNs[last])
      return this.beyond(timeNs, last, Math.max(0, this.firstAfter(timesNs[last] - velocityBaseNs) - 1))
    const after = this.firstAfter(timeNs)
    // At a pose there is one, however far away its neighbours are: keyframes of a map may be seconds apart.
    if (timesNs[after - 1] === timeNs) return this.pose(after - 1)
    const gapNs = timesNs[after] - timesNs[after - 1]
    if (gapNs > maxPoseGapS * 1e9) throw this.missing(timeNs, `poses ${(gapNs / 1e9).toFixed(2)} s apart`)
    return interpolate(this.pose(after - 1), this.pose(after), (timeNs - timesNs[after - 1]) / gapNs)
  }

  /** Why there is no pose at a time; null when there is one. */
  faultAt(timeNs: number): NoPoseError | null {
    try {
      this.at(timeNs)
      return null
    } catch (error) {
      if (error instanceof NoPoseError) return error
      throw error
    }
  }

  private beyond(timeNs: number, end: number, inner: number): Pose {
    const { timesNs } = this
    const beyondS = Math.abs(timeNs - timesNs[end]) / 1e9
    if (beyondS > maxBeyondPosesS) throw this.missing(timeNs, `the nearest pose ${beyondS.toFixed(2)} s away`)
    if (beyondS === 0 || inner === end) return this.pose(end)
    return interpolate(this.pose(end), this.pose(inner), (timeNs - timesNs[end]) / (timesNs[inner] - timesNs[end]))
  }

  private missing(timeNs: number, actual: string): NoPoseError {
    return new NoPoseError('no pose at a time that needs one', {
      file: this.columns.file,
      place: `timestamp_ns ${this.timestampNs(timeNs)}`,
      expected: `a pose within ${maxBeyondPosesS} s, or two at most ${maxPoseGapS} s apart around it`,
      actual,
    })
  }

  /** Pose `index` of the kept ones. */
  pose(index: number): Pose {
    const { q } = this.columns
    const row = this.rows[index]
    return { q: normalise([q[0][row], q[1][row], q[2][row], q[3][row]]), t: this.placeM(index) }
  }

  /** Where pose `index` of the kept ones is, metres in the city frame. */
  placeM(index: number): Vec3 {
    const { t } = this.columns
    const row = this.rows[index]
    return [t[0][row], t[1][row], t[2][row]]
  }

  /** Index of the first pose later than `timeNs`, or the last one. */
  private firstAfter(timeNs: number): number {
    let [low, high] = [0, this.timesNs.length - 1]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.timesNs[middle] > timeNs) high = middle
      else low = middle + 1
    }
    return low
  }
}

function noPoseAtAll({ file, timestampNs }: PoseColumns, { why, row, count }: LeftOutPoses): FindingError {
  const actual = `${why}; ${count} of ${timestampNs.length} rows`
  const at = { file: basename(file), place: `row ${row}`, expected: onePose, actual, count }
  return new FindingError({ check: 'poseRows', ...at, effect: 'log' }, dirname(file))
}

function rowsOf(column: Float64Array, rows: Int32Array): Float64Array {
  const kept = new Float64Array(rows.length)
  for (let i = 0; i < rows.length; i++) kept[i] = column[rows[i]]
  return kept
}

function gapsOf(timesNs: Float64Array): Stretch[] {
  const gaps: Stretch[] = []
  for (let i = 1; i < timesNs.length; i++)
    if (timesNs[i] - timesNs[i - 1] > maxPoseGapS * 1e9) gaps.push({ fromNs: timesNs[i - 1], toNs: timesNs[i] })
  return gaps
}
