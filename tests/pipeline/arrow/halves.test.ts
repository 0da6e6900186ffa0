import { expect, test } from 'vitest'
import { sourceSha256 } from '../../../pipeline/arrow/kernels/columns.wasm.js'
import { triplesOfHalves } from '../../../pipeline/arrow/kernels/triplesOfHalves.js'
import { floatOfHalf } from '../../../pipeline/ingest/files/half.js'
import { sourceHash } from '../../../scripts/kernels.mjs'

test('what is committed was compiled from these sources: else run `node scripts/kernels.mjs`', () => {
  expect(sourceSha256).toBe(sourceHash('columns'))
})

test('1, −2, 65504, the least half and ±0 in their places', () => {
  const out = new Float32Array(9)
  triplesOfHalves(
    Uint16Array.of(0x3c00, 0x0001, 0x8000),
    Uint16Array.of(0xc000, 0, 0x3555),
    Uint16Array.of(0x7bff, 0xfbff, 0),
    out,
  )
  expect([...out]).toEqual([1, -2, 65504, 2 ** -24, 0, -65504, -0, Math.fround(0.333251953125), 0])
})

test('every half is what the table says, as x, as y and as z, infinities and what is no number included', () => {
  const all = Uint16Array.from({ length: 65536 }, (_, bits) => bits)
  const shifted = (by: number) => all.map((bits) => bits + by)
  const [y, z] = [shifted(12345), shifted(54321)]
  const out = new Float32Array(3 * 65536)
  triplesOfHalves(all, y, z, out)
  const wrong = [...out.keys()].filter(
    (at) => !Object.is(out[at], floatOfHalf[[all, y, z][at % 3][Math.floor(at / 3)]]),
  )
  expect(wrong).toEqual([])
})

test.each([0, 1, 3, 5, 8191, 8193])('%i rows: nothing beyond them is written', (rows) => {
  const out = new Float32Array(3 * rows + 3).fill(7)
  const ones = new Uint16Array(rows).fill(0x3c00)
  triplesOfHalves(ones, ones, ones, out.subarray(0, 3 * rows))
  expect([...new Set(out.subarray(0, 3 * rows))]).toEqual(rows === 0 ? [] : [1])
  expect([...out.subarray(3 * rows)]).toEqual([7, 7, 7])
})

test.each([
  ['infinity', 0x7c00],
  ['−infinity', 0xfc00],
  ['no number', 0x7e01],
])('says that %s is not finite, in any place', (_, bits) => {
  const out = new Float32Array(3 * 8201)
  for (const [axis, row] of [
    [0, 0],
    [1, 3],
    [2, 8195],
    [0, 8200],
  ]) {
    const columns = [0, 1, 2].map(() => new Uint16Array(8201).fill(0xfbff))
    const [x, y, z] = columns
    expect(triplesOfHalves(x, y, z, out)).toBe(true)
    columns[axis][row] = bits
    expect(triplesOfHalves(x, y, z, out)).toBe(false)
  }
})

test('what went through before does not stand beside fewer rows', () => {
  const infinite = new Uint16Array(4).fill(0x7c00)
  const zero = new Uint16Array(1)
  expect(triplesOfHalves(infinite, infinite, infinite, new Float32Array(12))).toBe(false)
  expect(triplesOfHalves(zero, zero, zero, new Float32Array(3))).toBe(true)
})
