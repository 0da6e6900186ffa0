import { createHash, hash as hashOf } from 'node:crypto'
import { closeSync, openSync, readSync } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { eventLoopTurn, isTurnDue } from './eventLoopTurn.js'

/** One for all files, filled and used up before anything else runs: a stream a file leaves as much memory behind as it is long. */
const block = new Uint8Array(1 << 20)

/**
 * SHA-256 of a file's bytes, read on this thread: promises and the system's threads take longer than a short file does, and
 * leave more garbage than a log of ten thousand files may. Throws what the system says of a file that cannot be read.
 */
export async function hashFile(path: string): Promise<string> {
  if (isTurnDue()) await eventLoopTurn()
  const fd = openSync(path, 'r')
  try {
    let bytes = fillBlock(fd)
    if (bytes < block.length) return hashOf('sha256', block.subarray(0, bytes))
    const hash = createHash('sha256')
    for (; bytes > 0; bytes = fillBlock(fd)) {
      hash.update(block.subarray(0, bytes))
      if (isTurnDue()) await eventLoopTurn()
    }
    return hash.digest('hex')
  } finally {
    closeSync(fd)
  }
}

/** Reads on to the block's end or the file's; returns the bytes read. */
function fillBlock(fd: number): number {
  let filled = 0
  while (filled < block.length) {
    const read = readSync(fd, block, filled, block.length - filled, null)
    if (read === 0) break
    filled += read
  }
  return filled
}

/** SHA-256 of a value's canonical JSON: keys sorted at every depth, so that the order of writing does not matter. */
export function hashJson(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex')
}

export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner) =>
    inner && typeof inner === 'object' && !Array.isArray(inner) && !isInOrder(Object.keys(inner))
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
}

/** Lists of ten thousand files mostly are, and need no copy. */
function isInOrder(keys: readonly string[]): boolean {
  return keys.every((key, i) => i === 0 || keys[i - 1] < key)
}

/** All files below `dir`, linked ones too, as sorted paths relative to it with forward slashes. */
export async function filesBelow(dir: string): Promise<string[]> {
  const files: string[] = []
  await collect(dir, '', [], files)
  return files.sort()
}

/** `above`: the folders on the way here; a link back to one of them is not followed. */
async function collect(dir: string, prefix: string, above: string[], files: string[]): Promise<void> {
  const real = await realpath(dir)
  if (above.includes(real)) return
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name)
    const facts = entry.isSymbolicLink() ? await stat(path).catch(() => null) : entry
    if (facts?.isDirectory()) await collect(path, `${prefix}${entry.name}/`, [...above, real], files)
    else if (facts?.isFile()) files.push(`${prefix}${entry.name}`)
  }
}

/** Content hash of a whole folder: names and bytes of all files below it. */
export async function hashFolder(dir: string): Promise<string> {
  const hashes: Record<string, string> = {}
  for (const file of await filesBelow(dir)) hashes[file] = await hashFile(join(dir, file))
  return hashJson(hashes)
}
