import { open } from 'node:fs/promises'
import type { z } from 'zod'
import { DataError, messageOf } from '../../errors.js'
import { parsedRow, RowSplitter, type Visit } from './rowSplitter.js'

/** Bytes read at a time. */
const chunkBytes = 1 << 22
/** Rows nearer to one another than this are read together. */
const maxGapBytes = 1 << 16

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
        rows.push(checked(file, parsedRow(file, text, spans[s]), spans[s], shape))
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

/** A row of the shape. Throws DataError that names byte and key. */
export function checked<T>(file: string, row: unknown, start: number, shape: z.ZodType<T>): T {
  const result = shape.safeParse(row)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const place = `byte ${start}, key '${issue.path.join('.')}'`
  throw new DataError('a row is not as its table has it', { file, place, actual: issue.message })
}
