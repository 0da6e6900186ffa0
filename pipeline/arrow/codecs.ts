import { CompressionType, compressionRegistry } from 'apache-arrow'
import lz4 from 'lz4-napi'
import { unlz4 } from './lz4.js'
import { passingZstdOf, type Room, unzstd } from './zstd.js'

/** How the buffers of a file of ours are packed: ZSTD for what is kept, LZ4 for the feather files that logs consist of. */
export type Compression = 'zstd' | 'lz4'

export const compressionTypes = { zstd: CompressionType.ZSTD, lz4: CompressionType.LZ4_FRAME } as const

/** Unpacks one buffer of that many bytes into memory of `room`. */
type Unpack = (packed: Uint8Array, length: number, room: Room) => Uint8Array

/** By `CompressionType`. */
const unpackers: Record<number, Unpack> = {
  [CompressionType.ZSTD]: (packed, _, room) => unzstd(packed, room),
  [CompressionType.LZ4_FRAME]: unlz4,
}

// For the writer, which is apache-arrow's: it copies what is packed before it packs more.
compressionRegistry.set(CompressionType.ZSTD, { encode: passingZstdOf, decode: (data) => unzstd(data) })
compressionRegistry.set(CompressionType.LZ4_FRAME, {
  encode: (data) => lz4.compressFrameSync(asBuffer(data)),
  decode: (data) => lz4.decompressFrameSync(asBuffer(data)),
})

/** Throws RangeError for a compression that the format does not have. */
export function unpackerOf(compressionType: number): Unpack {
  const unpack = unpackers[compressionType]
  if (!unpack) throw new RangeError(`no compression ${compressionType}`)
  return unpack
}

function asBuffer(data: Uint8Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
}
