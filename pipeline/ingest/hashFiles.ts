import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { messageOf } from '../errors.js'
import { type FileStamp, stampOf } from './fileStamp.js'

/** This module's address, for worker threads. */
export const hashFilesUrl = import.meta.url

/** A file's content hash and what its system said of it before, or why it cannot be read. */
export type HashedFile = { hash: string; stamp: FileStamp; failed: null } | { failed: string }

/** Hashes files, one after the other. */
export async function hashFiles(paths: readonly string[]): Promise<HashedFile[]> {
  // One for all of them: a stream a file leaves as much memory behind as the files are long.
  const buffer = new Uint8Array(1 << 20)
  const hashed: HashedFile[] = []
  for (const path of paths) {
    try {
      hashed.push({ stamp: await stampOf(path), hash: await hashBy(buffer, path), failed: null })
    } catch (error) {
      hashed.push({ failed: messageOf(error) })
    }
  }
  return hashed
}

/** SHA-256 of a file's bytes, read by way of a buffer. */
async function hashBy(buffer: Uint8Array, path: string): Promise<string> {
  const hash = createHash('sha256')
  const file = await open(path, 'r')
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length)
      if (bytesRead === 0) return hash.digest('hex')
      hash.update(buffer.subarray(0, bytesRead))
    }
  } finally {
    await file.close()
  }
}
