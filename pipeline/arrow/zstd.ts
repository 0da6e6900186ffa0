import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import * as zstd from '@bokuweb/zstd-wasm'

/**
 * ZSTD in memory of its own that is kept: the package allocates and initialises it anew for each call, and what it returns
 * is always fresh memory, which takes longer to come by than a frame to unpack. Its C functions are no part of the package's
 * interface (its version is pinned, and a test holds that they give the same as its own functions).
 */

/** WebAssembly is compiled once a thread (a second start would make it unusable); every importer finds it ready. */
await zstd.init()
const require = createRequire(import.meta.url)
const { Module: c }: { Module: ZstdModule } = require(join(dirname(require.resolve('@bokuweb/zstd-wasm')), 'module.js'))

interface ZstdModule {
  /** The module's whole memory; another array after it has grown. */
  readonly HEAPU8: Uint8Array
  _malloc(bytes: number): number
  _free(address: number): void
  _ZSTD_createCCtx(): number
  _ZSTD_createDCtx(): number
  _ZSTD_compressBound(bytes: number): number
  _ZSTD_getFrameContentSize(address: number, bytes: number): number
  _ZSTD_isError(code: number): number
  _ZSTD_compress_usingDict(
    ...args: [ctx: number, to: number, room: number, from: number, bytes: number, dict: 0, dictBytes: 0, level: number]
  ): number
  _ZSTD_decompress_usingDict(
    ...args: [ctx: number, to: number, room: number, from: number, bytes: number, dict: 0, dictBytes: 0]
  ): number
}

/** Gives memory of that many bytes. */
export type Room = (bytes: number) => Uint8Array

export const freshRoom: Room = (bytes) => new Uint8Array(bytes)
const level = 3
/** What is needed at most between calls is kept; for more, memory is taken and given back. */
const keptBytes = 4 << 20

/** A piece of the module's memory. */
class Piece {
  private address = 0
  private size = 0

  /** Runs `use` on at least that many bytes. */
  with<T>(bytes: number, use: (address: number) => T): T {
    if (bytes > keptBytes) return this.borrowed(bytes, use)
    if (bytes > this.size) {
      c._free(this.address)
      this.size = 0
      this.address = allocate(bytes)
      this.size = bytes
    }
    return use(this.address)
  }

  private borrowed<T>(bytes: number, use: (address: number) => T): T {
    const address = allocate(bytes)
    try {
      return use(address)
    } finally {
      c._free(address)
    }
  }
}

function allocate(bytes: number): number {
  const address = c._malloc(bytes)
  if (address === 0) throw new RangeError(`no memory for ${bytes} bytes`)
  return address
}

const [packed, plain] = [new Piece(), new Piece()]
let packing = 0
let unpacking = 0

/** Returns a ZSTD frame of `data`, in fresh memory. */
export function zstdOf(data: Uint8Array): Uint8Array {
  return passingZstdOf(data).slice()
}

/** The same in the module's own memory: good until the next call of anything here. */
export function passingZstdOf(data: Uint8Array): Uint8Array {
  const bound = c._ZSTD_compressBound(data.length)
  return plain.with(data.length, (from) =>
    packed.with(bound, (to) => {
      packing ||= c._ZSTD_createCCtx()
      c.HEAPU8.set(data, from)
      const bytes = c._ZSTD_compress_usingDict(packing, to, bound, from, data.length, 0, 0, level)
      if (c._ZSTD_isError(bytes)) throw new Error(`ZSTD: not compressed, code ${bytes}`)
      // More than is kept is given back before the caller has it.
      return bound > keptBytes ? c.HEAPU8.slice(to, to + bytes) : c.HEAPU8.subarray(to, to + bytes)
    }),
  )
}

/** Returns the content of ZSTD frames, in memory of `room`. Throws RangeError or Error when they are damaged. */
export function unzstd(data: Uint8Array, room: Room = freshRoom): Uint8Array {
  return packed.with(data.length, (from) => {
    c.HEAPU8.set(data, from)
    const stated = c._ZSTD_getFrameContentSize(from, data.length)
    if (stated !== unknownSize) return unpacked(from, data.length, statedBytes(stated, data.length), room)
    return withMoreAndMoreRoom(from, data.length, room)
  })
}

/** As the module returns them: the frame does not say how long its content is, or is none. */
const [unknownSize, noFrame] = [-1, -2]
/** A block's shortest form, four bytes, stands for 128 KiB of one byte (RFC 8878, 3.1.1.2): no frame holds more. */
const mostBytesAByte = 2 ** 17 / 4

/** Throws RangeError for a length that a frame of `bytes` cannot unpack to. */
function statedBytes(stated: number, bytes: number): number {
  if (stated === noFrame || stated < 0 || stated > mostBytesAByte * bytes)
    throw new RangeError(`ZSTD: ${bytes} bytes cannot hold ${stated}`)
  return stated
}

/**
 * A frame that does not say how long its content is (streaming writers leave it out; Rust's do) is given more and more
 * room until it fits.
 */
function withMoreAndMoreRoom(from: number, length: number, room: Room): Uint8Array {
  for (let roomBytes = 1 << 20; ; roomBytes *= 8) {
    try {
      return unpacked(from, length, roomBytes, room)
    } catch (error) {
      // 2³⁰ bytes are more than any batch of ours or of a driving log.
      if (!(error instanceof ZstdError && error.code === tooSmall) || roomBytes >= 1 << 30) throw error
    }
  }
}

/** ZSTD_error_dstSize_tooSmall */
const tooSmall = -70

class ZstdError extends Error {
  constructor(readonly code: number) {
    super(`ZSTD: not decompressed, code ${code}`)
  }
}

function unpacked(from: number, length: number, roomBytes: number, room: Room): Uint8Array {
  return plain.with(roomBytes, (to) => {
    unpacking ||= c._ZSTD_createDCtx()
    const bytes = c._ZSTD_decompress_usingDict(unpacking, to, roomBytes, from, length, 0, 0)
    if (c._ZSTD_isError(bytes)) throw new ZstdError(bytes)
    const content = room(bytes)
    content.set(c.HEAPU8.subarray(to, to + bytes))
    return content
  })
}
