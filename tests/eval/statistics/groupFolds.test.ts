import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldsOf, groupFolds, leastLoss, rowsByGroup } from '../../../eval/statistics/groupFolds.js'
import { UsageError } from '../../../pipeline/errors.js'
import { stream } from '../../../pipeline/random.js'

const seed = 88

describe('groupFolds', () => {
  it('balances rows: 5 + 1 against 3 + 3', () => {
    const folds = groupFolds([...'aaaaabbbcccd'], 2, stream(1))
    const [a, b, c, d] = [0, 5, 8, 11].map((row) => folds[row])
    expect(b).toBe(c)
    expect(a).toBe(d)
    expect(a).not.toBe(b)
  })

  it(`splits no group, leaves no fold empty and is even to within the largest group (seed ${seed})`, () => {
    const groups = fc.array(fc.nat(9), { minLength: 2, maxLength: 80 }).filter((g) => new Set(g).size >= 2)
    fc.assert(
      fc.property(groups, fc.integer({ min: 2, max: 10 }), fc.nat(), (of, wanted, drawSeed) => {
        const k = Math.min(wanted, new Set(of).size)
        const folds = groupFolds(of, k, stream(drawSeed))
        for (const rows of rowsByGroup(of).values()) expect(new Set([...rows].map((row) => folds[row])).size).toBe(1)
        const sizes = Array.from({ length: k }, (_, fold) => folds.filter((f) => f === fold).length)
        const largest = Math.max(...[...rowsByGroup(of).values()].map((rows) => rows.length))
        expect(Math.min(...sizes)).toBeGreaterThan(0)
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(largest)
      }),
      { seed, numRuns: 200 },
    )
  })

  it('is the stream’s choice among groups of one size, and the same for the same stream', () => {
    const groups = Array.from({ length: 20 }, (_, group) => group)
    expect(groupFolds(groups, 4, stream(1))).toEqual(groupFolds(groups, 4, stream(1)))
    expect(groupFolds(groups, 4, stream(1))).not.toEqual(groupFolds(groups, 4, stream(2)))
  })

  it.each([1, 4])('refuses %i folds of 3 groups', (k) =>
    expect(() => groupFolds(['a', 'b', 'c'], k, stream(1))).toThrow(UsageError),
  )
})

describe('foldsOf', () => {
  it('holds out each row once, and never trains on a held group', () => {
    const groups = [...'aabbccdd']
    const folds = foldsOf(groups, 3, stream(2))
    expect(folds.flatMap(({ held }) => [...held]).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    for (const { held, rest } of folds) {
      expect(held.length + rest.length).toBe(8)
      const trained = new Set([...rest].map((row) => groups[row]))
      for (const row of held) expect(trained.has(groups[row])).toBe(false)
    }
  })

  it('makes as many folds as there are groups, and none of a single one', () => {
    expect(foldsOf([...'ab'], 5, stream(3))).toHaveLength(2)
    expect(foldsOf([...'aaa'], 5, stream(3))).toEqual([])
  })
})

describe('leastLoss', () => {
  const fold = { held: new Int32Array(0), rest: new Int32Array(0) }

  it('sums over folds and prefers the larger of equals', () => {
    const losses = [
      [3, 1, 2],
      [0, 1, 0],
    ]
    const next = losses.values()
    expect(leastLoss([0.1, 1, 10], [fold, fold], () => next.next().value!)).toBe(10)
  })

  it('takes the middle without folds', () => expect(leastLoss([0.1, 1, 10], [], () => [])).toBe(1))
})
