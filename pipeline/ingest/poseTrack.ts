import { DataError } from '../errors.js'
import { interpolate, normalise, type Pose } from '../pose.js'

/** How far beyond its first or last pose a log may be asked: one turn of a LiDAR at 10 Hz, and a half. */
export const maxBeyondPosesS = 0.15
/** Longest stretch between two poses that is bridged by interpolation. */
export const maxPoseGapS = 1
/** Poses at least this far apart give the velocity with which the track is carried on beyond its ends. */
const velocityBaseNs = 50e6

/** Where poses come from, for messages. */
export interface PoseColumns {
  file: string
  timestampNs: BigInt64Array
  /** Four columns, order w x y z. */
  q: readonly Float64Array[]
  /** Three columns, metres in the city frame. */
  t: readonly Float64Array[]
}

/**
 * `cityFromEgo` over time. Inside a log, times are numbers: ns since `startNs`, its first pose (exact up to 104 days).
 */
export class PoseTrack {
  readonly startNs: bigint
  private readonly timesNs: Float64Array

  /** Throws DataError for a track without poses, with a pose that is no pose, or with times that do not increase. */
  constructor(private readonly columns: PoseColumns) {
    const { file, timestampNs, q, t } = columns
    if (timestampNs.length === 0) throw new DataError('no poses', { file, expected: 'at least one row' })
    this.startNs = timestampNs[0]
    this.timesNs = Float64Array.from(timestampNs, (ns) => Number(ns - this.startNs))
    for (let row = 0; row < timestampNs.length; row++) {
      const place = `row ${row}`
      if (row > 0 && this.timesNs[row] <= this.timesNs[row - 1])
        throw new DataError('pose times do not increase', { file, place })
      const norm = Math.hypot(...q.map((column) => column[row]))
      if (!(Math.abs(norm - 1) < 0.01) || !t.every((column) => Number.isFinite(column[row])))
        throw new DataError('not a pose', { file, place, expected: 'a unit quaternion and finite metres' })
    }
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
   * Throws DataError further out than `maxBeyondPosesS`, and in a gap longer than `maxPoseGapS`.
   */
  at(timeNs: number): Pose {
    const { timesNs } = this
    const last = timesNs.length - 1
    if (timeNs <= 0) return this.beyond(timeNs, 0, this.firstAfter(velocityBaseNs))
    if (timeNs >= timesNs[last])
      return this.beyond(timeNs, last, Math.max(0, this.firstAfter(timesNs[last] - velocityBaseNs) - 1))
    const after = this.firstAfter(timeNs)
    const gapNs = timesNs[after] - timesNs[after - 1]
    if (gapNs > maxPoseGapS * 1e9) throw this.missing(timeNs, `poses ${(gapNs / 1e9).toFixed(2)} s apart`)
    return interpolate(this.pose(after - 1), this.pose(after), (timeNs - timesNs[after - 1]) / gapNs)
  }

  private beyond(timeNs: number, end: number, inner: number): Pose {
    const { timesNs } = this
    const beyondS = Math.abs(timeNs - timesNs[end]) / 1e9
    if (beyondS > maxBeyondPosesS) throw this.missing(timeNs, `the nearest pose ${beyondS.toFixed(2)} s away`)
    if (beyondS === 0 || inner === end) return this.pose(end)
    return interpolate(this.pose(end), this.pose(inner), (timeNs - timesNs[end]) / (timesNs[inner] - timesNs[end]))
  }

  private missing(timeNs: number, actual: string): DataError {
    return new DataError('no pose at a time that needs one', {
      file: this.columns.file,
      place: `timestamp_ns ${this.timestampNs(timeNs)}`,
      expected: `a pose within ${maxBeyondPosesS} s, or two at most ${maxPoseGapS} s apart around it`,
      actual,
    })
  }

  private pose(row: number): Pose {
    const { q, t } = this.columns
    return {
      q: normalise([q[0][row], q[1][row], q[2][row], q[3][row]]),
      t: [t[0][row], t[1][row], t[2][row]],
    }
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
