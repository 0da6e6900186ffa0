import { statSync } from 'node:fs'
import { join } from 'node:path'
import { DataError } from '../errors.js'
import { eventLoopTurn, isTurnDue } from '../eventLoopTurn.js'
import { hashFile } from '../hash.js'
import { hashAt } from './fileHashes.js'
import type { PlannedLog } from './plan.js'

/**
 * What the system says of each of a log's files that changes when one is written to, four numbers a file: its length, the time of
 * the last write in ns, which a program may set, which file it is, and when anything about it last changed, in ns, which no
 * program may set: a copy of equal length that is given the same time of writing differs in it. So does a file that was only
 * linked or renamed. Bare numbers, since a log may have ten thousand files, and go to the thread that reads it.
 */
export type FileStamps = BigInt64Array

const numbersOfOne = 4

export function stampsFor(files: number): FileStamps {
  return new BigInt64Array(numbersOfOne * files)
}

/** Asks on this thread: for each file a promise would take longer. Throws what `stat` throws. */
export function stampInto(stamps: FileStamps, index: number, path: string): void {
  const { size, mtimeNs, ino, ctimeNs } = statSync(path, { bigint: true })
  stamps.set([size, mtimeNs, ino, ctimeNs], index * numbersOfOne)
}

/** The stamp of one file. */
export function stampAt(stamps: FileStamps, index: number): FileStamps {
  return stamps.subarray(index * numbersOfOne, (index + 1) * numbersOfOne)
}

/** Copies the stamp of a file to that of another. */
export function copyStamp(stamps: FileStamps, index: number, from: FileStamps, fromIndex: number): void {
  stamps.set(stampAt(from, fromIndex), index * numbersOfOne)
}

type Stamped = Pick<PlannedLog, 'dir' | 'files' | 'hashes' | 'stamps'>

/**
 * The log's first file that was written to, or went away, since it was hashed: frames made of it would name a content that
 * they are not from. Null when all are as they were.
 */
export async function changedSince({ dir, files, hashes, stamps }: Stamped): Promise<DataError | null> {
  const current = stampsFor(1)
  for (const [index, name] of files.entries()) {
    if (isTurnDue()) await eventLoopTurn()
    const file = join(dir, name)
    const before = factsOf(stamps, index)
    if (!isStamped(current, file)) return changeOf(file, before.written, 'no file')
    const now = factsOf(current, 0)
    if (now.written !== before.written) return changeOf(file, before.written, now.written)
    // Linked or renamed, or written anew behind an old time: only the bytes can tell.
    if (now.changed !== before.changed && (await hashFile(file).catch(() => null)) !== hashAt(hashes, index))
      return changeOf(file, `the bytes of ${before.changed}`, `other bytes, ${now.changed}`)
  }
  return null
}

function isStamped(stamps: FileStamps, path: string): boolean {
  try {
    stampInto(stamps, 0, path)
    return true
  } catch {
    return false
  }
}

/** In words, for comparison and messages. */
function factsOf(stamps: FileStamps, index: number): { written: string; changed: string } {
  const [size, writtenNs, inode, changedNs] = stampAt(stamps, index)
  return { written: `${size} bytes of ${writtenNs} ns`, changed: `file ${inode} of ${changedNs} ns` }
}

function changeOf(file: string, expected: string, actual: string): DataError {
  const what = 'the file changed while the log was read; when it is complete, run the command again'
  return new DataError(what, { file, expected, actual })
}
