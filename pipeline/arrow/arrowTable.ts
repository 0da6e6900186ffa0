import { readFile } from 'node:fs/promises'
import { type Schema, Table } from 'apache-arrow'
import { DataError, messageOf } from '../errors.js'
import { batchOf } from './batchOf.js'
import type { LastSchema } from './fileSchema.js'
import { asDataError, type Bytes, type Columns, IpcFile } from './ipcFile.js'
import type { Scratch } from './scratch.js'

/**
 * Reads a whole Arrow IPC file (feather v2), or those of its columns that are named. Throws DataError when it is missing,
 * truncated or not Arrow.
 */
export async function readArrowTable(path: string, columns?: readonly string[]): Promise<Table> {
  const { schema, batches } = await readArrowColumns(path, columns)
  try {
    return new Table(
      schema,
      batches.map(({ data, numRows }) => batchOf(schema, data, numRows)),
    )
  } catch (error) {
    throw asDataError(path, error)
  }
}

/** The columns of a whole file, batch by batch. */
export interface ArrowColumns {
  schema: Schema
  batches: readonly Columns[]
}

/** The same as bare columns. */
export async function readArrowColumns(path: string, columns?: readonly string[]): Promise<ArrowColumns> {
  const bytes = await readFile(path).catch((error) => {
    throw new DataError('cannot be read', { file: path, actual: messageOf(error), cause: error })
  })
  return arrowColumnsOf(path, bytes, columns)
}

/**
 * The same of a file that has been read. Columns that are not packed are views of `bytes`; others are unpacked into `kept.into`,
 * where that is given. `kept` is for many files of one kind.
 */
export function arrowColumnsOf(
  path: string,
  bytes: Buffer,
  columns?: readonly string[],
  kept?: { into: Scratch; last: LastSchema },
): ArrowColumns {
  try {
    kept?.into.reset()
    const file = IpcFile.of(path, inMemory(bytes), kept?.last)
    const batches: Columns[] = []
    for (let index = 0; index < file.batchCount; index++)
      batches.push(file.columns(index, { columns, room: kept?.into.take }))
    return { schema: file.schemaWith(columns), batches }
  } catch (error) {
    throw asDataError(path, error)
  }
}

function inMemory(bytes: Buffer): Bytes {
  return { size: bytes.length, read: (start, length) => bytes.subarray(start, start + length) }
}
