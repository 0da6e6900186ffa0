import { existsSync } from 'node:fs'
import { mkdir, open, readdir, readlink, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { messageOf, UsageError } from './errors.js'
import { type Manifest, manifestFile, readManifest } from './manifest.js'

/** Below a half-written folder: what resuming needs and the finished one does not keep. It says that the folder is ours. */
export const stateName = '.state'

/** Where a stage writes until all is done. */
export function partialName(target: string): string {
  return `${target}.partial`
}

/** Where a replaced result lies until the new one has its name. No name that somebody gives a copy of his own. */
function replacedName(target: string): string {
  return `${target}.replaced.partial`
}

/**
 * Where a link leads, whether or not there is something: a result is renamed into place, and would take that of the link, on
 * whatever disk that is.
 */
export async function followed(path: string): Promise<string> {
  let real = resolve(path)
  for (let links = 0; links < 40; links++) {
    const link = await readlink(real).catch(() => null)
    if (link === null) return real
    real = resolve(dirname(real), link)
  }
  throw new UsageError('the link leads back to itself', { file: path })
}

/**
 * Empties the folder of an unfinished result, and makes it where there is none. What says that it is whole goes first, and what
 * says that it is ours last: a run may be killed here. Throws UsageError for a folder that is somebody else's.
 */
export async function emptied(dir: string): Promise<void> {
  await makeOurs(dir)
  await rm(join(dir, manifestFile), { force: true })
  for (const entry of await readdir(dir)) if (entry !== stateName) await rm(join(dir, entry), { recursive: true })
  await rm(join(dir, stateName), { recursive: true })
  await mkdir(join(dir, stateName))
}

async function makeOurs(dir: string): Promise<void> {
  const inTheWay = (actual: string, cause?: unknown) =>
    new UsageError('in the way of an unfinished result, and not one: move it', { file: dir, actual, cause })
  const entries = await readdir(dir).catch((error): string[] => {
    if (error.code === 'ENOENT') return []
    throw inTheWay(messageOf(error), error)
  })
  if (entries.length > 0 && !(await isStageFolder(dir))) throw inTheWay(`'${entries[0]}' in it`)
  await mkdir(join(dir, stateName), { recursive: true })
}

/** Whether a stage wrote it, or writes it: no folder of a user's own. */
export async function isStageFolder(dir: string): Promise<boolean> {
  return existsSync(join(dir, stateName)) || (await manifestIn(dir)) !== null
}

/** The manifest of a folder that occlab finished; null for any other. */
export async function manifestIn(dir: string): Promise<Manifest | null> {
  return existsSync(join(dir, manifestFile)) ? await readManifest(dir).catch(() => null) : null
}

/** Gives the finished partial folder its name; what had it goes when that is done. */
export async function moveIntoPlace(target: string): Promise<void> {
  const replaced = replacedName(target)
  await syncFolder(partialName(target))
  await removeReplaced(target)
  if (existsSync(target)) await rename(target, replaced)
  await rename(partialName(target), target)
  await syncFolder(dirname(target))
  await removeReplaced(target)
}

/** What a run that was killed right after it replaced an older result has left. */
export async function removeReplaced(target: string): Promise<void> {
  const replaced = replacedName(target)
  if (!existsSync(replaced)) return
  await emptied(replaced)
  await rm(replaced, { recursive: true })
}

async function syncFolder(dir: string): Promise<void> {
  const handle = await open(dir, 'r')
  await handle.sync().catch(() => undefined)
  await handle.close()
}
