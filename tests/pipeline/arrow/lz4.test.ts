import fc from 'fast-check'
import lz4 from 'lz4-napi'
import { expect, test } from 'vitest'
import { openKernel } from '../../../pipeline/arrow/kernels/columnKernel.js'
import { unlz4 } from '../../../pipeline/arrow/lz4.js'

const seed = 20261121
const freshRoom = (bytes: number) => new Uint8Array(bytes)

/** Bytes without order, runs, and patterns of a few bytes, as columns have them. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc
    .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 9000 })), {
      maxLength: 20,
    })
    .map((runs) => Buffer.concat(runs.map(([pattern, length]) => Buffer.alloc(length, pattern)))),
)

test(`what the library packs is unpacked, into the memory that was offered (seed ${seed})`, () => {
  const property = fc.property(bytes, (plain) => {
    const room = new Uint8Array(plain.length + 2)
    const back = unlz4(lz4.compressFrameSync(Buffer.from(plain)), plain.length, (length) =>
      room.subarray(1, 1 + length),
    )
    expect(back.buffer).toBe(room.buffer)
    expect(Buffer.compare(back, plain)).toBe(0)
    expect([room[0], room.at(-1)]).toEqual([0, 0])
  })
  fc.assert(property, { seed, numRuns: 300 })
})

test('several blocks, and more than is kept between calls', () => {
  for (const length of [10, 20 << 20, 10, 5 << 20]) {
    const plain = Buffer.from(Uint8Array.from({ length }, (_, i) => (i >> 12) ^ (i * i)))
    expect(Buffer.compare(unlz4(lz4.compressFrameSync(plain), length, freshRoom), plain)).toBe(0)
  }
})

/** Checksums and matches by hand, from the specifications. */
test.each([
  ['', 0x02cc5d05],
  ['a', 0x550d7456],
  ['abc', 0x32d153ff],
  ['Nobody inspects the spammish repetition', 0xe2293b2f],
])('the XXH32 of %j is %i', (text, sum) => {
  const { run, from, bytes: memory } = openKernel(text.length)
  memory.set(Buffer.from(text), from)
  expect(run.xxh32(from, text.length) >>> 0).toBe(sum)
})

function blockOf(...block: number[]): number[] | null {
  const { run, from, bytes: memory } = openKernel(1024)
  memory.set(block, from)
  const [to, limit] = [from + 512, from + 512 + 40]
  const end = run.unpackBlock(from, from + block.length, to, limit, to)
  return end < 0 ? null : [...memory.slice(to, end)]
}

test('a literal, then a match of what it makes itself, then literals', () => {
  expect(blockOf(0x12, 7, 1, 0, 0x20, 8, 9)).toEqual([7, 7, 7, 7, 7, 7, 7, 8, 9])
  expect(blockOf(0x31, 1, 2, 3, 3, 0, 0x10, 9)).toEqual([1, 2, 3, 1, 2, 3, 1, 2, 9])
})

test.each([
  ['a match of what is before the block', [0x12, 7, 2, 0, 0x10, 9]],
  ['a match of nothing', [0x12, 7, 0, 0, 0x10, 9]],
  ['more literals than there are', [0x30, 1, 2]],
  ['a match that is cut off', [0x12, 7, 1]],
  ['a length that is cut off', [0xf0, 255, 255]],
  ['a match beyond the room', [0x1f, 7, 1, 0, 255, 0x10, 9]],
  ['literals beyond the room', [0xf0, 26, ...new Array(41).fill(1)]],
  ['a match at the end', [0x12, 7, 1, 0]],
])('%s: a damaged block', (_, block) => {
  expect(blockOf(...block)).toBeNull()
})

/** One block of five literals with all checksums and its length, each by the kernel, whose checksums are tested above. */
function summedFrame(): Uint8Array {
  const [header, block, content] = [
    [0x7c, 0x40, 5, 0, 0, 0, 0, 0, 0, 0],
    [0x50, 1, 2, 3, 4, 5],
    [1, 2, 3, 4, 5],
  ]
  const sumOf = (part: number[]) => {
    const { run, from, bytes: memory } = openKernel(64)
    memory.set(part, from)
    return run.xxh32(from, part.length) >>> 0
  }
  const word = (value: number) => [...new Uint8Array(Uint32Array.of(value).buffer)]
  const head = [0x04, 0x22, 0x4d, 0x18, ...header, (sumOf(header) >> 8) & 0xff]
  return Uint8Array.from([...head, ...word(6), ...block, ...word(sumOf(block)), ...word(0), ...word(sumOf(content))])
}

test('a frame with every checksum is unpacked, and no changed byte of it goes unnoticed', () => {
  const frame = summedFrame()
  expect([...unlz4(frame, 5, freshRoom)]).toEqual([1, 2, 3, 4, 5])
  expect(lz4.decompressFrameSync(Buffer.from(frame))).toEqual(Buffer.from([1, 2, 3, 4, 5]))
  for (let at = 0; at < frame.length; at++)
    for (const change of [1, 0x10, 0x80, 0xff]) {
      const damaged = frame.slice()
      damaged[at] ^= change
      expect(() => unlz4(damaged, 5, freshRoom), `byte ${at} by ${change}`).toThrow('LZ4')
    }
})

test('a frame of another length, a cut one and one with more behind it are errors', () => {
  const packed = lz4.compressFrameSync(Buffer.alloc(1000, 'voxel'))
  for (const length of [-1, 0, 999, 1001, 1e15]) expect(() => unlz4(packed, length, freshRoom)).toThrow('LZ4')
  for (let end = 0; end < packed.length; end++)
    expect(() => unlz4(packed.subarray(0, end), 1000, freshRoom)).toThrow('LZ4')
  expect(() => unlz4(Buffer.concat([packed, Buffer.of(0)]), 1000, freshRoom)).toThrow('1 bytes after the frame')
})
