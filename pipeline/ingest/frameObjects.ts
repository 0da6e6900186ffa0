import { compose, invert, rotate, type Vec3 } from '../pose.js'
import type { SceneObject } from '../schema.js'
import { nearestIndex } from './frameTimes.js'
import { type Labels, leftOut } from './labels.js'
import { BoxTracks, maxAnnotationGapNs } from './occupancy/boxTracks.js'
import { byTrack } from './occupancy/followed.js'
import type { PoseTrack } from './poseTrack.js'
import type { BoxSource } from './reader.js'

/** The annotated things of a log at the times of its frames, for the dataset. */
export class FrameObjects {
  private readonly tracks: BoxTracks

  constructor(
    private readonly source: BoxSource,
    private readonly poses: PoseTrack,
    private readonly labels: Labels,
  ) {
    this.tracks = new BoxTracks(source, poses)
  }

  /** What is there at `timeNs`; null where the annotations do not cover it. Categories that the table leaves out are left out. */
  at(timeNs: number): SceneObject[] | null {
    if (!this.tracks.covers(timeNs)) return null
    const boxes = this.tracks.at(timeNs)
    if (boxes.length === 0) return []
    const places = this.neighbours(timeNs)
    const egoFromCity = invert(this.poses.at(timeNs))
    return boxes.flatMap((box) => {
      const classIndex = this.labels.classOf(box.category)
      if (classIndex === leftOut) return []
      const velocity = velocityOf(box.trackId, places)
      return [
        {
          trackId: box.trackId,
          category: box.category,
          classIndex,
          egoFromObject: box.egoFromBox,
          sizeM: box.sizeM,
          velocityMps: velocity && rotate(egoFromCity.q, velocity),
          interiorPoints: box.interiorPoints,
        },
      ]
    })
  }

  /**
   * Where things are in the city at the annotated times around `timeNs`, as far as no gap nor jump of the poses lies between
   * and there are poses.
   */
  private neighbours(timeNs: number): Place[] {
    const { timesNs } = this.source
    const nearest = nearestIndex(timesNs, timeNs)
    const isNear = (index: number) =>
      Math.abs(timesNs[index] - timeNs) <= maxAnnotationGapNs &&
      this.poses.faultAt(timesNs[index]) === null &&
      this.poses.isContinuous(Math.min(timesNs[index], timeNs), Math.max(timesNs[index], timeNs))
    return [nearest - 1, nearest, nearest + 1]
      .filter((i) => i >= 0 && i < timesNs.length && isNear(i))
      .map((index) => {
        const cityFromEgo = this.poses.at(timesNs[index])
        const inCity = new Map<string, Vec3>()
        for (const [trackId, box] of byTrack(this.source.at(index)))
          if (box) inCity.set(trackId, compose(cityFromEgo, box.egoFromBox).t)
        return { timeS: timesNs[index] / 1e9, inCity }
      })
  }
}

interface Place {
  timeS: number
  inCity: ReadonlyMap<string, Vec3>
}

/** Between the first and the last place that has the track, m/s in the city frame; null with fewer than two. */
function velocityOf(trackId: string, places: readonly Place[]): Vec3 | null {
  const seen = places.filter(({ inCity }) => inCity.has(trackId))
  if (seen.length < 2) return null
  const [first, last] = [seen[0], seen[seen.length - 1]]
  const [from, to] = [first.inCity.get(trackId)!, last.inCity.get(trackId)!]
  const dtS = last.timeS - first.timeS
  return [(to[0] - from[0]) / dtS, (to[1] - from[1]) / dtS, (to[2] - from[2]) / dtS]
}
