import { describe, expect, it } from 'vitest'
import { Confusion, onCounts } from '../../../eval/metrics/confusion.js'
import { meanIou, occupancyIou, recall } from '../../../eval/metrics/iou.js'
import { policies } from '../../../eval/metrics/policies.js'
import {
  bootstrapTable,
  clusterBootstrap,
  mean,
  pairedBootstrap,
  type Statistic,
} from '../../../eval/statistics/bootstrap.js'
import { drawsOf } from '../../../eval/statistics/draws.js'
import { quantile } from '../../../eval/statistics/interval.js'
import { replicatesOf, resample } from '../../../eval/statistics/resample.js'
import { UsageError } from '../../../pipeline/errors.js'
import { type Rng, stream } from '../../../pipeline/random.js'
import { small } from '../metrics/taxonomy.js'

/** A stream whose integers are given, over and over. */
function scripted(integers: readonly number[]): Rng {
  let at = 0
  return { ...stream(0), int: () => integers[at++ % integers.length] }
}

/** All 27 draws of 3 from 3: the bootstrap distribution itself, not a sample of it. */
const everyDraw = Array.from({ length: 27 }, (_, i) => [Math.floor(i / 9), Math.floor(i / 3) % 3, i % 3])
const exhaustively = { resamples: 27, confidence: 0.5, rng: scripted(everyDraw.flat()) }
const one = (value: number) => [value, 1]

describe('resample', () => {
  it('sees each draw of clusters, the whole, each left out and each alone', () => {
    const seen: number[][] = []
    const evaluate = (weights: Float64Array) => {
      seen.push([...weights])
      return [weights[0]]
    }
    const [row] = resample(drawsOf(2, 3, scripted([0, 0, 0, 1, 1, 1])), evaluate)
    expect(seen).toEqual([
      [1, 1],
      [2, 0],
      [1, 1],
      [0, 2],
      [0, 1],
      [1, 0],
      [1, 0],
      [0, 1],
    ])
    expect([...row.onDraws]).toEqual([2, 1, 0])
    expect([...replicatesOf(row)]).toEqual([0, 1, 2])
    expect(row).toMatchObject({ value: 1, jackknife: [0, 1], supports: [true, true] })
  })

  it('counts a cluster that supports the value together with others only', () => {
    const product = (weights: Float64Array) => [weights[0] * weights[1] > 0 ? 1 : null]
    expect(resample(drawsOf(3, 1, scripted([0])), product)[0].supports).toEqual([true, true, false])
  })

  it('drops draws on which the statistic is not applicable and counts the clusters that support it', () => {
    const evaluate = (weights: Float64Array) => [weights[0] > 0 ? 7 : null]
    const [row] = resample(drawsOf(2, 3, scripted([0, 0, 0, 1, 1, 1])), evaluate)
    expect([...row.onDraws]).toEqual([7, 7, Number.NaN])
    expect([...replicatesOf(row)]).toEqual([7, 7])
    expect(row).toMatchObject({ jackknife: [null, 7], supports: [true, false] })
  })
})

describe('quantile', () => {
  it.each([
    [0.25, 15],
    [0.5, 30],
    [0.6, 36],
    [0.01, 10],
    [1, 50],
  ])('of 10, 20, 30, 40, 50 at %d is %d: the 6·p-th of them', (p, value) =>
    expect(quantile(Float64Array.of(10, 20, 30, 40, 50), p)).toBeCloseTo(value, 12),
  )
})

describe('intervals by hand', () => {
  // With 3 clusters √(3/2)·t(0.75, 2) is exactly 1, so the percentile levels are Φ(∓1) = 0.1587 and 0.8413. The 27
  // resampled means of 0, 0, 3 are 8 × 0, 12 × 1, 6 × 2 and 3: the 4.4th and the 23.6th are 0 and 2.
  it('percentile: 0, 0, 3 gives [0, 2] at 50 %', () => {
    const interval = clusterBootstrap([0, 0, 3].map(one), mean, { ...exhaustively, method: 'percentile' })
    expect(interval).toEqual({
      value: 1,
      low: 0,
      high: 2,
      confidence: 0.5,
      method: 'percentile',
      clusters: 3,
      drawn: 3,
      resamples: 27,
    })
  })

  // The same formulas worked out elsewhere; BCa with z₀ = 0.0464 and a = 0.0640.
  it.each([
    { method: 'percentile', confidence: 0.5, low: 1.92312948, high: 22.07687052 },
    { method: 'bca', confidence: 0.2, low: 10.912978455, high: 13.333333333 },
    { method: 'bca', confidence: 0.6, low: 1.333333333, high: 24.500499399 },
  ] as const)('$method: 0, 4, 32 gives [$low, $high] at $confidence', ({ method, confidence, low, high }) => {
    const interval = clusterBootstrap([0, 4, 32].map(one), mean, { ...exhaustively, method, confidence })
    expect(interval.method).toBe(method)
    expect(interval.low).toBeCloseTo(low, 8)
    expect(interval.high).toBeCloseTo(high, 8)
  })

  it('clusters weigh by their size: sums and counts are merged before they are divided', () => {
    const { value } = clusterBootstrap(
      [
        [1, 1],
        [0, 9],
      ],
      mean,
      { rng: stream(1) },
    )
    expect(value).toBe(0.1)
  })

  it('spans all that two clusters can give', () => {
    const interval = clusterBootstrap([one(0), one(1)], mean, { rng: stream(2), method: 'percentile' })
    expect(interval).toMatchObject({ low: 0, high: 1, clusters: 2 })
  })
})

describe('degenerate data', () => {
  it('equal clusters: a point, by percentiles, and it says why', () => {
    const interval = clusterBootstrap([3, 3, 3, 3].map(one), mean, { rng: stream(3) })
    expect(interval).toMatchObject({ value: 3, low: 3, high: 3, method: 'percentile' })
    expect(interval.reason).toMatch(/leaving a cluster out changes nothing/)
  })

  it('a jackknife that is not applicable: percentiles, and it says why', () => {
    const log: Statistic = ([sum]) => (sum > 0 ? Math.log(sum) : null)
    const interval = clusterBootstrap([[5], [1], [-3]], log, { rng: stream(4) })
    expect(interval).toMatchObject({ value: Math.log(3), method: 'percentile', clusters: 3, drawn: 3 })
    expect(interval.reason).toMatch(/without one of the clusters/)
    expect(interval.resamples).toBeLessThan(1000)
  })

  it('resamples on one side of the value: percentiles, and it says why', () => {
    const rng = scripted([0, 0])
    const interval = clusterBootstrap([one(0), one(1)], mean, { rng, resamples: 5 })
    expect(interval.reason).toMatch(/one side/)
  })

  it.each([
    ['no cluster', [], null, 0],
    ['one cluster', [one(5)], 5, 1],
    ['one cluster that supports the value', [one(5), [0, 0]], 5, 1],
    [
      'none that does',
      [
        [0, 0],
        [0, 0],
      ],
      null,
      0,
    ],
  ])('%s: no interval', (_, clusters, value, supporting) => {
    const interval = clusterBootstrap(clusters, mean, { rng: stream(5) })
    expect(interval).toMatchObject({ value, low: null, high: null, method: 'none', clusters: supporting })
    expect(interval.reason).toMatch(/\w/)
  })

  it('refuses clusters of different shapes', () => {
    expect(() => clusterBootstrap([[1, 1], [1]], mean, { rng: stream(6) })).toThrow(UsageError)
  })
})

describe('tables of confusions', () => {
  const random = stream(7, 'confusions')
  const logs = Array.from({ length: 12 }, () =>
    new Confusion(4).addFrame(
      Uint8Array.from({ length: 60 }, () => random.int(4)),
      Uint8Array.from({ length: 60 }, () => random.int(4)),
    ),
  )
  const statistics = {
    occupancy: onCounts(4, (c) => occupancyIou(c, policies.occlab, small)),
    mean: onCounts(4, (c) => meanIou(c, policies.occlab, small)),
    child: onCounts(4, (c) => recall(c, 1)),
  }
  const clusters = logs.map((log) => log.counts)

  it('gives each statistic what it gets alone on the same stream', () => {
    const table = bootstrapTable(clusters, statistics, { rng: stream(8) })
    for (const name of ['occupancy', 'mean', 'child'] as const)
      expect(table[name]).toEqual(clusterBootstrap(clusters, statistics[name], { rng: stream(8) }))
  })

  it('has the merged confusion’s score as its value, and leaves the clusters as they were', () => {
    const before = clusters.map((counts) => [...counts])
    const { mean: interval } = bootstrapTable(clusters, statistics, { rng: stream(8) })
    expect(interval.value).toBe(meanIou(Confusion.sum(4, logs), policies.occlab, small).value)
    expect(interval.low).toBeLessThan(interval.value!)
    expect(interval.high).toBeGreaterThan(interval.value!)
    expect(clusters.map((counts) => [...counts])).toEqual(before)
  })
})

describe('paired differences', () => {
  const random = stream(9, 'pairs')
  const hard = Array.from({ length: 20 }, () => 10 * random.normal())
  const baseline = hard.map(one)
  const candidate = hard.map((value) => one(value + 1 + 0.1 * random.normal()))

  it('cancel what the clusters have in common', () => {
    const paired = pairedBootstrap(candidate, baseline, mean, { rng: stream(10) })
    expect(paired.value).toBeCloseTo(1, 1)
    expect(paired.high! - paired.low!).toBeLessThan(0.2)
    expect(paired.probabilityBetter).toBe(1)
    const alone = clusterBootstrap(candidate, mean, { rng: stream(10) })
    expect(alone.high! - alone.low!).toBeGreaterThan(5)
  })

  it('turn round with the sides and with what is better', () => {
    const turned = pairedBootstrap(baseline, candidate, mean, { rng: stream(10) })
    expect(turned.value).toBeCloseTo(-1, 1)
    expect(turned.probabilityBetter).toBe(0)
    expect(pairedBootstrap(baseline, candidate, mean, { rng: stream(10), better: 'lower' }).probabilityBetter).toBe(1)
  })

  it('of a model with itself are 0, better half of the time', () => {
    const paired = pairedBootstrap(baseline, baseline, mean, { rng: stream(11) })
    expect(paired).toMatchObject({ value: 0, low: 0, high: 0, probabilityBetter: 0.5 })
  })

  it('count ties half: the better of 2 clusters is drawn never, once or twice', () => {
    const rng = scripted([0, 0, 0, 1, 1, 0, 1, 1])
    const paired = pairedBootstrap([one(1), one(0)], [one(0), one(0)], mean, {
      rng,
      resamples: 4,
      method: 'percentile',
    })
    expect(paired.probabilityBetter).toBe((1 + 1 + 1 + 0.5) / 4)
  })

  it('are not there without an interval, and refuse clusters that do not pair up', () => {
    expect(pairedBootstrap([one(1)], [one(0)], mean, { rng: stream(12) }).probabilityBetter).toBeNull()
    expect(pairedBootstrap([], [], mean, { rng: stream(12) }).method).toBe('none')
    expect(() => pairedBootstrap(candidate, baseline.slice(1), mean, { rng: stream(12) })).toThrow(UsageError)
  })
})
