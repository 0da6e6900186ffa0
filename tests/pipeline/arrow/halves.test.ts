import { expect, test } from 'vitest'
import { triplesOfHalves } from '../../../pipeline/arrow/kernels/columnKernel.js'
import { sourceSha256 } from '../../../pipeline/arrow/kernels/columns.wasm.js'
import { floatOfHalf } from '../../../pipeline/ingest/files/half.js'
import { sourceHash } from '../../../scripts/kernels.mjs'

test('what is committed was compiled from these sources: else run `node scripts/kernels.mjs`', () => {
  expect(sourceSha256).toBe(sourceHash('columns'))
})

test('1, −2, 65504, the least half and ±0 in their places', () => {
  const out = new Float32Array(9)
  triplesOfHalves(
    [Uint16Array.of(0x3c00, 0x0001, 0x8000), Uint16Array.of(0xc000, 0, 0x3555), Uint16Array.of(0x7bff, 0xfbff, 0)],
    out,
  )
  expect([...out]).toEqual([1, -2, 65504, 2 ** -24, 0, -65504, -0, Math.fround(0.333251953125), 0])
})

test('every half is what the table says, as x, as y and as z, infinities and what is no number included', () => {
  const all = Uint16Array.from({ length: 65536 }, (_, bits) => bits)
  const shifted = (by: number) => all.map((bits) => bits + by)
  const [y, z] = [shifted(12345), shifted(54321)]
  const out = new Float32Array(3 * 65536)
  triplesOfHalves([all, y, z], out)
  const wrong = [...out.keys()].filter(
    (at) => !Object.is(out[at], floatOfHalf[[all, y, z][at % 3][Math.floor(at / 3)]]),
  )
  expect(wrong).toEqual([])
})

test.each([0, 1, 3, 5, 8191, 8193])('%i rows: nothing beyond them is written', (rows) => {
  const out = new Float32Array(3 * rows + 3).fill(7)
  triplesOfHalves(
    [0, 1, 2].map(() => new Uint16Array(rows).fill(0x3c00)),
    out.subarray(0, 3 * rows),
  )
  expect([...new Set(out.subarray(0, 3 * rows))]).toEqual(rows === 0 ? [] : [1])
  expect([...out.subarray(3 * rows)]).toEqual([7, 7, 7])
})
