import { groupBy } from './groupBy.js'
import { KdTree } from './kdTree.js'
import type { LogTrack } from './tracks.js'

/** One frame of one log. */
export interface FramePlace {
  track: LogTrack
  row: number
}

/** Frames of one part, by site, to ask which of them is the nearest. */
export class PlacedFrames {
  private readonly sites = new Map<string, { frames: FramePlace[]; tree: KdTree }>()

  constructor(frames: Iterable<FramePlace>) {
    for (const [site, here] of groupBy(frames, ({ track }) => track.siteId)) {
      const xM = Float64Array.from(here, ({ track, row }) => track.xM[row])
      const yM = Float64Array.from(here, ({ track, row }) => track.yM[row])
      this.sites.set(site, { frames: here, tree: new KdTree(xM, yM) })
    }
  }

  /** The frame of the same site that is nearest to this one and nearer than `limitM`, with its distance; or null. */
  nearest({ track, row }: FramePlace, limitM: number): (FramePlace & { distanceM: number }) | null {
    const site = this.sites.get(track.siteId)
    const found = site?.tree.nearest(track.xM[row], track.yM[row], limitM)
    return site && found ? { ...site.frames[found.index], distanceM: found.distanceM } : null
  }
}
