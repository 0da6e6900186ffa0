import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { DataError, messageOf } from '../../errors.js'
import { type Part, parts } from '../part.js'
import { type Range, range } from '../ranges.js'

/** One line of lists from elsewhere: a log, or some of its frames, and the part they are in. */
export interface ListEntry {
  logId: string
  /** First and last frame index, both inside; null: the whole log. */
  frames: Range | null
  part: Part
}

const item = z.union([z.string(), z.strictObject({ log: z.string(), frames: z.array(range).min(1) })])
const listFile = z.partialRecord(z.enum(parts), z.array(item))
const expectedJson =
  '{"train": […], "val": […], "test": […]} of "log", "log/frame", "log/first-last" or {"log": …, "frames": [[first, last], …]}'

/**
 * Reads lists of what is in which part. JSON as `expectedJson` says; anything else is read as a table with commas, whose
 * first line is `log_id,part` or `log_id,frame_index,part`. A name that is a log's, slash and all, is that log.
 *
 * Throws DataError that names the key or the row.
 */
export async function readLists(file: string, logIds: ReadonlySet<string>): Promise<ListEntry[]> {
  const text = await readFile(file, 'utf8').catch((cause) => {
    throw new DataError('the lists cannot be read', { file, actual: messageOf(cause), cause })
  })
  const entries = text.trimStart().startsWith('{') ? fromJson(file, text, logIds) : fromTable(file, text)
  if (entries.length === 0) throw new DataError('the lists are empty', { file })
  return entries
}

function fromJson(file: string, text: string, logIds: ReadonlySet<string>): ListEntry[] {
  const read = listFile.safeParse(jsonOf(file, text))
  if (!read.success) {
    const [{ path, message }] = read.error.issues
    throw new DataError('these are no lists', { file, place: path.join('/'), expected: expectedJson, actual: message })
  }
  return parts.flatMap((part) =>
    (read.data[part] ?? []).flatMap((named, i) => {
      if (typeof named !== 'string') return named.frames.map((frames) => ({ logId: named.log, frames, part }))
      return [
        { ...logAndFrames(named, logIds, () => new DataError('an empty name', { file, place: `${part}/${i}` })), part },
      ]
    }),
  )
}

function jsonOf(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new DataError('not JSON', { file, expected: expectedJson, actual: messageOf(cause), cause })
  }
}

/** `log`, `log/7` or `log/7-19`. */
function logAndFrames(name: string, logIds: ReadonlySet<string>, empty: () => Error): Omit<ListEntry, 'part'> {
  if (name === '') throw empty()
  const match = logIds.has(name) ? null : name.match(/^(.+)\/(\d+)(?:-(\d+))?$/)
  if (!match) return { logId: name, frames: null }
  const [, logId, first, last = first] = match
  return { logId, frames: [Number(first), Number(last)] }
}

function fromTable(file: string, text: string): ListEntry[] {
  const [head, ...lines] = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  const columns = cellsOf(head)
  const at = (name: string) => columns.indexOf(name)
  if (at('log_id') < 0 || at('part') < 0)
    throw new DataError('these are no lists', {
      ...{ file, place: 'row 1', expected: `log_id,part or log_id,frame_index,part, or JSON ${expectedJson}` },
      actual: head.slice(0, 80),
    })
  return lines.flatMap((line, i) => {
    if (line.trim() === '') return []
    const cells = cellsOf(line)
    const place = `row ${i + 2}`
    const part = parts.find((known) => known === cells[at('part')])
    if (!part)
      throw new DataError('no such part', { file, place, expected: parts.join(' | '), actual: cells[at('part')] })
    const logId = cells[at('log_id')]
    if (!logId) throw new DataError('no log', { file, place, expected: 'a log id' })
    return [{ logId, frames: frameOf(file, place, cells[at('frame_index')]), part }]
  })
}

function cellsOf(line: string): string[] {
  return line.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'))
}

/** An empty cell, like a missing column, is the whole log. */
function frameOf(file: string, place: string, cell: string | undefined): Range | null {
  if (cell === undefined || cell === '') return null
  if (!/^\d+$/.test(cell)) throw new DataError('no frame index', { file, place, expected: 'digits', actual: cell })
  return [Number(cell), Number(cell)]
}
