import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sha256Words } from '../../pipeline/sha256.js'

const hex = (text: string) => [...sha256Words(text)].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')

test('the published examples of FIPS 180-4', () => {
  expect(hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
  expect(hex('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq')).toBe(
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  )
  expect(hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
})

test("it is Node's own at every length around the blocks' edges", () => {
  for (let length = 0; length <= 200; length++) {
    const text = 'a'.repeat(length)
    expect(hex(text), `${length} bytes`).toBe(createHash('sha256').update(text).digest('hex'))
  }
})

test("it is Node's own for any text, halves of surrogate pairs among them (seed 71)", () => {
  const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.constant('\ud800 alone'))
  const property = fc.property(text, (any) => hex(any) === createHash('sha256').update(any).digest('hex'))
  fc.assert(property, { seed: 71, numRuns: 300 })
})
