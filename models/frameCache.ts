import type { Dataset } from '../pipeline/dataset.js'
import type { Frame } from '../pipeline/schema.js'

/**
 * Frames of a dataset by their number, the first ones asked for kept in memory up to a budget (a byte a voxel and a bit
 * for `observed`), the others read from disk each time. Nothing is evicted: with random access over more than fits,
 * every policy hits equally often.
 */
export class FrameCache {
  private readonly frames = new Map<number, Frame>()
  private bytes = 0

  constructor(
    private readonly dataset: Dataset,
    private readonly budgetBytes: number,
  ) {}

  async get(number: number): Promise<Frame> {
    const known = this.frames.get(number)
    if (known) return known
    const frame = await this.dataset.frame(number)
    this.offer(number, frame)
    return frame
  }

  /** Keeps a frame that was read anyway, if there is room. */
  offer(number: number, frame: Frame): void {
    const bytes = frame.semantics.length + frame.observed.length
    if (this.bytes + bytes > this.budgetBytes || this.frames.has(number)) return
    // Copied: the arrays are views that would keep their whole record batch in memory.
    const [semantics, observed] = [new Uint8Array(frame.semantics), new Uint8Array(frame.observed)]
    this.frames.set(number, { ...frame, semantics, observed })
    this.bytes += bytes
  }
}
