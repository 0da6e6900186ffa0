import { expect, test } from 'vitest'
import { halfBits, halfValue } from '../../../pipeline/simulate/half.js'

test.each([
  [0, 0x0000],
  [1, 0x3c00],
  [-2, 0xc000],
  [65504, 0x7bff],
  [65520, 0x7c00],
  [0.333251953125, 0x3555],
  // The smallest normal number, and the smallest of all.
  [2 ** -14, 0x0400],
  [2 ** -24, 0x0001],
  [2 ** -26, 0x0000],
])('%d is 0x%s in float16', (value, bits) => {
  expect(halfBits(value)).toBe(bits)
})

test('halves are rounded to even', () => {
  expect(halfBits(1 + 2 ** -11)).toBe(0x3c00)
  expect(halfBits(1 + 3 * 2 ** -11)).toBe(0x3c02)
  expect(halfBits(1.5 * 2 ** -24)).toBe(0x0002)
})

test('every finite float16 survives there and back', () => {
  const finite = Array.from({ length: 0x7c00 }, (_, bits) => bits)
  expect(finite.filter((bits) => halfBits(halfValue(bits)) !== bits)).toEqual([])
  expect(finite.filter((bits) => bits > 0 && halfBits(-halfValue(bits)) !== (bits | 0x8000))).toEqual([])
})
