import { writeFile } from 'node:fs/promises'
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet'
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer'
import { DataError, messageOf } from '../pipeline/errors.js'

export interface Column {
  /** Parquet type; text is UTF-8. */
  type: 'STRING' | 'DOUBLE' | 'INT64'
  nullable: boolean
}

export const text: Column = { type: 'STRING', nullable: false }
export const number: Column = { type: 'DOUBLE', nullable: false }
// A dataset's voxels exceed 2³¹, so counts are 64 bits wide.
export const whole: Column = { type: 'INT64', nullable: false }
export const orNull = (column: Column): Column => ({ ...column, nullable: true })

/** A table's columns in file order, by the field of a row; in the file they stand in snake case, which SQL likes. */
export type Columns<Row> = Record<keyof Row & string, Column>

export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/**
 * Writes rows as one Parquet file (Snappy, no timestamps: same rows, same bytes). Missing values are Parquet nulls.
 *
 * @throws DataError for a value that is not finite, which has no place in a table of results.
 */
export async function writeTable<Row extends object>(
  path: string,
  columns: Columns<Row>,
  rows: readonly Row[],
): Promise<void> {
  const fields = fieldsOf(columns)
  rows.forEach((row, at) => {
    checkFinite(path, fields, row, at)
  })
  const columnData = fields.map((field): ColumnSource => {
    const { type, nullable } = columns[field]
    const values = rows.map((row) => row[field] ?? null)
    const data = type === 'INT64' ? values.map((value) => (value === null ? null : BigInt(value as number))) : values
    return { name: snakeCase(field), data: data as never, type, nullable }
  })
  await writeFile(path, new Uint8Array(parquetWriteBuffer({ columnData, createdBy: 'occlab' })))
}

/**
 * Reads what `writeTable` wrote. A column that may be missing is null where an older file lacks it.
 *
 * @param what - what the file should be, for the error: `a table of metrics`.
 * @throws DataError when the file is missing, damaged or another table.
 */
export async function readTable<Row extends object>(path: string, columns: Columns<Row>, what: string): Promise<Row[]> {
  const fields = fieldsOf(columns)
  const records = await readRecords(path)
  return records.map((record, at) => {
    const row = fields.map((field) => {
      const place = `row ${at}, column ${snakeCase(field)}`
      return [field, cellOf(record[snakeCase(field)], columns[field], { file: path, place }, what)]
    })
    return Object.fromEntries(row) as Row
  })
}

function fieldsOf<Row>(columns: Columns<Row>): (keyof Row & string)[] {
  return Object.keys(columns) as (keyof Row & string)[]
}

async function readRecords(path: string): Promise<Record<string, unknown>[]> {
  try {
    return await parquetReadObjects({ file: await asyncBufferFromFile(path) })
  } catch (error) {
    throw new DataError('no readable Parquet file', { file: path, actual: messageOf(error), cause: error })
  }
}

function cellOf(
  value: unknown,
  { type, nullable }: Column,
  at: { file: string; place: string },
  what: string,
): string | number | null {
  if (nullable && (value === null || value === undefined)) return null
  if (type === 'INT64' && typeof value === 'bigint') return Number(value)
  if (typeof value === (type === 'STRING' ? 'string' : 'number')) return value as string | number
  throw new DataError(`not ${what}`, {
    ...at,
    expected: `${type.toLowerCase()}${nullable ? ' or null' : ''}`,
    actual: value === undefined ? 'no such column' : String(value),
  })
}

function checkFinite<Row>(file: string, fields: readonly (keyof Row & string)[], row: Row, at: number): void {
  for (const field of fields) {
    const value = row[field]
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new DataError('a number of the table is not finite', {
        file,
        place: `row ${at}, ${field}`,
        actual: `${value}`,
      })
  }
}
