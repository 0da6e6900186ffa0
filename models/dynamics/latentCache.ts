import type { FrameLatent, Latents } from '../latent/latentsFolder.js'

/**
 * Latent means by log and row, those of the first logs asked for kept in memory up to a budget (4·h·w·c bytes a
 * frame), the others read from disk each time. Nothing is evicted: with random access over more than fits, every
 * policy hits equally often.
 */
export class LatentCache {
  private readonly logs = new Map<string, Float32Array[]>()
  private bytes = 0
  private isFull = false

  constructor(
    private readonly latents: Latents,
    private readonly budgetBytes: number,
  ) {}

  /** c */
  get channels(): number {
    return this.latents.shape[2]
  }

  /** All of a log, read from disk; its means are kept if there is room. */
  async whole(logId: string): Promise<FrameLatent[]> {
    const found = await this.latents.log(logId)
    const bytes = found.reduce((sum, { mean }) => sum + mean.byteLength, 0)
    this.isFull ||= this.bytes + bytes > this.budgetBytes
    if (!this.logs.has(logId) && !this.isFull) {
      this.logs.set(
        logId,
        found.map(({ mean }) => mean),
      )
      this.bytes += bytes
    }
    return found
  }

  /** Means of `count` rows of a log from row `first` on, each h·w·c, c fastest. */
  async means(logId: string, first: number, count: number): Promise<Float32Array[]> {
    if (!this.logs.has(logId) && !this.isFull) await this.whole(logId)
    const known = this.logs.get(logId)
    if (known) return known.slice(first, first + count)
    return (await this.latents.rows(logId, first, count)).map(({ mean }) => mean)
  }
}
