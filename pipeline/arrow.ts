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
  MessageHeader,
  MessageReader,
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  RecordBatchReader,
  type Schema,
  Struct,
  Table,
} from 'apache-arrow'
import lz4 from 'lz4-napi'
import { type Block, checkFooter, checkHead, checkRows } from './arrowLists.js'
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
  return data.byteOffset % 8 === 0 ? data : new Uint8Array(data)
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

/** What there is of apache-arrow's lazy file reader, whose type it does not export. */
interface LazyReader {
  readonly schema: Schema
  readonly numRecordBatches: number
  readonly footer: {
    getRecordBatch(index: number): { offset: number; metaDataLength: number; bodyLength: number } | null
  }
  /** The reader behind it, once it is open, which makes a batch of a message. */
  readonly _impl: { _loadRecordBatch(header: unknown, body: Uint8Array, metadata: Map<string, string>): Batch }
  open(options: { autoDestroy: boolean }): Promise<unknown>
  cancel(): Promise<void>
}

/** A loop over frames leaves room for Ctrl-C and timers this often. */
const turnEveryMs = 10
let lastTurnMs = 0

/** Random access to the batches of one Arrow IPC file; a batch is read from disk only when asked for. */
export class ArrowFile {
  private firstRows: Promise<number> | null = null

  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
    private readonly reader: LazyReader,
  ) {}

  /** Throws DataError when the file is missing, truncated or not Arrow. */
  static async open(path: string): Promise<ArrowFile> {
    const handle = await openOrSay(path)
    try {
      await checkFile(path, handle)
      const reader = (await RecordBatchReader.from(handle)) as unknown as LazyReader
      await reader.open({ autoDestroy: false })
      return new ArrowFile(path, handle, reader)
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

  /** Batch `index`. Throws DataError when there is none, or it is damaged. */
  async readBatch(index: number): Promise<Batch> {
    const place = `record batch ${index}`
    if (performance.now() - lastTurnMs > turnEveryMs) {
      await eventLoopTurn()
      lastTurnMs = performance.now()
    }
    const block = this.reader.footer.getRecordBatch(index)
    if (!block)
      throw new DataError('no such record batch', { file: this.path, place, expected: `${this.batchCount} of them` })
    try {
      return this.load(block.offset, block.metaDataLength + block.bodyLength)
    } catch (error) {
      throw asDataError(this.path, error, place)
    }
  }

  async close(): Promise<void> {
    await this.reader.cancel()
    await this.handle.close().catch(() => undefined)
  }

  /**
   * In one read, on this thread: apache-arrow would ask for a batch in four, and the way through the pool of threads takes
   * longer than unpacking a frame.
   */
  private load(startByte: number, length: number): Batch {
    const block = new Uint8Array(length)
    const read = readSync(this.handle.fd, block, 0, length, startByte)
    const messages = new MessageReader(block.subarray(0, read))
    const message = messages.readMessage(MessageHeader.RecordBatch)
    if (!message) throw new Error('no message')
    const body = messages.readMessageBody(message.bodyLength)
    return this.reader._impl._loadRecordBatch(message.header(), body, message.metadata)
  }
}

/** Reads a whole Arrow IPC file (feather v2). Throws DataError when it is missing, truncated or not Arrow. */
export async function readArrowTable(path: string): Promise<Table> {
  const bytes = await readFile(path).catch((error) => {
    throw new DataError('cannot be read', { file: path, actual: messageOf(error), cause: error })
  })
  checkEnds(path, bytes.subarray(0, 6).toString('latin1'), bytes.subarray(-6).toString('latin1'), bytes.length)
  try {
    const footer = footerIn(bytes.length, bytes.subarray(Math.max(0, bytes.length - endBytes)))
    for (const block of checkFooter(bytes.subarray(...footer))) checkHead(headOf(bytes, block))
    return tableOf(bytes)
  } catch (error) {
    throw asDataError(path, error)
  }
}

/**
 * Batch by batch, as the footer lists them: apache-arrow's own loop over all of them never ends at a message that is none
 * of its kinds.
 */
function tableOf(bytes: Buffer): Table {
  const reader = RecordBatchReader.from(bytes)
  reader.open()
  if (!reader.isFile()) throw new Error('a stream, not a file')
  const { footer } = reader as unknown as FooterOf
  const batches = Array.from({ length: reader.numRecordBatches }, (_, index) => {
    const { offset, metaDataLength } = footer.getRecordBatch(index)
    checkHead(headOf(bytes, { offset, headBytes: metaDataLength }))
    const batch = reader.readRecordBatch(index)
    if (!batch) throw new Error(`record batch ${index} is none`)
    checkRows(batch)
    return batch
  })
  return new Table(reader.schema, batches)
}

/** What apache-arrow does not declare of its file readers. */
interface FooterOf {
  footer: { getRecordBatch(index: number): { offset: number; metaDataLength: number } }
}

/** The length of the footer, and `ARROW1`. */
const endBytes = 10

/** Where the footer starts and ends in the file. Throws RangeError. */
function footerIn(fileBytes: number, end: Buffer): [startByte: number, endByte: number] {
  const endByte = fileBytes - endBytes
  const length = end.readInt32LE(0)
  if (length < 8 || length > endByte) throw new RangeError(`a footer of ${length} bytes`)
  return [endByte - length, endByte]
}

function headOf(bytes: Buffer, { offset, headBytes }: Block): Buffer {
  return bytes.subarray(offset, offset + headBytes)
}

async function openOrSay(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (error) {
    throw new DataError('cannot be opened', { file: path, actual: messageOf(error), cause: error })
  }
}

/** Whether both ends and the footer can be those of an Arrow file. */
async function checkFile(path: string, handle: FileHandle): Promise<void> {
  const { size } = await handle.stat()
  const read = async (from: number, length: number) => {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, Math.max(0, from))
    return buffer.subarray(0, bytesRead)
  }
  const [head, tail] = [await read(0, 6), await read(size - 6, 6)]
  checkEnds(path, head.toString('latin1'), tail.toString('latin1'), size)
  const [start, end] = footerIn(size, await read(size - endBytes, endBytes))
  for (const { offset, headBytes } of checkFooter(await read(start, end - start))) {
    if (headBytes > size) throw new RangeError(`a head of ${headBytes} bytes`)
    checkHead(await read(offset, headBytes))
  }
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
