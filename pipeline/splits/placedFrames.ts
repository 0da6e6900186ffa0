import { KdTree } from './kdTree.js'
import type { LogTrack } from './tracks.js'

/** One frame of one log. */
export interface FramePlace {
  track: LogTrack
  row: number
}

/** The frames of one site, a column each; all of plain numbers, so that a million frames are no million objects. */
class Site {
  readonly tracks: LogTrack[] = []
  private readonly track: number[] = []
  private readonly row: number[] = []
  private readonly xM: number[] = []
  private readonly yM: number[] = []
  private tree: KdTree | null = null

  /** Frames of one track come one after another. */
  add({ track, row }: FramePlace): void {
    if (this.tracks.at(-1) !== track) this.tracks.push(track)
    this.track.push(this.tracks.length - 1)
    this.row.push(row)
    this.xM.push(track.xM[row])
    this.yM.push(track.yM[row])
  }

  nearest(x: number, y: number, limitM: number): (FramePlace & { distanceM: number }) | null {
    this.tree ??= new KdTree(new Float64Array(this.xM), new Float64Array(this.yM))
    const found = this.tree.nearest(x, y, limitM)
    if (!found) return null
    const { index, distanceM } = found
    return { track: this.tracks[this.track[index]], row: this.row[index], distanceM }
  }
}

/** Frames of one part, by site, to ask which of them is the nearest. */
export class PlacedFrames {
  private readonly sites = new Map<string, Site>()

  /** `frames` is read once, so it may be a generator. */
  constructor(frames: Iterable<FramePlace>) {
    for (const frame of frames) {
      const { siteId } = frame.track
      const site = this.sites.get(siteId) ?? new Site()
      this.sites.set(siteId, site)
      site.add(frame)
    }
  }

  /** The frame of the same site that is nearest to this one and nearer than `limitM`, with its distance; or null. */
  nearest({ track, row }: FramePlace, limitM: number): (FramePlace & { distanceM: number }) | null {
    return this.sites.get(track.siteId)?.nearest(track.xM[row], track.yM[row], limitM) ?? null
  }
}
