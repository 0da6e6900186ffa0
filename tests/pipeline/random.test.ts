import { expect, test } from 'vitest'
import { seedOf, stream } from '../../pipeline/random.js'

const draw = (seed: number, ...name: (string | number)[]) => {
  const rng = stream(seed, ...name)
  return Array.from({ length: 4 }, () => rng.float())
}

test('the first numbers of a stream never change: every result ever written hangs on them', () => {
  // xoroshiro128+ (24, 16, 37) by an independent program, its state the first 16 bytes of SHA-256 of `[1,"golden"]`.
  expect(draw(1, 'golden')).toEqual([0.03853542800061405, 0.27728201844729483, 0.3111032338347286, 0.09450850170105696])
  expect(draw(2, 'golden', 3)).toEqual([0.8589647982735187, 0.3864649538882077, 0.982874579494819, 0.08608976984396577])
  const rng = stream(1, 'kinds')
  expect([rng.int(1000), rng.uniform(-1, 1), rng.normal(), rng.normal(), rng.pick(['a', 'b', 'c'])]).toEqual([
    310,
    0.5857436014339328,
    -1.0603881071522712,
    -0.5284477032303514,
    'c',
  ])
  expect(rng.shuffle([0, 1, 2, 3, 4, 5, 6, 7])).toEqual([3, 6, 4, 1, 5, 0, 7, 2])
  expect(seedOf(1, 'golden')).toBe(82754201)
  // The same number, by hand: ⌊0.0385… · 2³¹⌋.
  expect(Math.floor(draw(1, 'golden')[0] * 2 ** 31)).toBe(82754201)
})

test('streams are told apart by seed and by every part of the name', () => {
  const streams = [
    draw(1, 'a'),
    draw(2, 'a'),
    draw(1, 'b'),
    draw(1, 'a', 1),
    draw(1, 'a', '1'),
    draw(1, 'a', 2),
    // Parts are not simply glued together.
    draw(1, 'a1'),
    draw(1, 'a,1'),
    draw(1),
  ]
  expect(new Set(streams.map(String)).size).toBe(streams.length)
})

test('drawing from one stream does not move another', () => {
  const [a, b] = [stream(5, 'a'), stream(5, 'b')]
  const mixed: number[] = []
  for (let i = 0; i < 4; i++) {
    a.float()
    mixed.push(b.float())
  }
  expect(mixed).toEqual(draw(5, 'b'))
})

test('named streams are uncorrelated', () => {
  const [a, b] = [stream(5, 'log', 1), stream(5, 'log', 2)]
  const n = 20_000
  let sum = 0
  for (let i = 0; i < n; i++) sum += (a.float() - 0.5) * (b.float() - 0.5)
  // The standard deviation of the mean product is 1/(12 √n) ≈ 0.0006.
  expect(Math.abs(sum / n)).toBeLessThan(0.003)
})

test('float is uniform: 20 bins of 40000 draws', () => {
  const rng = stream(11, 'uniform')
  const counts = new Array(20).fill(0)
  for (let i = 0; i < 40_000; i++) {
    const value = rng.float()
    expect(value >= 0 && value < 1).toBe(true)
    counts[Math.floor(20 * value)]++
  }
  // χ² with 19 degrees of freedom is below 43.8 with probability 0.999.
  const chiSquare = counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0)
  expect(chiSquare).toBeLessThan(43.8)
})

test('int takes each of its values about equally often, and no other', () => {
  const rng = stream(12, 'int')
  const counts = new Map<number, number>()
  for (let i = 0; i < 7000; i++) {
    const value = rng.int(7)
    counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  expect([...counts.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5, 6])
  // σ = √(7000 · 1/7 · 6/7) ≈ 29.
  for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120)
})

test('uniform stays in its range', () => {
  const rng = stream(13, 'range')
  for (let i = 0; i < 1000; i++) {
    const value = rng.uniform(-3, 5)
    expect(value >= -3 && value < 5).toBe(true)
  }
})

test('normal has mean 0, variance 1, and the share within one σ', () => {
  const rng = stream(14, 'normal')
  const values = Array.from({ length: 40_000 }, () => rng.normal())
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length
  expect(Math.abs(mean)).toBeLessThan(0.02)
  expect(Math.abs(variance - 1)).toBeLessThan(0.03)
  expect(values.filter((v) => Math.abs(v) < 1).length / values.length).toBeCloseTo(0.6827, 2)
  expect(values.every(Number.isFinite)).toBe(true)
})

test('shuffle keeps every item, leaves its argument alone, and reaches every order equally', () => {
  const items = [1, 2, 3]
  const rng = stream(15, 'shuffle')
  const orders = new Map<string, number>()
  for (let i = 0; i < 6000; i++) {
    const order = rng.shuffle(items).join('')
    orders.set(order, (orders.get(order) ?? 0) + 1)
  }
  expect(items).toEqual([1, 2, 3])
  expect([...orders.keys()].sort()).toEqual(['123', '132', '213', '231', '312', '321'])
  for (const count of orders.values()) expect(Math.abs(count - 1000)).toBeLessThan(120)
})

test('seedOf is a 31-bit integer of its own name', () => {
  const seeds = Array.from({ length: 100 }, (_, i) => seedOf(1, 'layer', i))
  expect(new Set(seeds).size).toBe(100)
  for (const seed of seeds) expect(Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31).toBe(true)
})
