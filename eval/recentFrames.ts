import type { Dataset } from '../pipeline/dataset.js'
import type { Frame } from '../pipeline/schema.js'

/**
 * The frames of one log by their place in it, each read once for all the windows that hold it, as long as windows come in
 * the order of their places: what lies before the window that is begun is let go, so no more frames are kept than a window
 * spans.
 */
export class RecentFrames {
  private readonly kept = new Map<number, Frame>()

  constructor(
    private readonly dataset: Pick<Dataset, 'frame' | 'firstFrame'>,
    private readonly logId: string,
  ) {}

  /** Lets go of the frames before a place. */
  beginAt(place: number): void {
    for (const known of this.kept.keys()) if (known < place) this.kept.delete(known)
  }

  async at(place: number): Promise<Frame> {
    const known = this.kept.get(place)
    if (known) return known
    const frame = await this.dataset.frame(this.dataset.firstFrame.get(this.logId)! + place)
    this.kept.set(place, frame)
    return frame
  }
}
