import { readFile, stat } from 'node:fs/promises'
import { DataError, messageOf } from '../../errors.js'

/** All bytes of a file that fits into memory. Throws DataError when it cannot be read. */
export async function readWhole(file: string): Promise<Buffer> {
  return await readFile(file).catch((error) => {
    throw unreadable(file, error)
  })
}

/** Bytes of a file. Throws DataError when it is not there. */
export async function sizeOf(file: string): Promise<number> {
  const { size } = await stat(file).catch((error) => {
    throw unreadable(file, error)
  })
  return size
}

/** What to throw when a file cannot be read. */
export function unreadable(file: string, error: unknown): DataError {
  return new DataError('cannot be read', { file, actual: messageOf(error), cause: error })
}
