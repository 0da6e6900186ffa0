import { expect, test } from 'vitest'
import { averagePrecision, ranking } from '../../../../eval/probes/studies/ranking.js'
import { stream } from '../../../../pipeline/random.js'

test('average precision by hand: found at ranks 1 and 3', () => {
  expect(averagePrecision([0, 2])).toBeCloseTo((1 + 2 / 3) / 2, 12)
  expect(averagePrecision([])).toBe(0)
})

test('ranks by hand: row 2 is nearest, then 0 and 3, which are equally near; row 1 is no candidate', () => {
  const ranksOf = ranking(Float64Array.of(0.5, 0.7, 0.9, 0.5, -1), Int32Array.of(0, 2, 3, 4))
  expect(ranksOf([4, 3])).toEqual([2, 3])
  expect(ranksOf([0, 2])).toEqual([0, 1])
  expect(ranksOf([])).toEqual([])
})

test('ranks are the places in a sorted list, with many ties (seed 8)', () => {
  const rng = stream(8, 'ranking')
  const near = Float64Array.from({ length: 300 }, () => Math.floor(rng.uniform(-20, 20)) / 20)
  const candidates = Int32Array.from({ length: 300 }, (_, row) => row).filter((row) => row % 7 !== 0)
  const order = [...candidates].sort((a, b) => near[b] - near[a] || a - b)
  const wanted = [...candidates].filter((row) => row % 3 === 0)
  expect(ranking(near, candidates)(wanted)).toEqual(wanted.map((row) => order.indexOf(row)).sort((a, b) => a - b))
})
