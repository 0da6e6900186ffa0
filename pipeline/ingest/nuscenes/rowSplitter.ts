import { DataError, messageOf } from '../../errors.js'

/** No row of a table is nearly as long: what is, is a row whose end a damaged byte hides. */
const maxRowBytes = 1 << 24

const quote = 0x22
const comma = 0x2c
const openBracket = 0x5b
const backslash = 0x5c
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d
/** What some programs of Windows put before UTF-8. */
const byteOrderMark = [0xef, 0xbb, 0xbf]

/** Told of each row: its value, and where it lies in the file. */
export type Visit = (row: unknown, start: number, length: number) => void

/**
 * Splits a JSON array of objects into its elements while its bytes come in, in pieces of any size: tables can be
 * larger than the longest JavaScript string (512 MB). Throws DataError that names the byte for anything else.
 */
export class RowSplitter {
  /** Bytes of a row that has begun and not ended. */
  private begun: Buffer = Buffer.alloc(0)
  /** Where `begun`, or the next chunk, starts in the file. */
  private offset = 0
  private depth = 0
  private inString = false
  private escaped = false
  private state: 'before' | 'inside' | 'after' = 'before'

  constructor(
    private readonly file: string,
    private readonly visit: Visit,
  ) {}

  push(chunk: Buffer): void {
    const bytes = this.begun.length > 0 ? Buffer.concat([this.begun, chunk]) : chunk
    let start = this.depth > 0 ? 0 : -1
    for (let at = this.begun.length; at < bytes.length; ) {
      if (start < 0) {
        const begins = this.between(bytes[at], at)
        const end = begins ? this.takeFlat(bytes, at) : -1
        if (begins && end < 0) start = at
        at = end < 0 ? at + 1 : end
        continue
      }
      at = this.scanRow(bytes, at)
      if (this.depth > 0) break
      this.take(bytes, start, at)
      start = -1
    }
    const kept = start < 0 ? bytes.length : start
    this.begun = bytes.subarray(kept)
    this.offset += kept
    if (this.begun.length <= maxRowBytes) return
    const [place, expected] = [`byte ${this.offset}`, `at most ${maxRowBytes} bytes a row`]
    throw new DataError('a row without an end', { file: this.file, place, expected })
  }

  end(): void {
    if (this.state === 'after') return
    throw new DataError('the table is cut short', {
      file: this.file,
      place: `byte ${this.offset + this.begun.length}`,
      expected: this.state === 'before' ? 'a JSON array' : 'the end of the array',
    })
  }

  /** Whether a byte outside rows begins one. */
  private between(byte: number, at: number): boolean {
    if (byte === 0x20 || (byte >= 0x09 && byte <= 0x0d)) return false
    if (this.state === 'before' && byte === byteOrderMark[this.offset + at]) return false
    if (this.state === 'before' && byte === openBracket) this.state = 'inside'
    else if (this.state === 'inside' && byte === closeBracket) this.state = 'after'
    else if (this.state === 'inside' && byte === openBrace) this.depth = 1
    else if (this.state !== 'inside' || byte !== comma)
      throw new DataError('not a table', {
        file: this.file,
        place: `byte ${this.offset + at}`,
        expected: 'a JSON array of objects',
        actual: JSON.stringify(String.fromCharCode(byte)),
      })
    return this.depth === 1
  }

  /**
   * Takes a row by its first closing brace, a search that is native code, and returns where it ends: what is JSON up to there is
   * a whole row. −1 for the few that have braces inside, are not all here, or are none.
   */
  private takeFlat(bytes: Buffer, start: number): number {
    const end = bytes.indexOf(closeBrace, start) + 1
    const row = end > 0 ? jsonIn(bytes.toString('utf8', start, end)) : undefined
    if (row === undefined) return -1
    this.depth = 0
    this.visit(row, this.offset + start, end - start)
    return end
  }

  /** Goes on through a row; returns where it ends, or the end of the bytes. In local variables: there may be many such rows. */
  private scanRow(bytes: Buffer, from: number): number {
    let { depth, inString, escaped } = this
    let at = from
    while (at < bytes.length && depth > 0) {
      const byte = bytes[at++]
      if (inString) {
        if (escaped) escaped = false
        else if (byte === backslash) escaped = true
        else if (byte === quote) inString = false
      } else if (byte === quote) inString = true
      else if (byte === openBrace || byte === openBracket) depth++
      else if (byte === closeBrace || byte === closeBracket) depth--
    }
    this.depth = depth
    this.inString = inString
    this.escaped = escaped
    return at
  }

  private take(bytes: Buffer, start: number, end: number): void {
    const at = this.offset + start
    this.visit(parsedRow(this.file, bytes.toString('utf8', start, end), at), at, end - start)
  }
}

/** Undefined for what is not JSON. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Throws DataError that names the byte for what is not JSON. */
export function parsedRow(file: string, text: string, start: number): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new DataError('a row is not JSON', { file, place: `byte ${start}`, actual: messageOf(cause), cause })
  }
}
