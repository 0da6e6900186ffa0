import { type FileHandle, open } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { type DecompressHandlers, McapConstants } from '@mcap/core'
import { loadDecompressHandlers } from '@mcap/support'
import { DataError, messageOf } from '../../errors.js'
import type { SkipCounter } from '../skipCounter.js'
import { crcOf, endsWithMagic, magic, readAt } from './fileBytes.js'
import { parseChunk, parseMessage, recordHeadBytes, recordsIn } from './records.js'
import { summaryRecords } from './summary.js'

const { Opcode } = McapConstants
/** Larger records are no records: the length is damaged. Writers make chunks of megabytes. */
const maxRecordBytes = 2 ** 31

/** A record of the data section that says something: an opcode of `Schema`, `Channel`, `Message` or `Metadata`. */
export interface DataRecord {
  opcode: number
  content: Uint8Array
  /** Byte of the record, or of the chunk that it lies in. */
  at: number
  /** Number of the message in its chunk; 0 outside of chunks. */
  within: number
}

const kept: ReadonlySet<number> = new Set([Opcode.SCHEMA, Opcode.CHANNEL, Opcode.MESSAGE, Opcode.METADATA])

/**
 * Reads one MCAP file record by record (https://mcap.dev/spec), with or without a summary. Checksums of chunks and of the
 * data section are held wherever the file has them.
 */
export class McapFile {
  /** The last chunk that was read: sweeps that lie in one are asked for one after the other. */
  private last: { at: number; messages: Uint8Array[] } | null = null

  private constructor(
    private readonly file: string,
    /** How skips name the file. */
    private readonly name: string,
    private readonly decompress: DecompressHandlers,
    private readonly skips: SkipCounter,
  ) {}

  static async open(file: string, name: string, skips: SkipCounter): Promise<McapFile> {
    return new McapFile(file, name, await loadDecompressHandlers(), skips)
  }

  /**
   * Records in the order of the file, one chunk in memory at a time. A chunk that is damaged is left out and counted, and so
   * is the end of a file whose recorder crashed. Throws DataError for other damage.
   */
  async *records(): AsyncGenerator<DataRecord> {
    const handle = await this.openFile()
    try {
      const { size } = await handle.stat()
      await this.checkMagic(handle, size)
      yield* this.section(handle, size)
    } finally {
      await handle.close()
    }
  }

  private async *section(handle: FileHandle, size: number): AsyncGenerator<DataRecord> {
    let [at, crc, badChunks] = [magic.length, crc32(magic), 0]
    for (;;) {
      const head = await readAt(handle, at, Math.min(recordHeadBytes, size - at))
      const length = head.length === recordHeadBytes ? Number(new DataView(head.buffer).getBigUint64(1, true)) : 0
      const end = at + recordHeadBytes + length
      if (head.length < recordHeadBytes || head[0] === 0 || length > maxRecordBytes || end > size)
        return await this.endEarly(handle, at, size)
      const opcode = head[0]
      if (opcode === Opcode.DATA_END) {
        const content = await readAt(handle, at + recordHeadBytes, length)
        if (badChunks === 0) this.checkSection(content, crc, at)
        if (!(await endsWithMagic(handle, size))) await this.endEarly(handle, at, size)
        return
      }
      if (opcode === Opcode.FOOTER) return
      crc = crc32(head, crc)
      if (opcode === Opcode.CHUNK || kept.has(opcode)) {
        const content = await readAt(handle, at + recordHeadBytes, length)
        crc = crc32(content, crc)
        if (opcode !== Opcode.CHUNK) yield { opcode, content, at, within: 0 }
        else {
          const records = this.unpacked(content, at)
          if (records) yield* inChunk(records, at)
          else if (badChunks++ === 0) yield* this.named(handle, size, at)
        }
      } else crc = await crcOf(handle, at + recordHeadBytes, end, crc)
      at = end
    }
  }

  /** What the file's summary repeats of schemas and channels: the damaged chunk at `at` may have been the one to name them. */
  private async *named(handle: FileHandle, size: number, at: number): AsyncGenerator<DataRecord> {
    for (const { opcode, content } of await summaryRecords(handle, size))
      if (opcode === Opcode.SCHEMA || opcode === Opcode.CHANNEL) yield { opcode, content, at, within: 0 }
  }

  /** The bytes of a message: `at` and `within` are of a record of `records`. Throws DataError when it is not there. */
  async message(at: number, within: number): Promise<Uint8Array> {
    const records = await this.chunkAt(at)
    const found = records[within]
    if (found) return found
    throw new DataError('a message is gone', { file: this.file, place: `byte ${at}, message ${within}` })
  }

  /** Lets go of the chunk that was read last: a recording may have hundreds of parts. */
  forget(): void {
    this.last = null
  }

  private async chunkAt(at: number): Promise<Uint8Array[]> {
    if (this.last?.at === at) return this.last.messages
    const handle = await this.openFile()
    try {
      const head = await readAt(handle, at, recordHeadBytes)
      const length = Number(new DataView(head.buffer).getBigUint64(1, true))
      const content = await readAt(handle, at + recordHeadBytes, length)
      const records = head[0] === Opcode.CHUNK ? this.unpacked(content, at) : null
      const all = records ? [...inChunk(records, at)] : [{ opcode: head[0], content }]
      const messages = all
        .filter(({ opcode }) => opcode === Opcode.MESSAGE)
        .map((record) => parseMessage(record.content).data.slice())
      this.last = { at, messages }
      return messages
    } finally {
      await handle.close()
    }
  }

  /** A chunk's records, uncompressed and held against their checksum; null, and counted, when they are damaged. */
  private unpacked(content: Uint8Array, at: number): Uint8Array | null {
    const place = `byte ${at}`
    try {
      const { compression, records, uncompressedBytes, crc } = parseChunk(content)
      const unpack = compression === '' ? () => records : this.decompress[compression]
      if (!unpack)
        throw new DataError('a chunk of a compression that is not read', {
          file: this.file,
          place,
          expected: ['none', ...Object.keys(this.decompress)].join(' | '),
          actual: compression,
        })
      const bytes = records.length === 0 ? records : unpack(records, uncompressedBytes)
      if (bytes.length === Number(uncompressedBytes) && (crc === 0 || crc32(bytes) === crc)) {
        for (const _ of recordsIn(bytes));
        return bytes
      }
    } catch (error) {
      if (error instanceof DataError) throw error
    }
    this.skips.add('chunk', 'damaged: its content does not fit its checksum or its length', `${this.name}, ${place}`)
    return null
  }

  private checkSection(content: Uint8Array, actual: number, at: number): void {
    const expected = content.length >= 4 ? new DataView(content.buffer, content.byteOffset).getUint32(0, true) : 0
    if (expected === 0 || expected === actual) return
    throw new DataError('the data section does not fit its checksum', {
      file: this.file,
      place: `byte ${at}`,
      expected: expected.toString(16),
      actual: actual.toString(16),
    })
  }

  /** What stands at `at` is no record. That is how a crashed recorder ends, but a file with an end has no such place. */
  private async endEarly(handle: FileHandle, at: number, size: number): Promise<void> {
    const place = `byte ${at}`
    if (size - at > 0 && (await endsWithMagic(handle, size)))
      throw new DataError('damaged: no record of its data section starts here', {
        file: this.file,
        place,
        expected: 'a whole file; `mcap recover` copies what can be read',
      })
    this.skips.add('recording', 'cut off: read up to its last whole record', `${this.name}, ${place}`)
  }

  private async checkMagic(handle: FileHandle, size: number): Promise<void> {
    const start = await readAt(handle, 0, Math.min(magic.length, size))
    if (start.length === magic.length && start.every((byte, i) => byte === magic[i])) return
    throw new DataError('not an MCAP file', { file: this.file, place: 'byte 0', expected: 'the magic bytes of MCAP 0' })
  }

  private async openFile(): Promise<FileHandle> {
    return open(this.file).catch((error) => {
      throw new DataError('cannot be read', { file: this.file, actual: messageOf(error), cause: error })
    })
  }
}

function* inChunk(records: Uint8Array, at: number): Generator<DataRecord> {
  let within = 0
  for (const { opcode, content } of recordsIn(records))
    if (kept.has(opcode)) yield { opcode, content, at, within: opcode === Opcode.MESSAGE ? within++ : 0 }
}
