import { describe, expect, it } from 'vitest'
import { wilson } from '../../../eval/statistics/wilson.js'

describe('Wilson interval', () => {
  it('has a closed form at no success: [0, z² / (n + z²)]', () => {
    const z2 = 1.959963984540054 ** 2
    expect(wilson(0, 10)!.low).toBe(0)
    expect(wilson(0, 10)!.high).toBeCloseTo(z2 / (10 + z2), 12)
  })

  // Brown, Cai & DasGupta's formula, worked out elsewhere.
  it.each([
    [5, 10, 0.2365930905, 0.7634069095],
    [8, 10, 0.4901624715, 0.9433178485],
    [10, 10, 0.7224672001, 1],
    [15, 148, 0.0623863995, 0.1604872417],
  ])('%d of %d: [%d, %d]', (successes, trials, low, high) => {
    const interval = wilson(successes, trials)!
    expect(interval.low).toBeCloseTo(low, 9)
    expect(interval.high).toBeCloseTo(high, 9)
  })

  it('is symmetric in success and failure, and narrower with less confidence', () => {
    expect(wilson(3, 10)!.low).toBeCloseTo(1 - wilson(7, 10)!.high, 14)
    expect(wilson(3, 10, 0.8)!.low).toBeGreaterThan(wilson(3, 10, 0.95)!.low)
  })

  it('is null without trials', () => expect(wilson(0, 0)).toBeNull())
})
