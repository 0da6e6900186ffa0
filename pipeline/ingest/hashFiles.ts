import { join } from 'node:path'
import { messageOf } from '../errors.js'
import { hashFile } from '../hash.js'
import { type FileHashes, hashesFor, setHash } from './fileHashes.js'
import { type FileStamps, stampInto, stampsFor } from './fileStamp.js'

/** This module's address, for worker threads. */
export const hashFilesUrl = import.meta.url

/** What there is to know of some files, in their order. */
export interface HashedFiles {
  /** Of each one's bytes; noughts for one that cannot be read. */
  hashes: FileHashes
  /** What the system said of each before it was hashed. */
  stamps: FileStamps
  /** Why files cannot be read, by their place in the list. */
  failures: ReadonlyMap<number, string>
}

/** Files by their names below a folder. */
export interface FilesBelow {
  dir: string
  files: readonly string[]
}

/** Hashes files, one after the other. */
export async function hashFiles({ dir, files }: FilesBelow): Promise<HashedFiles> {
  const hashes = hashesFor(files.length)
  const stamps = stampsFor(files.length)
  const failures = new Map<number, string>()
  for (const [index, file] of files.entries()) {
    const path = join(dir, file)
    try {
      stampInto(stamps, index, path)
      setHash(hashes, index, await hashFile(path))
    } catch (error) {
      failures.set(index, messageOf(error))
    }
  }
  return { hashes, stamps, failures }
}
