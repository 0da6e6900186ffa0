import { createHash, type Hash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs'
import { type FileHandle, open, readFile } from 'node:fs/promises'
import { setImmediate as eventLoopTurn } from 'node:timers/promises'
import * as zstd from '@bokuweb/zstd-wasm'
import {
  type RecordBatch as Batch,
  CompressionType,
  compressionRegistry,
  type Data,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  RecordBatchReader,
  type Schema,
  Struct,
  type Table,
  tableFromIPC,
} from 'apache-arrow'
import lz4 from 'lz4-napi'
import { DataError, messageOf } from './errors.js'

// WebAssembly is compiled once per process; every importer finds the codecs ready.
await zstd.init()
compressionRegistry.set(CompressionType.ZSTD, {
  encode: (data) => zstd.compress(data, 3),
  decode: (data) => aligned(unzstd(data)),
})
compressionRegistry.set(CompressionType.LZ4_FRAME, {
  encode: (data) => lz4.compressFrameSync(asBuffer(data)),
  decode: (data) => aligned(lz4.decompressFrameSync(asBuffer(data))),
})

/**
 * A frame that does not say how long its content is (streaming writers leave it out; Rust's do) is given more and more
 * room until it fits.
 */
function unzstd(data: Uint8Array): Uint8Array {
  for (let roomBytes = 1 << 20; ; roomBytes *= 8) {
    try {
      return zstd.decompress(data, { defaultHeapSize: roomBytes })
    } catch (error) {
      // ZSTD_error_dstSize_tooSmall; 2³⁰ bytes are more than any batch of ours or of a driving log.
      if (!messageOf(error).endsWith('code -70') || roomBytes >= 1 << 30) throw error
    }
  }
}

export type Compression = 'zstd' | 'lz4'
const compressionTypes = { zstd: CompressionType.ZSTD, lz4: CompressionType.LZ4_FRAME } as const

function asBuffer(data: Uint8Array): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
}

/** Typed views of 64-bit columns need an aligned start; codecs return slices of pools that may not have one. */
function aligned(data: Uint8Array): Uint8Array {
  return data.byteOffset % 8 === 0 ? data : Uint8Array.from(data)
}

/** What was written: enough for a manifest. */
export interface WrittenFile {
  bytes: number
  sha256: string
  rows: number
}

/**
 * Writes one Arrow IPC file, batch by batch, each on disk before the next is taken. Dictionary columns must use one
 * dictionary for the whole file (the file format has no replacement).
 */
export class ArrowFileWriter {
  private readonly writer: IpcFileWriter
  private readonly fd: number
  private rows = 0

  constructor(path: string, schema: Schema, compression: Compression | null) {
    this.fd = openSync(path, 'w')
    this.writer = new IpcFileWriter(this.fd, compression)
    this.writer.reset(undefined, schema)
  }

  write(batch: Batch): void {
    this.writer.write(batch)
    this.writer.flush()
    this.rows += batch.numRows
  }

  close(): WrittenFile {
    this.writer.finish()
    this.writer.flush()
    fsyncSync(this.fd)
    closeSync(this.fd)
    return { bytes: this.writer.bytes, sha256: this.writer.hash.digest('hex'), rows: this.rows }
  }

  /** Closes without a footer: the file stays unreadable, as a half-written one should be. */
  abort(): void {
    closeSync(this.fd)
  }
}

/** Writes a whole file at once. `compression` null leaves the buffers plain. */
export function writeArrowFile(
  path: string,
  schema: Schema,
  batches: Iterable<Batch>,
  compression: Compression | null,
): WrittenFile {
  const writer = new ArrowFileWriter(path, schema, compression)
  try {
    for (const batch of batches) writer.write(batch)
    return writer.close()
  } catch (error) {
    writer.abort()
    throw error
  }
}

/** A record batch of `schema` from one `Data` a field, in the schema's order. */
export function batchOf(schema: Schema, columns: Data[], rows: number): Batch {
  const data = makeData({ type: new Struct(schema.fields), length: rows, nullCount: 0, children: columns })
  return new RecordBatch(schema, data)
}

class IpcFileWriter extends RecordBatchFileWriter {
  bytes = 0
  readonly hash: Hash = createHash('sha256')
  private chunks: Uint8Array[] = []

  constructor(
    private readonly fd: number,
    compression: Compression | null,
  ) {
    super({ autoDestroy: true, compressionType: compression && compressionTypes[compression] })
  }

  flush(): void {
    const block = Buffer.concat(this.chunks)
    this.chunks = []
    this.hash.update(block)
    this.bytes += block.length
    for (let at = 0; at < block.length; ) at += writeSync(this.fd, block, at)
  }

  protected override _write(chunk: ArrayBufferView): this {
    if (this._started && chunk?.byteLength) {
      // Copied: the caller may reuse its buffer before the flush.
      this.chunks.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength).slice())
      this._position += chunk.byteLength
    }
    return this
  }

  /**
   * apache-arrow 21.2 prefixes a compressed buffer with its compressed length; the format wants the uncompressed one
   * (https://arrow.apache.org/docs/format/Columnar.html#compression), and other readers refuse the file.
   */
  protected override _compressBodyBuffers(buffers: ArrayBufferView[]) {
    const body = super._compressBodyBuffers(buffers)
    buffers.forEach((buffer, i) => {
      const prefix = body.buffers[2 * i]
      if (prefix.byteLength === 0) return
      const length = new DataView(prefix.buffer, prefix.byteOffset, 8)
      if (length.getBigInt64(0, true) >= 0n) length.setBigInt64(0, BigInt(buffer.byteLength), true)
    })
    return body
  }
}

/**
 * A file from which a block is read at once and then handed out in pieces: apache-arrow asks for a batch in four, and
 * each trip to the disk costs more than reading all of it.
 */
class BlockFile {
  private block = new Uint8Array(0)
  private startByte = 0

  constructor(private readonly handle: FileHandle) {}

  get fd(): number {
    return this.handle.fd
  }

  stat() {
    return this.handle.stat()
  }

  close(): Promise<void> {
    return this.handle.close()
  }

  /**
   * Reads on this thread: the way through the pool of threads takes longer than unpacking a frame. A loop over frames must
   * leave room for Ctrl-C and timers all the same, so the event loop gets its turn.
   */
  async fetch(startByte: number, length: number): Promise<void> {
    const block = new Uint8Array(length)
    this.block = block.subarray(0, readSync(this.fd, block, 0, length, startByte))
    this.startByte = startByte
    await eventLoopTurn()
  }

  /** As a file handle's; what the block does not hold comes from the file. */
  async read(into: Uint8Array, offset: number, length: number, position: number) {
    const from = position - this.startByte
    if (from < 0 || from + length > this.block.length) return this.handle.read(into, offset, length, position)
    into.set(this.block.subarray(from, from + length), offset)
    return { bytesRead: length, buffer: into }
  }
}

/** Random access to the batches of one Arrow IPC file; a batch is read from disk only when asked for. */
export class ArrowFile {
  private turn: Promise<unknown> = Promise.resolve()
  private firstRows: Promise<number> | null = null

  private constructor(
    readonly path: string,
    private readonly file: BlockFile,
    // biome-ignore lint/suspicious/noExplicitAny: apache-arrow does not export the type of its lazy file reader.
    private readonly reader: any,
  ) {}

  /** Throws DataError when the file is missing, truncated or not Arrow. */
  static async open(path: string): Promise<ArrowFile> {
    const handle = await openOrSay(path)
    try {
      await checkMagic(path, handle)
      const file = new BlockFile(handle)
      const reader = await RecordBatchReader.from(file as unknown as FileHandle)
      await reader.open({ autoDestroy: false })
      return new ArrowFile(path, file, reader)
    } catch (error) {
      await handle.close()
      throw asDataError(path, error)
    }
  }

  get schema(): Schema {
    return this.reader.schema
  }

  get batchCount(): number {
    return this.reader.numRecordBatches
  }

  /** Rows of every batch but the last, which may hold fewer: what the first one holds. */
  rowsPerBatch(): Promise<number> {
    this.firstRows ??= this.readBatch(0).then(({ numRows }) => numRows)
    return this.firstRows
  }

  /** Batch `index`. Calls are served one after another: the reader underneath keeps a position. */
  async readBatch(index: number): Promise<Batch> {
    const mine = this.turn.then(() => this.load(index))
    this.turn = mine.catch(() => undefined)
    const place = `record batch ${index}`
    const batch = await mine.catch((error) => {
      throw asDataError(this.path, error, place)
    })
    if (!batch)
      throw new DataError('no such record batch', { file: this.path, place, expected: `${this.batchCount} of them` })
    return batch
  }

  async close(): Promise<void> {
    await this.reader.cancel?.()
    await this.file.close().catch(() => undefined)
  }

  private async load(index: number): Promise<Batch | null> {
    const block = this.reader.footer.getRecordBatch(index)
    if (block) await this.file.fetch(block.offset, block.metaDataLength + block.bodyLength)
    return this.reader.readRecordBatch(index)
  }
}

/** Reads a whole Arrow IPC file (feather v2). Throws DataError when it is missing, truncated or not Arrow. */
export async function readArrowTable(path: string): Promise<Table> {
  const bytes = await readFile(path).catch((error) => {
    throw new DataError('cannot be read', { file: path, actual: messageOf(error), cause: error })
  })
  checkEnds(path, bytes.subarray(0, 6).toString('latin1'), bytes.subarray(-6).toString('latin1'), bytes.length)
  try {
    return tableFromIPC(bytes)
  } catch (error) {
    throw asDataError(path, error)
  }
}

async function openOrSay(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (error) {
    throw new DataError('cannot be opened', { file: path, actual: messageOf(error), cause: error })
  }
}

async function checkMagic(path: string, handle: FileHandle): Promise<void> {
  const { size } = await handle.stat()
  const [head, tail] = [Buffer.alloc(6), Buffer.alloc(6)]
  await handle.read(head, 0, 6, 0)
  await handle.read(tail, 0, 6, Math.max(0, size - 6))
  checkEnds(path, head.toString('latin1'), tail.toString('latin1'), size)
}

function checkEnds(file: string, head: string, tail: string, bytes: number): void {
  const expected = 'an Arrow IPC file: ARROW1 at both ends'
  if (head !== 'ARROW1') throw new DataError('not an Arrow file', { file, place: 'byte 0', expected })
  if (tail !== 'ARROW1')
    throw new DataError('truncated Arrow file', { file, place: `byte ${bytes}`, expected, actual: 'no closing mark' })
}

function asDataError(file: string, error: unknown, place?: string): DataError {
  if (error instanceof DataError) return error
  return new DataError('corrupt Arrow file', { file, place, actual: messageOf(error), cause: error })
}
