import { compose, interpolate, invert, type Pose } from '../../pose.js'
import { nearestIndex } from '../frameTimes.js'
import type { PoseTrack } from '../poseTrack.js'
import type { Box, BoxSource, Sweep } from '../reader.js'
import { BoxMotions, type Sight } from './boxMotions.js'
import { followed } from './followed.js'

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
   * False in a gap of the annotations or of the poses between them, and beyond their ends: that there are no boxes then says
   * nothing. Annotations without a single box do say something: that there is none.
   */
  covers(timeNs: number): boolean {
    return this.source.timesNs.length === 0 || this.around(timeNs) !== null
  }

  private sight(timeNs: number, afterNs: number): Sight {
    const thenNs = this.annotatedNear(timeNs + afterNs)
    const boxes = this.areOnOneWay(timeNs, thenNs) ? this.at(thenNs) : []
    const afterS = (thenNs - timeNs) / 1e9
    if (boxes.length === 0) return { afterS, boxes }
    const nowFromThen = compose(invert(this.poses.at(timeNs)), this.poses.at(thenNs))
    return { afterS, boxes: boxes.map((box) => ({ ...box, egoFromBox: compose(nowFromThen, box.egoFromBox) })) }
  }

  /** The annotated time that is taken for this one, else this one: over a part of a sweep a millisecond would be a motion. */
  private annotatedNear(timeNs: number): number {
    const around = this.around(timeNs)
    return around && around[0] === around[1] ? this.source.timesNs[around[0]] : timeNs
  }

  /** The annotated times before and after, the same one twice when it is the time asked for. */
  private around(timeNs: number): [before: number, after: number] | null {
    const { timesNs } = this.source
    if (timesNs.length === 0) return null
    const nearest = nearestIndex(timesNs, timeNs)
    if (Math.abs(timesNs[nearest] - timeNs) <= sameTimeNs) return [nearest, nearest]
    const after = timesNs[nearest] > timeNs ? nearest : nearest + 1
    const isBetween = after > 0 && after < timesNs.length
    if (!isBetween || timesNs[after] - timesNs[after - 1] > maxAnnotationGapNs) return null
    return this.areOnOneWay(timesNs[after - 1], timesNs[after]) ? [after - 1, after] : null
  }

  /** Boxes are given in the ego frame of their time: only poses that go on from one to the other tell how they moved. */
  private areOnOneWay(...timesNs: [number, number]): boolean {
    const { poses } = this
    return (
      timesNs.every((timeNs) => !poses.faultAt(timeNs)) &&
      poses.isContinuous(Math.min(...timesNs), Math.max(...timesNs))
    )
  }

  private between(before: number, after: number, share: number, timeNs: number): Box[] {
    const { timesNs } = this.source
    const egoFromCity = invert(this.poses.at(timeNs))
    const fromBefore = this.poses.at(timesNs[before])
    const fromAfter = this.poses.at(timesNs[after])
    const boxes = this.source.at(before)
    return followed(boxes, this.source.at(after)).flatMap((next, b) => {
      if (!next) return []
      const box = boxes[b]
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
