import { readFile } from 'node:fs/promises'
import { Table } from 'apache-arrow'
import { DataError, messageOf } from '../errors.js'
import { asDataError, type Bytes, IpcFile } from './ipcFile.js'
import type { Scratch } from './scratch.js'

/**
 * Reads a whole Arrow IPC file (feather v2), or those of its columns that are named. Throws DataError when it is missing,
 * truncated or not Arrow.
 */
export async function readArrowTable(path: string, columns?: readonly string[]): Promise<Table> {
  const bytes = await readFile(path).catch((error) => {
    throw new DataError('cannot be read', { file: path, actual: messageOf(error), cause: error })
  })
  return arrowTableOf(path, bytes, columns)
}

/**
 * The same of a file that has been read. Columns that are not packed are views of `bytes`; others are unpacked into `into`, where
 * that is given.
 */
export function arrowTableOf(path: string, bytes: Buffer, columns?: readonly string[], into?: Scratch): Table {
  try {
    into?.reset()
    const file = IpcFile.of(path, inMemory(bytes))
    const batches = Array.from({ length: file.batchCount }, (_, index) =>
      file.batch(index, { columns, room: into?.take }),
    )
    return new Table(file.schemaWith(columns), batches)
  } catch (error) {
    throw asDataError(path, error)
  }
}

function inMemory(bytes: Buffer): Bytes {
  return { size: bytes.length, read: (start, length) => bytes.subarray(start, start + length) }
}
