import { DataError } from '../../errors.js'
import { readWhole } from './wholeFile.js'

/** A line of a text table, without blanks around it. `line` counts from 1, as editors do. */
export interface TextRow {
  line: number
  text: string
}

/** The lines of a small UTF-8 table, but for empty ones and `#` comments. Throws DataError when it cannot be read. */
export async function readTextRows(file: string): Promise<TextRow[]> {
  return (await readTextTable(file)).rows
}

/** The same, and the last comment above the first row without its `#`, where NumPy and others name the columns. */
export async function readTextTable(file: string): Promise<{ comment: TextRow | null; rows: TextRow[] }> {
  const content = (await readWhole(file)).toString('utf8')
  const lines = content
    .replace(/^\ufeff/, '')
    .split('\n')
    .map((line, index) => ({ line: index + 1, text: line.trim() }))
    .filter(({ text }) => text !== '')
  const isComment = ({ text }: TextRow) => text.startsWith('#')
  const first = lines.findIndex((row) => !isComment(row))
  const above = first > 0 ? lines[first - 1] : null
  return {
    comment: above && { ...above, text: above.text.replace(/^#+\s*/, '') },
    rows: lines.filter((row) => !isComment(row)),
  }
}

/** A number, NaN for `nan` and `inf`. Throws DataError that names the line and what stands there. */
export function numberOf(text: string, file: string, line: number, name = ''): number {
  const value = text === '' ? Number.NaN : Number(text)
  if (Number.isFinite(value)) return value
  if (/^[+-]?(nan|inf|infinity)$/i.test(text)) return Number.NaN
  const place = name ? `line ${line}, ${name}` : `line ${line}`
  throw new DataError('not a number', { file, place, expected: 'a number', actual: text || 'nothing' })
}
