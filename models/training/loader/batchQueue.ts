/**
 * Takes batches in the order of their numbers while the next ones are being prepared. Bounded: at most `ahead` of them
 * are under way or waiting. What it hands out depends on the numbers alone, not on which batch was ready first.
 */
export class BatchQueue<T> {
  private readonly underway: Promise<T>[] = []
  private readonly end: number
  private next: number

  /**
   * @param prepare starts batch `n`
   * @param range numbers from `first` to before `end`
   */
  constructor(
    private readonly prepare: (n: number) => Promise<T>,
    { first, end }: { first: number; end: number },
    private readonly ahead: number,
  ) {
    this.next = first
    this.end = end
    this.fill()
  }

  /** The next batch, and how long the caller had to wait for it, ms. Rejects with that batch's own failure. */
  async take(): Promise<{ batch: T; waitMs: number }> {
    const first = this.underway.shift()
    if (!first) throw new RangeError(`no batch ${this.next} before ${this.end}`)
    this.fill()
    const startMs = performance.now()
    const batch = await first
    return { batch, waitMs: performance.now() - startMs }
  }

  /** Waits until nothing is under way any more; what was prepared and not taken is dropped. */
  async close(): Promise<void> {
    await Promise.allSettled(this.underway.splice(0))
  }

  private fill(): void {
    while (this.next < this.end && this.underway.length < this.ahead) {
      const n = this.next++
      const batch = Promise.resolve().then(() => this.prepare(n))
      // A failure is told when its own batch is taken, not as an unhandled rejection before it.
      batch.catch(() => undefined)
      this.underway.push(batch)
    }
  }
}
