import { expect, test } from 'vitest'
import { byteCounts } from '../../../pipeline/arrow/kernels/byteCounts.js'
import { areAtLeast, lookUp, spanWithZero } from '../../../pipeline/arrow/kernels/elements.js'
import { bitAt, packBits } from '../../../pipeline/grid.js'
import { stream } from '../../../pipeline/random.js'

/** Around the blocks that the kernels take at once, and their vectors. */
const lengths = [0, 1, 15, 16, 17, 997, 32767, 32769, 65535, 65536, 65545, 131073]

test('counts of 7 7 7 0 255 7', () => {
  const counts = byteCounts(Uint8Array.of(7, 7, 7, 0, 255, 7))
  expect([counts[0], counts[7], counts[255]]).toEqual([1, 4, 1])
  expect(counts.reduce((sum, count) => sum + count)).toBe(6)
})

test('counts those alone whose bit is set', () => {
  const counts = byteCounts(Uint8Array.of(7, 7, 7, 0, 255, 7, 1, 1, 1, 1), Uint8Array.of(0b00101001, 0b11111110))
  expect([counts[0], counts[1], counts[7], counts[255]]).toEqual([1, 1, 2, 0])
})

test.each(lengths)('%i bytes are counted as one by one, with a mask and without', (length) => {
  const rng = stream(length, 'bytes')
  // Long stretches of one value, as grids have them, and of all of them.
  const column = Uint8Array.from({ length }, (_, n) => ((n >> 6) % 3 > 0 ? 17 : rng.int(256)))
  const mask = packBits(Uint8Array.from({ length }, (_, n) => ((n >> 8) % 2 > 0 ? 1 : rng.int(2))))
  const [all, masked] = [new Uint32Array(256), new Uint32Array(256)]
  column.forEach((value, n) => {
    all[value]++
    masked[value] += bitAt(mask, n)
  })
  expect(byteCounts(column)).toEqual(all)
  expect(byteCounts(column, mask)).toEqual(masked)
})

test.each(lengths)('%i bytes are looked up, compared and spanned as one by one', (length) => {
  const rng = stream(length, 'elements')
  // Stretches of small values beside all there are: the kernel takes them differently.
  const column = Uint8Array.from({ length }, (_, n) => rng.int((n >> 5) % 2 > 0 ? 16 : 256))
  const table = Int16Array.from({ length: 256 }, (_, n) => 3 - 5 * n)
  const found = new Int16Array(length + 1).fill(99)
  lookUp(column, length, table, found)
  expect(found).toEqual(Int16Array.from([...column].map((value) => 3 - 5 * value).concat(99)))
  const flags = new Uint8Array(length + 1).fill(99)
  areAtLeast(column, 200, flags)
  expect(flags).toEqual(Uint8Array.from([...column].map((value) => Number(value >= 200)).concat(99)))
})

test('the span of a column has 0 in it and nothing beyond its count', () => {
  const column = Int32Array.of(5, -3, 2 ** 31 - 1, 7, 8, -(2 ** 31))
  expect([0, 1, 2, 3, 5, 6].map((count) => spanWithZero(column, count))).toEqual([
    [0, 0],
    [0, 5],
    [-3, 5],
    [-3, 2 ** 31 - 1],
    [-3, 2 ** 31 - 1],
    [-(2 ** 31), 2 ** 31 - 1],
  ])
})

test.each([1, 3, 4, 32768, 32773, 100_000])('the extremes are found wherever they stand among %i', (length) => {
  for (const at of [0, length >> 1, length - 1]) {
    const column = new Int32Array(length).fill(4)
    column[at] = 1_000_000
    expect(spanWithZero(column, length)).toEqual([0, 1_000_000])
    column[at] = -1_000_000
    expect(spanWithZero(column, length)[0]).toBe(-1_000_000)
  }
})
