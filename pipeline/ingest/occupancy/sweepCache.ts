import type { Sweep, SweepSource } from '../reader.js'

/**
 * Decoded sweeps that frames share. It holds no more than its user keeps: what lies in the past is to be forgotten. What is
 * forgotten gives its memory to a sweep that is read later.
 */
export class SweepCache {
  private readonly sweeps = new Map<number, Sweep>()
  private readonly spare: Sweep[] = []

  /** `onRead` sees each sweep once, as it comes from disk. */
  constructor(
    private readonly source: SweepSource,
    private readonly onRead: (sweep: Sweep) => void,
  ) {}

  get size(): number {
    return this.sweeps.size
  }

  async sweep(index: number): Promise<Sweep> {
    const known = this.sweeps.get(index)
    if (known) return known
    const sweep = await this.source.read(index, this.spare.pop())
    this.onRead(sweep)
    this.sweeps.set(index, sweep)
    return sweep
  }

  forgetBefore(first: number): void {
    for (const [index, sweep] of this.sweeps)
      if (index < first) {
        this.sweeps.delete(index)
        // One is enough: sweeps are read one at a time, as others are forgotten.
        this.spare[0] = sweep
      }
  }
}
