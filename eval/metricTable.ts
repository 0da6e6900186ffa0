import { writeFile } from 'node:fs/promises'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer'
import { DataError, messageOf } from '../pipeline/errors.js'
import type { MetricRow } from './metricRow.js'

interface Column {
  /** Parquet type; text is UTF-8. */
  type: 'STRING' | 'DOUBLE' | 'INT64'
  nullable: boolean
}

const text: Column = { type: 'STRING', nullable: false }
const number: Column = { type: 'DOUBLE', nullable: false }
// A dataset's voxels exceed 2³¹, so counts are 64 bits wide.
const whole: Column = { type: 'INT64', nullable: false }
const orNull = (column: Column): Column => ({ ...column, nullable: true })

/** The table's columns in file order; a field of MetricRow that is missing here does not compile. */
const columns = {
  task: text,
  model: text,
  metric: text,
  value: orNull(number),
  unit: text,
  count: whole,
  countOf: text,
  className: orNull(text),
  horizonS: orNull(number),
  slice: text,
  policy: text,
  mask: text,
  classPolicy: text,
  ego: orNull(text),
  population: text,
  part: text,
  low: orNull(number),
  high: orNull(number),
  confidence: number,
  interval: text,
  clusters: whole,
  verdict: orNull(text),
  remark: orNull(text),
  dataset: text,
  split: text,
  run: text,
} satisfies Record<keyof MetricRow, Column>

const fields = Object.keys(columns) as (keyof MetricRow)[]

/** Names of the columns in the file: the fields of MetricRow in snake case, which SQL likes. */
export const metricColumns = fields.map(snakeCase)

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/**
 * Writes rows as one Parquet file (Snappy, no timestamps: same rows, same bytes). Missing values are Parquet nulls.
 *
 * @throws DataError for a value that is not finite, which has no place in a table of results.
 */
export async function writeMetrics(path: string, rows: readonly MetricRow[]): Promise<void> {
  rows.forEach((row, at) => {
    checkFinite(path, row, at)
  })
  const columnData = fields.map((field): ColumnSource => {
    const { type, nullable } = columns[field]
    const values = rows.map((row) => row[field])
    const data = type === 'INT64' ? values.map((value) => BigInt(value as number)) : values
    return { name: snakeCase(field), data: data as never, type, nullable }
  })
  await writeFile(path, new Uint8Array(parquetWriteBuffer({ columnData, createdBy: 'occlab' })))
}

/** Reads what `writeMetrics` wrote. Throws DataError when the file is missing, damaged or another table. */
export async function readMetrics(path: string): Promise<MetricRow[]> {
  const records = await readRecords(path)
  return records.map((record, at) => {
    const row = fields.map((field) => [field, cellOf(path, record[snakeCase(field)], field, at)])
    return Object.fromEntries(row) as MetricRow
  })
}

async function readRecords(path: string): Promise<Record<string, unknown>[]> {
  try {
    return await parquetReadObjects({ file: await asyncBufferFromFile(path) })
  } catch (error) {
    throw new DataError('no readable Parquet file', { file: path, actual: messageOf(error), cause: error })
  }
}

function cellOf(file: string, value: unknown, field: keyof MetricRow, at: number): unknown {
  const { type, nullable } = columns[field]
  if (nullable && (value === null || value === undefined)) return null
  if (type === 'INT64' && typeof value === 'bigint') return Number(value)
  if (typeof value === (type === 'STRING' ? 'string' : 'number')) return value
  throw new DataError('not a table of metrics', {
    file,
    place: `row ${at}, column ${snakeCase(field)}`,
    expected: `${type.toLowerCase()}${nullable ? ' or null' : ''}`,
    actual: value === undefined ? 'no such column' : String(value),
  })
}

function checkFinite(file: string, row: MetricRow, at: number): void {
  for (const field of fields) {
    const value = row[field]
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new DataError('a metric is not a finite number', { file, place: `row ${at}, ${field}`, actual: `${value}` })
  }
}
