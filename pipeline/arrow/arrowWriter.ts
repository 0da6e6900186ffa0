import { createHash, type Hash } from 'node:crypto'
import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { type RecordBatch as Batch, RecordBatchFileWriter, type Schema } from 'apache-arrow'
import { type Compression, compressionTypes } from './codecs.js'

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

class IpcFileWriter extends RecordBatchFileWriter {
  bytes = 0
  readonly hash: Hash = createHash('sha256')
  private chunks: Uint8Array[] = []
  /** Memory for what is written at once, which is kept. */
  private block = Buffer.alloc(0)

  constructor(
    private readonly fd: number,
    compression: Compression | null,
  ) {
    super({ autoDestroy: true, compressionType: compression && compressionTypes[compression] })
  }

  flush(): void {
    const length = this.chunks.reduce((sum, chunk) => sum + chunk.length, 0)
    if (length > this.block.length) this.block = Buffer.allocUnsafeSlow(length + (length >> 2))
    let end = 0
    for (const chunk of this.chunks) {
      this.block.set(chunk, end)
      end += chunk.length
    }
    this.chunks = []
    const block = this.block.subarray(0, length)
    this.hash.update(block)
    this.bytes += length
    for (let at = 0; at < length; ) at += writeSync(this.fd, block, at)
  }

  protected override _write(chunk: ArrayBufferView): this {
    if (this._started && chunk?.byteLength) {
      // Not copied: it is flushed before the caller of `write` has its buffers back.
      this.chunks.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength))
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
