import { DataError } from '../../errors.js'
import { decimalNs, epochForms, epochNs, type TimeUnit } from './decimalNs.js'
import { readTextRows } from './textRows.js'

/** What a CSV may call its time; the plain name is read as `epochForms` says. */
export const timeUnits: Readonly<Record<string, TimeUnit | null>> = {
  timestamp_ns: 'ns',
  timestamp_us: 'us',
  timestamp_ms: 'ms',
  timestamp_s: 's',
  timestamp: null,
}

/** A cell of a time column, to ns exactly. Throws DataError that names the line. */
export function columnTimeNs(text: string, column: string, file: string, line: number): bigint {
  const unit = timeUnits[column]
  const ns = unit ? decimalNs(text, unit) : epochNs(text)
  if (ns !== null) return ns
  const expected = unit ? `a number of ${unit}` : `${epochForms}; else name the column by its unit, as timestamp_s`
  throw new DataError('not a time', { file, place: `line ${line}, column '${column}'`, expected, actual: text })
}

/**
 * A list of times, one a row, to ns exactly: decimal seconds or whole ns, us or ms since the Unix epoch (`epochForms`); or
 * a CSV of one column with the name of a time. Throws DataError with the line.
 */
export async function readTimes(file: string): Promise<bigint[]> {
  const rows = await readTextRows(file)
  const column = rows[0]?.text.replace(/^"(.*)"$/, '$1') ?? ''
  if (Object.hasOwn(timeUnits, column))
    return rows.slice(1).map(({ text, line }) => columnTimeNs(text, column, file, line))
  return rows.map(({ text, line }) => {
    const ns = decimalNs(text, 's') ?? epochNs(text)
    if (ns !== null) return ns
    const expected = `decimal seconds, ${epochForms}, or a first line that is ${Object.keys(timeUnits).join(' | ')}`
    throw new DataError('not a time', { file, place: `line ${line}`, expected, actual: text })
  })
}
