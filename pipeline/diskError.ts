import { mkdir } from 'node:fs/promises'
import { DiskError, messageOf, UsageError } from './errors.js'

/** What the system refuses, by its code, and what a user can do about it. */
const diskCodes: Record<string, string> = {
  ENOSPC: 'the disk is full; free some space and run the same command again',
  EDQUOT: 'the disk quota is used up; free some space and run the same command again',
  EFBIG:
    'the file would be larger than is allowed here (ulimit -f, or the file system); then run the same command again',
  EROFS: 'the file system is read-only',
  EACCES: 'no permission to write here',
  EPERM: 'no permission to write here',
  EIO: 'the disk reports an error',
  ENAMETOOLONG: 'the name is too long for this file system',
  EMFILE: 'this process may not open more files (ulimit -n)',
  ENFILE: 'this machine may not open more files',
}

/** The error in words where it is one of a disk; else as it is. `target` is what was to be written, where it names no file. */
export function asDiskError(error: unknown, target: string): unknown {
  const { code, path } = error as NodeJS.ErrnoException
  const what = code && diskCodes[code]
  return what ? new DiskError(what, { file: path ?? target, actual: messageOf(error), cause: error }) : error
}

/** Makes a folder and those above it. Throws DiskError or UsageError. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true })
  } catch (error) {
    const known = asDiskError(error, path)
    if (known !== error) throw known
    throw new UsageError('the folder cannot be made', { file: path, actual: messageOf(error), cause: error })
  }
}
