import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError } from '../errors.js'
import { hashFile } from '../hash.js'
import type { PlannedLog } from './plan.js'

/** What a file's system says of it that changes when it is written to. */
export interface FileStamp {
  /** Its length and the time of the last write, which a program may set. */
  written: string
  /**
   * Which file it is, and when anything about it last changed, which no program may set: a copy of equal length that is given
   * the same time of writing differs in it. So does a file that was only linked or renamed.
   */
  changed: string
}

/** Throws what `stat` throws. */
export async function stampOf(path: string): Promise<FileStamp> {
  const { size, mtimeNs, ctimeNs, ino } = await stat(path, { bigint: true })
  return { written: `${size} bytes of ${mtimeNs} ns`, changed: `file ${ino} of ${ctimeNs} ns` }
}

type Stamped = Pick<PlannedLog, 'dir' | 'files' | 'hashes' | 'stamps'>

/**
 * The log's first file that was written to, or went away, since it was hashed: frames made of it would name a content that
 * they are not from. Null when all are as they were.
 */
export async function changedSince({ dir, files, hashes, stamps }: Stamped): Promise<DataError | null> {
  for (const name of files) {
    const file = join(dir, name)
    const now = await stampOf(file).catch(() => null)
    const before = stamps[name]
    if (now?.written !== before.written) return changeOf(file, before.written, now?.written ?? 'no file')
    // Linked or renamed, or written anew behind an old time: only the bytes can tell.
    if (now.changed !== before.changed && (await hashFile(file).catch(() => null)) !== hashes[name])
      return changeOf(file, `the bytes of ${before.changed}`, `other bytes, ${now.changed}`)
  }
  return null
}

function changeOf(file: string, expected: string, actual: string): DataError {
  const what = 'the file changed while the log was read; when it is complete, run the command again'
  return new DataError(what, { file, expected, actual })
}
