import { type ColumnKernel, openKernel, slackBytes } from './kernels/columnKernel.js'
import type { Room } from './zstd.js'

/**
 * LZ4 frames (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md), unpacked into memory that is kept: what a library returns
 * in fresh memory for each column of each sweep, the collector has to find again.
 */

const magic = 0x184d2204
/** Bits of the frame's flags, and of a block's size. */
const [linked, blockSums, statesLength, contentSum, reserved, dictionary] = [
  0x20, 0x10, 0x08, 0x04, 0x02, 0x01,
] as const
const isPlain = 0x80000000
/** No block is shorter than a 255th of what it unpacks to. */
const mostBytesAByte = 255

/**
 * The content of one frame, `length` bytes, in memory of `room`. Throws RangeError for a damaged frame, one of another length, one
 * whose checksums do not fit, and one that needs a dictionary.
 */
export function unlz4(packed: Uint8Array, length: number, room: Room): Uint8Array {
  if (length < 0 || length > mostBytesAByte * packed.length)
    throw new RangeError(`LZ4: ${packed.length} bytes cannot hold ${length}`)
  const inputBytes = packed.length + slackBytes
  const kernel = openKernel(inputBytes + length)
  kernel.bytes.set(packed, kernel.from)
  const to = kernel.from + inputBytes
  new Frame(kernel, packed.length).unpack(to, to + length)
  const content = room(length)
  content.set(kernel.bytes.subarray(to, to + length))
  return content
}

/** A frame in the kernel's memory. */
class Frame {
  private readonly view: DataView
  private readonly end: number
  private at: number

  constructor(
    private readonly kernel: ColumnKernel,
    bytes: number,
  ) {
    this.view = new DataView(kernel.bytes.buffer)
    this.at = kernel.from
    this.end = kernel.from + bytes
  }

  /** Writes the content, which must fill the room from `to` to `limit`. */
  unpack(to: number, limit: number): void {
    const { flags, blockBytes } = this.header(limit - to)
    const { run } = this.kernel
    let out = to
    for (let word = this.word(); word !== 0; word = this.word()) {
      const size = word & ~isPlain
      const start = this.take(size)
      const room = Math.min(limit, out + blockBytes)
      const end =
        word < 0
          ? this.copy(start, size, out, room)
          : run.unpackBlock(start, start + size, out, room, (flags & linked) === 0 ? to : out)
      if (end < 0) throw new RangeError(`LZ4: a damaged block at byte ${start - this.kernel.from}`)
      if ((flags & blockSums) !== 0) this.check('block', start, size)
      out = end
    }
    if (out !== limit) throw new RangeError(`LZ4: ${out - to} bytes, not ${limit - to}`)
    if ((flags & contentSum) !== 0) this.check('content', to, limit - to)
    if (this.at !== this.end) throw new RangeError(`LZ4: ${this.end - this.at} bytes after the frame`)
  }

  private header(length: number): { flags: number; blockBytes: number } {
    const start = this.take(7)
    const { view } = this
    const flags = view.getUint8(start + 4)
    const block = view.getUint8(start + 5)
    const size = (block >> 4) & 7
    if (
      view.getUint32(start, true) !== magic ||
      flags >> 6 !== 1 ||
      size < 4 ||
      (block & 0x8f) !== 0 ||
      (flags & reserved) !== 0
    )
      throw new RangeError('LZ4: no frame')
    if ((flags & dictionary) !== 0) throw new RangeError('LZ4: a frame that needs a dictionary')
    const hasLength = (flags & statesLength) !== 0
    if (hasLength) this.take(8)
    const headerBytes = this.at - 1 - (start + 4)
    if (((this.kernel.run.xxh32(start + 4, headerBytes) >>> 8) & 0xff) !== view.getUint8(this.at - 1))
      throw new RangeError('LZ4: the checksum of the frame does not fit')
    if (hasLength && view.getBigUint64(start + 6, true) !== BigInt(length))
      throw new RangeError(`LZ4: not ${length} bytes`)
    return { flags, blockBytes: 1 << (8 + 2 * size) }
  }

  /** A block that is not packed. */
  private copy(start: number, size: number, to: number, limit: number): number {
    if (size > limit - to) return -1
    this.kernel.bytes.copyWithin(to, start, start + size)
    return to + size
  }

  private check(what: string, start: number, length: number): void {
    if (this.kernel.run.xxh32(start, length) !== this.word())
      throw new RangeError(`LZ4: the checksum of a ${what} does not fit`)
  }

  /** The next four bytes, with a sign. */
  private word(): number {
    return this.view.getInt32(this.take(4), true)
  }

  /** Passes over bytes; returns where they start. */
  private take(bytes: number): number {
    const start = this.at
    if (bytes > this.end - start) throw new RangeError(`LZ4: the frame ends at byte ${this.end - this.kernel.from}`)
    this.at += bytes
    return start
  }
}
