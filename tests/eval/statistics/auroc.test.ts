import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { auroc, bootstrapAuroc } from '../../../eval/statistics/auroc.js'
import { stream } from '../../../pipeline/random.js'

const seed = 515

describe('AUROC', () => {
  it.each([
    ['a perfect order', [0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1], 1],
    ['the reverse', [0.9, 0.8, 0.2, 0.1], [0, 0, 1, 1], 0],
    ['all equal', [5, 5, 5, 5], [0, 1, 0, 1], 0.5],
    ['three of four pairs in order', [1, 3, 2, 4], [0, 0, 1, 1], 0.75],
    ['a tie across the kinds', [1, 2, 2, 3], [0, 0, 1, 1], 0.875],
  ])('%s', (_, scores, labels, value) => expect(auroc(scores, labels)).toEqual({ value, count: 4 }))

  it('is not applicable with one kind alone, or none', () => {
    expect(auroc([1, 2], [1, 1])).toEqual({ value: null, count: 0 })
    expect(auroc([], [])).toEqual({ value: null, count: 0 })
  })

  it(`is the share of pairs in order, ties half (seed ${seed})`, () => {
    const rows = fc.array(fc.tuple(fc.nat(6), fc.nat(1)), { maxLength: 30 })
    fc.assert(
      fc.property(rows, (sample) => {
        const positives = sample.filter(([, label]) => label === 1)
        const pairs = positives.flatMap(([p]) => sample.flatMap(([n, label]) => (label === 1 ? [] : [[p, n]])))
        const wins = pairs.reduce((sum, [p, n]) => sum + (p > n ? 1 : p === n ? 0.5 : 0), 0)
        const { value } = auroc(
          sample.map(([score]) => score),
          sample.map(([, label]) => label),
        )
        if (pairs.length === 0) expect(value).toBeNull()
        else expect(value).toBeCloseTo(wins / pairs.length, 12)
      }),
      { seed, numRuns: 200 },
    )
  })

  it('has an interval over logs', () => {
    const rng = stream(seed, 'logs')
    const labels = Array.from({ length: 400 }, () => rng.int(2))
    const scores = labels.map((label) => label + rng.normal())
    const clusterOf = Int32Array.from(labels, (_, row) => row >> 2)
    const interval = bootstrapAuroc(scores, labels, clusterOf, 100, { rng })
    expect(interval).toMatchObject({ value: auroc(scores, labels).value, clusters: 100, method: 'bca' })
    // Hanley & McNeil's standard error of 0.76 with 200 of each kind is 0.024.
    expect(interval.high! - interval.low!).toBeGreaterThan(0.07)
    expect(interval.high! - interval.low!).toBeLessThan(0.13)
  })
})
