import { Scratch } from '../pipeline/arrow/scratch.js'
import type { Dataset } from '../pipeline/dataset.js'
import type { Frame } from '../pipeline/schema.js'

/**
 * Frames of a dataset by their number, the first ones asked for kept in memory up to a budget (a byte a voxel, and a bit
 * for `observed` and each mask beside it), the others read from disk each time. Nothing is evicted: with random access
 * over more than fits, every policy hits equally often.
 */
export class FrameCache {
  private readonly frames = new Map<number, Frame>()
  private bytes = 0
  /** Memory that `with` reads into and that no reading has now. */
  private readonly idle: Scratch[] = []

  constructor(
    private readonly dataset: Dataset,
    private readonly budgetBytes: number,
  ) {}

  /** A frame for as long as the caller likes. */
  async get(number: number): Promise<Frame> {
    const known = this.frames.get(number)
    if (known) return known
    const frame = await this.dataset.frame(number)
    this.offer(number, frame)
    return frame
  }

  /**
   * What `use` makes of those frames, which are good only until it returns: those that are not kept lie in memory that the
   * next call writes over, so that a frame takes half the time of `get`. Calls may overlap.
   */
  async with<T>(numbers: readonly number[], use: (frames: Frame[]) => T): Promise<T> {
    const lent: Scratch[] = []
    try {
      const frames: Frame[] = []
      for (const number of numbers) frames.push(this.frames.get(number) ?? (await this.read(number, lent)))
      return use(frames)
    } finally {
      this.idle.push(...lent)
    }
  }

  /** Keeps a frame that was read anyway, if there is room. */
  offer(number: number, frame: Frame): void {
    const { semantics, observed, observedBy } = frame
    const masks = Object.entries(observedBy ?? {})
    const bytes = [semantics, observed, ...masks.map(([, mask]) => mask)].reduce((sum, { length }) => sum + length, 0)
    if (this.bytes + bytes > this.budgetBytes || this.frames.has(number)) return
    // Copied: the arrays are views that would keep their whole record batch in memory, or that a later reading writes over.
    const copies = {
      semantics: new Uint8Array(semantics),
      observed: new Uint8Array(observed),
      observedBy: observedBy && Object.fromEntries(masks.map(([name, mask]) => [name, new Uint8Array(mask)])),
    }
    this.frames.set(number, { ...frame, ...copies })
    this.bytes += bytes
  }

  private async read(number: number, lent: Scratch[]): Promise<Frame> {
    const into = this.idle.pop() ?? new Scratch()
    lent.push(into)
    const frame = await this.dataset.frame(number, { into })
    this.offer(number, frame)
    return frame
  }
}
