import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stream } from '../../../pipeline/random.js'
import { KdTree } from '../../../pipeline/splits/kdTree.js'

const seed = 4711

test('finds the nearest point, and only inside the limit', () => {
  const tree = new KdTree(Float64Array.of(0, 3, 10), Float64Array.of(0, 4, 0))
  expect(tree.nearest(3, 3, 10)).toEqual({ index: 1, distanceM: 1 })
  expect(tree.nearest(0, 0, Number.POSITIVE_INFINITY)).toEqual({ index: 0, distanceM: 0 })
  expect(tree.nearest(6, 8, 5)).toBeNull()
  expect(tree.nearest(6, 8, 5.001)).toEqual({ index: 1, distanceM: 5 })
})

test('an empty tree has no nearest point', () => {
  expect(new KdTree(new Float64Array(), new Float64Array()).nearest(0, 0, 1e9)).toBeNull()
})

test('a parked fleet, thousands of points at one place, neither overflows the stack nor slows down', () => {
  const n = 50_000
  const tree = new KdTree(new Float64Array(n).fill(7), new Float64Array(n).fill(-7))
  const startMs = performance.now()
  for (let i = 0; i < 2000; i++) expect(tree.nearest(7, -17.1, 10)).toBeNull()
  expect(performance.now() - startMs).toBeLessThan(5000)
  expect(tree.nearest(7, -8, 10)?.distanceM).toBe(1)
})

test(`agrees with looking at every point (seed ${seed})`, () => {
  // Whole numbers, so that many points coincide and many distances tie.
  const coordinate = fc.integer({ min: -20, max: 20 })
  const points = fc.array(fc.tuple(coordinate, coordinate), { maxLength: 60 })
  const property = fc.property(points, coordinate, coordinate, fc.integer({ min: 0, max: 30 }), (all, x, y, limitM) => {
    const xM = Float64Array.from(all, ([px]) => px)
    const yM = Float64Array.from(all, ([, py]) => py)
    const distances = all.map(([px, py]) => Math.sqrt((px - x) ** 2 + (py - y) ** 2)).filter((d) => d < limitM)
    const found = new KdTree(xM, yM).nearest(x, y, limitM)
    expect(new KdTree(xM, yM).isNear(x, y, limitM)).toBe(distances.length > 0)
    expect(found?.distanceM ?? null).toBe(distances.length === 0 ? null : Math.min(...distances))
    if (found) expect(Math.sqrt((xM[found.index] - x) ** 2 + (yM[found.index] - y) ** 2)).toBe(found.distanceM)
  })
  fc.assert(property, { seed, numRuns: 500 })
})

test(`agrees with looking at every point of a tree of many leaves, to any distance (seed ${seed})`, () => {
  const rng = stream(seed, 'kd tree')
  const [xM, yM] = [0, 1].map(() => Float64Array.from({ length: 3000 }, () => rng.uniform(-500, 500)))
  const tree = new KdTree(xM, yM)
  for (let i = 0; i < 200; i++) {
    const [x, y] = [rng.uniform(-800, 800), rng.uniform(-800, 800)]
    const squares = Array.from(xM, (px, at) => (x - px) * (x - px) + (y - yM[at]) * (y - yM[at]))
    const least = Math.min(...squares)
    expect(tree.nearest(x, y, Number.POSITIVE_INFINITY)).toEqual({
      index: squares.indexOf(least),
      distanceM: Math.sqrt(least),
    })
    expect(tree.isNear(x, y, Math.sqrt(least) * (1 + 1e-9))).toBe(true)
    expect(tree.isNear(x, y, Math.sqrt(least) * (1 - 1e-9))).toBe(false)
  }
})

test('the arrays given are left as they were', () => {
  const xM = Float64Array.from({ length: 100 }, (_, i) => (i * 37) % 100)
  new KdTree(xM, xM)
  expect([...xM.slice(0, 4)]).toEqual([0, 37, 74, 11])
})
