import { describe, expect, it } from 'vitest'
import { mean, pairedBootstrap, resampleSums } from '../../../eval/statistics/bootstrap.js'
import { twoSampleDifference, welchClusters } from '../../../eval/statistics/difference.js'
import { studentCdf } from '../../../eval/statistics/distributions.js'
import { drawsOf } from '../../../eval/statistics/draws.js'
import { effectiveClusters } from '../../../eval/statistics/effectiveClusters.js'
import { holm } from '../../../eval/statistics/holm.js'
import type { Interval } from '../../../eval/statistics/interval.js'
import { proportionInterval } from '../../../eval/statistics/proportion.js'
import { stream } from '../../../pipeline/random.js'

const seed = 77
const one = (value: number) => [value, 1]
/** Logs whose mean is near `centre`, as [sum, count]. */
const logsAround = (centre: number, count: number, ...name: (string | number)[]) => {
  const rng = stream(seed, ...name)
  return Array.from({ length: count }, () => one(centre + rng.normal()))
}
const zeros = (count: number) => Array.from({ length: count }, () => one(0))

describe(`p-values (seed ${seed})`, () => {
  it('agree with the interval: 0 just outside 95 % is p just under 0.05', () => {
    let called = 0
    for (let i = 0; i < 100; i++) {
      const { low, high, p } = pairedBootstrap(logsAround(0.5, 15, 'agree', i), zeros(15), mean, {
        rng: stream(seed, i),
        resamples: 4000,
      })
      const isOutside = low! > 0 || high! < 0
      // The interval interpolates between draws, the p does not: near 0.05 they may part.
      if (Math.abs(p! - 0.05) > 0.005) expect(p! < 0.05).toBe(isOutside)
      if (isOutside) called++
    }
    // The power of 15 logs against half a standard deviation is about a half, so both sides were seen.
    expect(called).toBeGreaterThan(20)
    expect(called).toBeLessThan(80)
  })

  it('are near those of the t-test for the mean of normal data', () => {
    // t = 0.5/(1/√16) = 2 with 15 degrees of freedom: p = 0.0639.
    const raw = logsAround(0, 16, 'normal').map(([value]) => value)
    const centre = raw.reduce((sum, value) => sum + value, 0) / 16
    const spread = Math.sqrt(raw.reduce((sum, value) => sum + (value - centre) ** 2, 0) / 15)
    const logs = raw.map((value) => one((value - centre) / spread + 0.5))
    const { p } = pairedBootstrap(logs, zeros(16), mean, { rng: stream(seed), resamples: 20_000, method: 'percentile' })
    expect(p).toBeGreaterThan(0.04)
    expect(p).toBeLessThan(0.09)
  })

  it('go on falling where no draw lies beyond 0, so that many tests can be corrected for', () => {
    const at = (centre: number) =>
      pairedBootstrap(logsAround(centre, 20, 'far'), zeros(20), mean, { rng: stream(seed) }).p!
    expect(at(2)).toBeLessThan(1e-4)
    expect(at(4)).toBeLessThan(at(2))
    expect(at(40)).toBeGreaterThan(0)
  })

  it('are never far below the t-test’s on few logs, however skewed they are', () => {
    for (let i = 0; i < 50; i++) {
      const rng = stream(seed, 'few', i)
      const values = Array.from({ length: 4 }, () => -12 + Math.exp(rng.normal()))
      const centre = values.reduce((sum, value) => sum + value, 0) / 4
      const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / 3)
      const tTest = 2 * studentCdf(-Math.abs(centre / (spread / 2)), 3)
      const { p } = pairedBootstrap(values.map(one), zeros(4), mean, { rng: stream(seed, i) })
      expect(p).toBeGreaterThan(tTest / 3)
    }
  })

  it('of logs that all agree are the sign test’s, and 1 where they agree on no difference', () => {
    const p = (difference: number) =>
      pairedBootstrap(
        zeros(5).map(([value]) => one(value + difference)),
        zeros(5),
        mean,
        { rng: stream(seed) },
      ).p
    expect(p(0.25)).toBe(1 / 16)
    expect(p(0)).toBe(1)
  })

  it('turn with neither side, and are null where one log alone has a value', () => {
    const [a, b] = [logsAround(0.4, 12, 'a'), logsAround(0, 12, 'b')]
    const options = { rng: stream(seed), method: 'percentile' } as const
    const forth = pairedBootstrap(a, b, mean, { ...options, rng: stream(seed) }).p!
    expect(pairedBootstrap(b, a, mean, { ...options, rng: stream(seed) }).p).toBeCloseTo(forth, 10)
    expect(pairedBootstrap([one(1)], [one(0)], mean, options).p).toBeNull()
  })
})

describe('Holm’s correction', () => {
  it('is Holm’s own example by hand: 0.01, 0.04, 0.03, 0.005', () => {
    // In order 0.005·4, 0.01·3, 0.03·2, 0.04·1, none below the one before.
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02])
  })

  it('leaves what was not tested out of the count, and never passes 1', () => {
    expect(holm([null, 0.5, 0.9, null])).toEqual([null, 1, 1, null])
    expect(holm([0.02])).toEqual([0.02])
    expect(holm([])).toEqual([])
  })
})

describe('effective clusters', () => {
  it('are the clusters where all are of one size, whatever the size', () => {
    expect(effectiveClusters([3, 3, 3, 3])).toBeCloseTo(4, 12)
    expect(effectiveClusters([1e12, 1e12])).toBeCloseTo(2, 12)
  })

  it('count those of size 0 for nothing, and a giant among dwarfs for little more than one', () => {
    expect(effectiveClusters([5, 5, 0])).toBeCloseTo(2, 12)
    expect(effectiveClusters([1000, 1, 1, 1])).toBeCloseTo(1, 2)
    expect(effectiveClusters([0, 0])).toBe(0)
    // Shares 1/2, 1/4, 1/4: Σw² = 3/8, Σw⁴ = 9/128; √(3/8 ÷ 9/128) = √(16/3).
    expect(effectiveClusters([2, 1, 1])).toBeCloseTo(Math.sqrt(16 / 3), 12)
  })
})

describe('two-sample differences', () => {
  const sampled = (logs: number[][], ...name: string[]) =>
    resampleSums(logs, [mean], drawsOf(logs.length, 500, stream(seed, ...name)))[0]

  it('are the difference of the values, with Welch’s clusters between the smaller side’s and both together', () => {
    const [few, many] = [logsAround(1, 6, 'few'), logsAround(0, 30, 'many')]
    const sides = [sampled(few, 'x'), sampled(many, 'y')] as const
    const difference = twoSampleDifference(...sides)
    expect(difference.value).toBe(sides[0].value! - sides[1].value!)
    expect(difference.jackknife.length).toBe(36)
    const clusters = welchClusters(sides, [few.map(([, n]) => n), many.map(([, n]) => n)])
    expect(clusters).toBeGreaterThan(5)
    expect(clusters).toBeLessThan(36)
  })
})

describe('intervals of proportions', () => {
  const interval = (patch: Partial<Interval>): Interval => ({
    ...{ value: 0.5, low: 0.4, high: 0.6, confidence: 0.95, method: 'bca', clusters: 10, drawn: 10, resamples: 1000 },
    ...patch,
  })

  it('are the bootstrap’s where it can tell', () => {
    const enough = interval({})
    expect(proportionInterval(enough, Array(10).fill(1))).toBe(enough)
    const difference = interval({ value: -0.2, clusters: 3 })
    expect(proportionInterval(difference, [1, 1, 1])).toBe(difference)
  })

  it('are Wilson’s where all logs agree: 10 of 10 is [0.722, 1]', () => {
    const all = proportionInterval(interval({ value: 1, low: 1, high: 1 }), Array(10).fill(7))
    expect(all).toMatchObject({ method: 'wilson', high: 1, reason: 'Wilson over logs: all logs agree' })
    expect(all.low).toBeCloseTo(0.7225, 4)
    const none = proportionInterval(interval({ value: 0, low: 0, high: 0 }), Array(10).fill(7))
    expect(none.low).toBe(0)
    expect(none.high).toBeCloseTo(1 - 0.7225, 4)
  })

  it('are Wilson’s over few logs, wider where one log holds most', () => {
    const few = interval({ value: 0.6, clusters: 4 })
    const [even, uneven] = [
      [1, 1, 1, 1],
      [100, 1, 1, 1],
    ].map((sizes) => proportionInterval(few, sizes))
    expect(even.method).toBe('wilson')
    expect(even.low).toBeLessThan(0.3)
    expect(uneven.high! - uneven.low!).toBeGreaterThan(even.high! - even.low!)
    expect(proportionInterval(interval({ low: null, high: null, method: 'none', clusters: 1 }), [9]).method).toBe(
      'wilson',
    )
  })
})
