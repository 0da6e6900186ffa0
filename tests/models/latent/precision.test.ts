import { expect, test } from 'vitest'
import { choosePrecision, hasBfloat16, precisionHere } from '../../../models/precision.js'

test('what is asked for is taken; auto answers the same every time', () => {
  expect(choosePrecision('float32')).toBe('float32')
  expect(choosePrecision('bfloat16')).toBe('bfloat16')
  expect(choosePrecision('auto')).toBe(choosePrecision('auto'))
  expect(() => choosePrecision('half')).toThrow(/auto \| float32 \| bfloat16, found half/)
})

test('a model trained in bfloat16 computes in it only where it is native', () => {
  expect(precisionHere('float32')).toBe('float32')
  expect(precisionHere('bfloat16')).toBe(choosePrecision('auto'))
})

test.each([
  ['flags : fpu avx512f avx512_bf16 sse', true],
  ['flags : amx_tile amx_bf16', true],
  ['flags : fpu avx512f avx512_vnni', false],
  ['', false],
])('%s', (flags, has) => {
  expect(hasBfloat16(flags)).toBe(has)
})
