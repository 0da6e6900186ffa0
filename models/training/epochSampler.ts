import { stream } from '../../pipeline/random.js'

/**
 * Which examples each step trains on: every example once an epoch, in an order of its own. The batch of a step depends
 * on nothing but the seed and the step, so a resumed run needs no state of it.
 */
export class EpochSampler {
  private readonly orders = new Map<number, number[]>()

  /** @param count examples to choose from, at least one */
  constructor(
    private readonly count: number,
    private readonly batch: number,
    private readonly seed: number,
  ) {}

  /** Indices, in [0, count), of step `step` (from 0). */
  at(step: number): number[] {
    return Array.from({ length: this.batch }, (_, i) => {
      const position = step * this.batch + i
      return this.order(Math.floor(position / this.count))[position % this.count]
    })
  }

  private order(epoch: number): number[] {
    const known = this.orders.get(epoch)
    if (known) return known
    const order = stream(this.seed, 'epoch', epoch).shuffle(Array.from({ length: this.count }, (_, i) => i))
    // A batch touches its own epoch and at times the next; older orders are not needed again.
    for (const old of this.orders.keys()) if (old < epoch - 1) this.orders.delete(old)
    this.orders.set(epoch, order)
    return order
  }
}
