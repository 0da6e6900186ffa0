import { createHash } from 'node:crypto'
import { hashJson } from '../hash.js'
import type { LogSource } from './reader.js'

/**
 * SHA-256 of each of a log's files, in their order. Bare bytes: as text by name, ten thousand files would leave megabytes behind
 * before the first frame is read.
 */
export type FileHashes = Uint8Array

const bytesOfOne = 32

export function hashesFor(files: number): FileHashes {
  return new Uint8Array(bytesOfOne * files)
}

/** `hash` in hexadecimal digits. */
export function setHash(hashes: FileHashes, index: number, hash: string): void {
  viewOf(hashes).write(hash, index * bytesOfOne, 'hex')
}

/** In hexadecimal digits. */
export function hashAt(hashes: FileHashes, index: number): string {
  return viewOf(hashes).toString('hex', index * bytesOfOne, (index + 1) * bytesOfOne)
}

/** Copies the hash of a file to that of another. */
export function copyHash(hashes: FileHashes, index: number, from: FileHashes, fromIndex: number): void {
  hashes.set(from.subarray(fromIndex * bytesOfOne, (fromIndex + 1) * bytesOfOne), index * bytesOfOne)
}

type Hashed = Pick<LogSource, 'files'> & { hashes: FileHashes }

/** Answers for one file after the other; those that are asked for in the log's order are found at once. */
export function hashLookUp({ files, hashes }: Hashed): (file: string) => string {
  let next = 0
  return (file) => {
    const index = files[next] === file ? next : files.indexOf(file)
    if (index < 0) throw new RangeError(`'${file}' is no file of the log`)
    next = index + 1
    return hashAt(hashes, index)
  }
}

/**
 * What tells a log's content: the hash of its files' hashes by name as canonical JSON, and of `part` where it is part of them. Put
 * together piece by piece where the files are in the order that canonical JSON has.
 */
export function contentHashOf({ files, hashes, part }: Hashed & Pick<LogSource, 'part'>): string {
  if (!areInJsonOrder(files)) {
    const byName = Object.fromEntries(files.map((file, index) => [file, hashAt(hashes, index)]))
    return hashJson(part === undefined ? byName : { part, hashes: byName })
  }
  const hash = createHash('sha256').update(part === undefined ? '{' : '{"hashes":{')
  for (const [index, file] of files.entries())
    hash.update(`${index > 0 ? ',' : ''}${JSON.stringify(file)}:"${hashAt(hashes, index)}"`)
  return hash.update(part === undefined ? '}' : `},"part":${JSON.stringify(part)}}`).digest('hex')
}

/** Objects have keys that are whole numbers before all others. */
function areInJsonOrder(files: readonly string[]): boolean {
  return files.every((file, i) => !/^\d+$/.test(file) && (i === 0 || files[i - 1] < file))
}

function viewOf({ buffer, byteOffset, length }: FileHashes): Buffer {
  return Buffer.from(buffer, byteOffset, length)
}
