import type { Sums } from './measure.js'

/** The sums of a measure of windows, [length] for each horizon. */
export class HorizonSums {
  private readonly byHorizon = new Map<number, Float64Array>()

  constructor(private readonly length: number) {}

  /** The sums at a horizon, seconds, to add to; zeros at first. */
  at(horizonS: number): Float64Array {
    const known = this.byHorizon.get(horizonS)
    if (known) return known
    const sums = new Float64Array(this.length)
    this.byHorizon.set(horizonS, sums)
    return sums
  }

  /** One for each horizon, in order of first appearance. */
  all(): Sums[] {
    return [...this.byHorizon].map(([horizonS, sums]) => ({ slice: 'all', horizonS, sums }))
  }
}
