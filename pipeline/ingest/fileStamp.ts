import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError } from '../errors.js'
import type { PlannedLog } from './plan.js'

/** What changes when a file is written to: its length and the time of the last write. Throws what `stat` throws. */
export async function stampOf(path: string): Promise<string> {
  const { size, mtimeNs } = await stat(path, { bigint: true })
  return `${size} bytes of ${mtimeNs} ns`
}

/**
 * The log's first file that was written to, or went away, since it was hashed: frames made of it would name a content that
 * they are not from. Null when all are as they were.
 */
export async function changedSince({ dir, files, stamps }: Pick<PlannedLog, 'dir' | 'files' | 'stamps'>) {
  for (const name of files) {
    const file = join(dir, name)
    const now = await stampOf(file).catch(() => 'no file')
    if (now !== stamps[name])
      return new DataError('the file changed while the log was read; when it is complete, run the command again', {
        file,
        expected: stamps[name],
        actual: now,
      })
  }
  return null
}
