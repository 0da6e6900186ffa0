import { type FileHandle, open } from 'node:fs/promises'
import { inflateRawSync } from 'node:zlib'
import { type Entry, fromFdPromise, type ZipFile } from 'yauzl'
import { DataError, messageOf } from '../../errors.js'
import { crc32 } from './crc32.js'

/** Largest entry that is read, unpacked: one frame's arrays are far smaller, and a lying size stays harmless. */
const maxEntryBytes = 2 ** 31
/** Deflate packs at most 1032 to one: a larger claim is a lie, found before memory is taken for it. */
const maxDeflateRatio = 1032
const [stored, deflated] = [0, 8]

/** An open archive. Entries can be read at the same time. */
export interface Zip {
  readonly names: readonly string[]
  /**
   * The whole entry, unpacked. Throws DataError naming file and entry when there is none, when it cannot be unpacked, or
   * when it is not what its size and CRC-32 say: libraries hand out damaged entries without a word.
   */
  read(name: string): Promise<Buffer>
  close(): Promise<void>
}

/**
 * Opens a `.zip` (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT; zip64 too), entries stored or deflated.
 * Throws DataError for a file that is none, or with two entries of one name.
 */
export async function openZip(file: string): Promise<Zip> {
  const handle = await open(file).catch((error) => {
    throw new DataError('cannot be read', { file, actual: messageOf(error), cause: error })
  })
  try {
    const { size } = await handle.stat()
    const zip = await fromFdPromise(handle.fd, { lazyEntries: true, autoClose: false })
    return new OpenZip(file, handle, size, zip, await entriesOf(zip, file))
  } catch (error) {
    await handle.close()
    if (error instanceof DataError) throw error
    throw new DataError('not a zip archive', { file, actual: messageOf(error), cause: error })
  }
}

async function entriesOf(zip: ZipFile, file: string): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>()
  for await (const entry of zip.eachEntry()) {
    if (entries.has(entry.fileName))
      throw new DataError('two entries of an archive have one name', { file, actual: `'${entry.fileName}'` })
    entries.set(entry.fileName, entry)
  }
  return entries
}

class OpenZip implements Zip {
  readonly names: readonly string[]

  constructor(
    private readonly file: string,
    private readonly handle: FileHandle,
    private readonly fileBytes: number,
    private readonly zip: ZipFile,
    private readonly entries: ReadonlyMap<string, Entry>,
  ) {
    this.names = [...entries.keys()]
  }

  async read(name: string): Promise<Buffer> {
    const entry = this.entries.get(name)
    if (!entry) {
      const expected = this.names.join(', ') || 'an entry'
      throw new DataError('no such entry in the archive', { ...this.at(name), expected })
    }
    this.checkHead(name, entry)
    const packed = await this.packed(name, entry)
    const bytes = entry.compressionMethod === stored ? packed : this.inflated(name, entry, packed)
    const actual = crc32(bytes)
    if (actual === entry.crc32) return bytes
    throw new DataError('damaged entry: its CRC-32 is another', {
      ...this.at(name),
      expected: hex(entry.crc32),
      actual: hex(actual),
    })
  }

  close(): Promise<void> {
    return this.handle.close()
  }

  private at(name: string) {
    return { file: this.file, place: `entry '${name}'` }
  }

  /** Sizes are held against each other and the file before memory is taken for them. */
  private checkHead(name: string, entry: Entry): void {
    const { compressionMethod: method, compressedSize, uncompressedSize } = entry
    const fail = (what: string, expected: string, actual: string): never => {
      throw new DataError(what, { ...this.at(name), expected, actual })
    }
    if (method !== stored && method !== deflated)
      fail('packed in another way', 'stored (0) or deflated (8)', `method ${method}`)
    if (entry.isEncrypted()) fail('an encrypted entry cannot be read', 'an open one', 'encryption')
    if (uncompressedSize > maxEntryBytes)
      fail('an entry is too large', `at most ${maxEntryBytes} bytes`, `${uncompressedSize}`)
    if (method === stored && compressedSize !== uncompressedSize)
      fail('sizes of a stored entry differ', `${uncompressedSize} bytes`, `${compressedSize}`)
    if (uncompressedSize > compressedSize * maxDeflateRatio)
      fail('an entry cannot be that large', `at most ${compressedSize * maxDeflateRatio} bytes`, `${uncompressedSize}`)
    if (entry.relativeOffsetOfLocalHeader + compressedSize > this.fileBytes)
      fail('an entry ends beyond the file', `at most ${this.fileBytes} bytes`, `${compressedSize}`)
  }

  private async packed(name: string, entry: Entry): Promise<Buffer> {
    const local = await this.zip.readLocalFileHeaderPromise(entry).catch((error) => {
      throw new DataError('damaged entry', { ...this.at(name), actual: messageOf(error), cause: error })
    })
    if (!local.fileName.equals(entry.fileNameRaw))
      throw new DataError('an entry has two names', { ...this.at(name), actual: `'${local.fileName}'` })
    const bytes = Buffer.allocUnsafeSlow(entry.compressedSize)
    const { bytesRead } = await this.handle.read(bytes, 0, bytes.length, local.fileDataStart)
    if (bytesRead === bytes.length) return bytes
    throw new DataError('an entry ends beyond the file', {
      ...this.at(name),
      expected: `${bytes.length} bytes`,
      actual: `${bytesRead}`,
    })
  }

  private inflated(name: string, { uncompressedSize }: Entry, packed: Buffer): Buffer {
    const fail = (actual: string, cause?: unknown): never => {
      const expected = `${uncompressedSize} bytes of deflated data`
      throw new DataError('damaged entry', { ...this.at(name), expected, actual, cause })
    }
    let bytes: Buffer
    try {
      // One chunk, with a byte to spare so that zlib asks for no second one: nothing is copied together afterwards.
      const chunkSize = Math.max(uncompressedSize + 1, 64)
      bytes = inflateRawSync(packed, { chunkSize, maxOutputLength: Math.max(uncompressedSize, 1) })
    } catch (error) {
      return fail(messageOf(error), error)
    }
    return bytes.length === uncompressedSize ? bytes : fail(`${bytes.length} bytes`)
  }
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0')
}
