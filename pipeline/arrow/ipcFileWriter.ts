import { createHash, type Hash } from 'node:crypto'
import { writeSync } from 'node:fs'
import { type Data, type Message, MessageHeader, RecordBatchFileWriter, type Vector } from 'apache-arrow'
import { BatchParts } from './batchParts.js'
import { type Compression, compressionTypes } from './codecs.js'
import { GrowingBytes } from './growingBytes.js'
import { HeadTemplate } from './headTemplate.js'
import { passingZstdOf } from './zstd.js'

/** No ZSTD frame of a byte or more is shorter (RFC 8878, 3.1.1): mark, two bytes of header, a block's three, and one in it. */
const leastFrameBytes = 10

/** apache-arrow's writer into an open file: what it writes is gathered until `flush`. */
export class IpcFileWriter extends RecordBatchFileWriter {
  bytes = 0
  readonly hash: Hash = createHash('sha256')
  private readonly waiting = new GrowingBytes()
  /** The head of the first batch. */
  private head: HeadTemplate | null = null
  private dictionaries: readonly Vector[] = []

  constructor(
    private readonly fd: number,
    private readonly compression: Compression | null,
  ) {
    super({ autoDestroy: true, compressionType: compression && compressionTypes[compression] })
  }

  flush(): void {
    const block = this.waiting.from(0)
    this.hash.update(block)
    this.bytes += block.length
    for (let at = 0; at < block.length; ) at += writeSync(this.fd, block, at)
    this.waiting.length = 0
  }

  /**
   * Writes a batch like the first one, with the bytes that apache-arrow would write. Returns false, and writes nothing, where it
   * is not like it, or there is none yet: it has to go through `write`.
   */
  writeAlike(columns: readonly Data[], rows: number): boolean {
    const parts = new BatchParts()
    for (const column of columns) parts.add(column)
    if (!this.head) this.dictionaries = parts.dictionaries
    const hasDictionaries = parts.dictionaries.every((dictionary, n) => dictionary === this.dictionaries[n])
    if (!this.head?.fits(rows, parts) || !hasDictionaries || this.compression !== 'zstd') return false
    const start = this.waiting.length
    this.waiting.addZeros(this.head.length)
    const regions = this.addPacked(parts.buffers)
    const bodyBytes = this.waiting.length - start - this.head.length
    this.head.write(this.waiting.from(start), { rows, bodyBytes, nodes: parts.nodes, regions })
    this._recordBatchBlocks.push({ metaDataLength: this.head.length, bodyLength: bodyBytes, offset: this._position })
    this._position += this.head.length + bodyBytes
    return true
  }

  /**
   * Adds buffers as ZSTD, where that is shorter, each with its length before that, or −1 for one that is not packed. Returns offset
   * and length of each, without what fills it up to a multiple of eight bytes.
   */
  private addPacked(buffers: readonly Uint8Array[]): number[] {
    const { waiting } = this
    const start = waiting.length
    const regions: number[] = []
    let end = 0
    for (const buffer of buffers) {
      if (buffer.length === 0) {
        regions.push(end, 0)
        continue
      }
      const packed = buffer.length < leastFrameBytes ? buffer : passingZstdOf(buffer)
      const isShorter = packed.length < buffer.length
      const offset = waiting.length - start
      waiting.addInt64(isShorter ? buffer.length : -1)
      waiting.add(isShorter ? packed : buffer)
      end = waiting.length - start
      regions.push(offset, end - offset)
      waiting.addZeros(-end & 7)
    }
    return regions
  }

  protected override _write(chunk: ArrayBufferView): this {
    if (this._started && chunk?.byteLength) {
      this.waiting.add(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength))
      this._position += chunk.byteLength
    }
    return this
  }

  protected override _writeMessage<T extends MessageHeader>(message: Message<T>, alignment?: number): this {
    const start = this.waiting.length
    super._writeMessage(message, alignment)
    if (message.headerType === MessageHeader.RecordBatch) this.head ??= HeadTemplate.of(this.waiting.from(start))
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
