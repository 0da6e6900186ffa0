import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'

/** SHA-256 of a file's bytes, read as a stream. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

/** SHA-256 of a value's canonical JSON: keys sorted at every depth, so that the order of writing does not matter. */
export function hashJson(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex')
}

export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  )
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
