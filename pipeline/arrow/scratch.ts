import type { Room } from './zstd.js'

/**
 * Memory for one batch at a time. What is read with it is good until the next reading with it, which writes over it: for
 * loops that are done with a frame before they ask for the next, since fresh memory takes longer to come by than a frame
 * to unpack. It grows to what the largest batch needs.
 */
export class Scratch {
  private block = new Uint8Array(0)
  private used = 0

  /** Gives memory that nothing else has had since `reset`. Its content is whatever was there before. */
  readonly take: Room = (bytes) => {
    const start = this.used
    this.used += Math.ceil(bytes / 8) * 8
    return this.used <= this.block.length ? this.block.subarray(start, start + bytes) : new Uint8Array(bytes)
  }

  /** Gives up all that was taken. */
  reset(): void {
    // Some more than was needed: batches of one file differ a little.
    if (this.used > this.block.length) this.block = new Uint8Array(1.25 * this.used)
    this.used = 0
  }
}
