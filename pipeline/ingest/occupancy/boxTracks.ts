import { compose, interpolate, invert, type Pose } from '../../pose.js'
import { nearestIndex } from '../frameTimes.js'
import type { PoseTrack } from '../poseTrack.js'
import type { Box, BoxSource, Sweep } from '../reader.js'
import { BoxMotions, type Sight } from './boxMotions.js'

/** Longest stretch between two annotated times over which a track is interpolated (2 Hz key frames, and some slack). */
export const maxAnnotationGapNs = 0.6e9
/** An annotated time this near is the time asked for. */
const sameTimeNs = 1e6

/** The annotated boxes at any time of a log, in the ego frame of that time. */
export class BoxTracks {
  constructor(
    private readonly source: BoxSource,
    private readonly poses: PoseTrack,
  ) {}

  /**
   * The boxes as annotated at `timeNs`; between two annotated times, those tracks that both have, interpolated in the
   * city frame. Empty where the annotations do not cover the time.
   */
  at(timeNs: number): Box[] {
    const around = this.around(timeNs)
    if (!around) return []
    const [before, after] = around
    if (before === after) return this.source.at(before)
    const { timesNs } = this.source
    return this.between(before, after, (timeNs - timesNs[before]) / (timesNs[after] - timesNs[before]), timeNs)
  }

  /**
   * How `boxes`, those at the sweep's time, move while it is taken. Null where there is nothing to undo: boxes drawn
   * around the points are where their points are, and so are the points of a sweep taken at one instant. Where the
   * annotations end, a track goes on as it came.
   */
  motionsIn({ timeNs, offsetNs, count }: Sweep, boxes: readonly Box[]): BoxMotions | null {
    if (!this.source.atTheirTime || boxes.length === 0) return null
    const spanNs = farthest(offsetNs, count)
    if (Math.abs(spanNs) <= sameTimeNs) return null
    const ahead = this.sight(timeNs, spanNs)
    const known = new Set(ahead.boxes.map(({ trackId }) => trackId))
    const sights = boxes.every(({ trackId }) => known.has(trackId)) ? [ahead] : [ahead, this.sight(timeNs, -spanNs)]
    return new BoxMotions(boxes, sights, Math.abs(spanNs) / 1e9)
  }

  /**
   * False in a gap of the annotations and beyond their ends: that there are no boxes then says nothing. Annotations
   * without a single box do say something: that there is none.
   */
  covers(timeNs: number): boolean {
    return this.source.timesNs.length === 0 || this.around(timeNs) !== null
  }

  private sight(timeNs: number, afterNs: number): Sight {
    const boxes = this.at(timeNs + afterNs)
    if (boxes.length === 0) return { afterS: afterNs / 1e9, boxes }
    const nowFromThen = compose(invert(this.poses.at(timeNs)), this.poses.at(timeNs + afterNs))
    const seen = boxes.map((box) => ({ ...box, egoFromBox: compose(nowFromThen, box.egoFromBox) }))
    return { afterS: afterNs / 1e9, boxes: seen }
  }

  /** The annotated times before and after, the same one twice when it is the time asked for. */
  private around(timeNs: number): [before: number, after: number] | null {
    const { timesNs } = this.source
    if (timesNs.length === 0) return null
    const nearest = nearestIndex(timesNs, timeNs)
    if (Math.abs(timesNs[nearest] - timeNs) <= sameTimeNs) return [nearest, nearest]
    const after = timesNs[nearest] > timeNs ? nearest : nearest + 1
    const isBetween = after > 0 && after < timesNs.length
    return isBetween && timesNs[after] - timesNs[after - 1] <= maxAnnotationGapNs ? [after - 1, after] : null
  }

  private between(before: number, after: number, share: number, timeNs: number): Box[] {
    const { timesNs } = this.source
    const egoFromCity = invert(this.poses.at(timeNs))
    const fromBefore = this.poses.at(timesNs[before])
    const fromAfter = this.poses.at(timesNs[after])
    const later = new Map(this.source.at(after).map((box) => [box.trackId, box]))
    return this.source.at(before).flatMap((box) => {
      const next = later.get(box.trackId)
      if (!next) return []
      const cityFromBox: Pose = interpolate(
        compose(fromBefore, box.egoFromBox),
        compose(fromAfter, next.egoFromBox),
        share,
      )
      return [{ ...box, egoFromBox: compose(egoFromCity, cityFromBox), interiorPoints: null }]
    })
  }
}

/** The offset farthest from 0. */
function farthest(offsetNs: Int32Array, count: number): number {
  let found = 0
  for (let p = 0; p < count; p++) if (Math.abs(offsetNs[p]) > Math.abs(found)) found = offsetNs[p]
  return found
}
