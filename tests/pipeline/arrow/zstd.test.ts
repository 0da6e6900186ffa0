import { createRequire } from 'node:module'
import * as packaged from '@bokuweb/zstd-wasm'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { unzstd, zstdOf } from '../../../pipeline/arrow/zstd.js'

const seed = 20261121

/** Bytes with runs, as grids have them, and without. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.array(fc.tuple(fc.nat(255), fc.integer({ min: 1, max: 3000 })), { maxLength: 40 }).map((runs) => {
    const parts = runs.map(([byte, length]) => new Uint8Array(length).fill(byte))
    return new Uint8Array(Buffer.concat(parts))
  }),
)

test(`the package's own functions make the same of the same bytes, in both directions (seed ${seed})`, () => {
  const property = fc.property(bytes, (plain) => {
    const packed = zstdOf(plain)
    expect(packed).toEqual(packaged.compress(plain, 3))
    expect(packaged.decompress(packed)).toEqual(plain)
    expect(unzstd(packed)).toEqual(plain)
  })
  fc.assert(property, { seed, numRuns: 200 })
})

test('the version is the one whose inner functions these are', () => {
  const require = createRequire(import.meta.url)
  const { version } = require('../../../node_modules/@bokuweb/zstd-wasm/package.json')
  expect(version).toBe('0.0.27')
})

test('more than is kept between calls, and less again after it', () => {
  for (const length of [10, 6 << 20, 10, 5 << 20, 0]) {
    const plain = Uint8Array.from({ length }, (_, i) => (i >> 12) & 0xff)
    const back = unzstd(zstdOf(plain))
    expect(back.length).toBe(length)
    expect(Buffer.compare(back, plain)).toBe(0)
  }
})

test('the content lies in the memory that was offered', () => {
  const room = new Uint8Array(100)
  const content = unzstd(zstdOf(Uint8Array.of(1, 2, 3)), (length) => room.subarray(8, 8 + length))
  expect(content.buffer).toBe(room.buffer)
  expect([...room.subarray(7, 12)]).toEqual([0, 1, 2, 3, 0])
})

test(`a damaged frame is an error, and the next one is unpacked all the same (seed ${seed})`, () => {
  const plain = Uint8Array.from({ length: 5000 }, (_, i) => (i * i) >> 8)
  const packed = zstdOf(plain)
  const property = fc.property(fc.nat(packed.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
    const damaged = packed.slice()
    damaged[at] ^= change
    try {
      // Without a checksum, damage may give other bytes: never more than the frame can hold.
      expect(unzstd(damaged).length).toBeLessThanOrEqual(2 ** 15 * damaged.length)
    } catch (error) {
      expect(`${error}`).toContain('ZSTD')
    }
    expect(unzstd(packed)).toEqual(plain)
  })
  fc.assert(property, { seed, numRuns: 500 })
})

test('a frame that promises more than its bytes can hold is refused before room is made', () => {
  // Magic; a header of a single segment with 8 bytes of content size: 2⁴⁰; one block of a repeated byte.
  const header = [0x28, 0xb5, 0x2f, 0xfd, 0b1110_0000]
  const frame = Uint8Array.from([...header, 0, 0, 0, 0, 0, 1, 0, 0, 0x0b, 0, 0, 7])
  expect(() => unzstd(frame)).toThrow('ZSTD')
})

test('a zstd frame that does not say its length is given room until it fits', () => {
  // 24 blocks of 128 KiB, each one byte repeated (RFC 8878, 3.1.1.2): a frame as a streaming writer leaves it.
  const blocks = 24
  const frame = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58])]
  for (let i = 0; i < blocks; i++) {
    const header = (i === blocks - 1 ? 1 : 0) | (1 << 1) | ((128 * 1024) << 3)
    frame.push(Buffer.from([header & 0xff, (header >> 8) & 0xff, (header >> 16) & 0xff, 7]))
  }
  const decoded = unzstd(Buffer.concat(frame))
  expect(decoded.length).toBe(blocks * 128 * 1024)
  expect(decoded.every((byte) => byte === 7)).toBe(true)
})
