import { open } from 'node:fs/promises'
import type { z } from 'zod'
import { DataError, messageOf } from '../../errors.js'

/** Bytes read at a time. */
const chunkBytes = 1 << 22
/** Rows nearer to one another than this are read together. */
const maxGapBytes = 1 << 16

const quote = 0x22
const comma = 0x2c
const openBracket = 0x5b
const backslash = 0x5c
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

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
        if (this.between(bytes[at], at)) start = at
        at++
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

  /** Goes on through a row; returns where it ends, or the end of the bytes. In local variables: these are gigabytes. */
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
    this.visit(parsed(this.file, bytes.toString('utf8', start, end), at), at, end - start)
  }
}

/** Streams a table. Throws DataError when it cannot be read or is none. */
export async function forEachRow(file: string, visit: Visit): Promise<void> {
  const splitter = new RowSplitter(file, visit)
  const handle = await opened(file)
  try {
    for (;;) {
      // A new buffer each time: the splitter keeps the end of the last one.
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes)
      if (bytesRead === 0) break
      splitter.push(buffer.subarray(0, bytesRead))
    }
  } finally {
    await handle.close()
  }
  splitter.end()
}

/** A small table at once. Throws DataError that names the byte of a row which is not as `shape` says. */
export async function readTable<T>(file: string, shape: z.ZodType<T>): Promise<T[]> {
  const rows: T[] = []
  await forEachRow(file, (row, start) => rows.push(checked(file, row, start, shape)))
  return rows
}

/** Where rows lie in a file: start and length, a pair each, in the order of the file. */
export type Spans = number[]

/** The rows at those places. Throws DataError as `readTable` does. */
export async function readRows<T>(file: string, spans: Spans, shape: z.ZodType<T>): Promise<T[]> {
  const rows: T[] = []
  const handle = await opened(file)
  try {
    for (let first = 0; first < spans.length; ) {
      let next = first + 2
      let end = spans[first] + spans[first + 1]
      for (; next < spans.length && spans[next] - end <= maxGapBytes && end - spans[first] < chunkBytes; next += 2)
        end = spans[next] + spans[next + 1]
      const bytes = Buffer.alloc(end - spans[first])
      await handle.read(bytes, 0, bytes.length, spans[first])
      for (let s = first; s < next; s += 2) {
        const text = bytes.toString('utf8', spans[s] - spans[first], spans[s] - spans[first] + spans[s + 1])
        rows.push(checked(file, parsed(file, text, spans[s]), spans[s], shape))
      }
      first = next
    }
  } finally {
    await handle.close()
  }
  return rows
}

async function opened(file: string) {
  return await open(file).catch((error) => {
    throw new DataError('cannot be read', { file, actual: messageOf(error), cause: error })
  })
}

function parsed(file: string, text: string, start: number): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new DataError('a row is not JSON', { file, place: `byte ${start}`, actual: messageOf(cause), cause })
  }
}

/** A row of the shape. Throws DataError that names byte and key. */
export function checked<T>(file: string, row: unknown, start: number, shape: z.ZodType<T>): T {
  const result = shape.safeParse(row)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const place = `byte ${start}, key '${issue.path.join('.')}'`
  throw new DataError('a row is not as its table has it', { file, place, actual: issue.message })
}
