import { statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { DataError, messageOf } from '../errors.js'
import { isStageFolder } from '../stageFolders.js'
import type { LogSource, Reader } from './reader.js'
import { type Format, readers } from './readers.js'

/** How many folders deep logs are looked for below a folder that the user named. */
const searchDepth = 4

export interface FoundLog extends LogSource {
  format: Format
}

/** A folder or a log that cannot be ingested, and why. */
export interface Problem {
  /** The folder, absolute. */
  dir: string
  /** How it is called where no path of this machine may stand: its log id or the end of its path. */
  name: string
  error: DataError
}

export interface Findings {
  logs: FoundLog[]
  problems: Problem[]
}

/**
 * Finds the logs at and below the named folders and in the named files, each once, in the order of their paths. A folder
 * or file without any and a log that cannot even be named are problems. Throws DataError for a path that does not exist.
 */
export async function findLogs(paths: readonly string[], format: Format | 'auto'): Promise<Findings> {
  const asked = Object.entries(readers).filter(([name]) => format === 'auto' || name === format) as [Format, Reader][]
  const search = new Search(asked)
  for (const path of paths) {
    const full = resolve(path)
    const found = isFile(full) ? await search.at(full) : await search.below(full, searchDepth)
    if (!found) search.nothingIn(full, await search.above(full))
  }
  search.logs.sort((a, b) => (a.dir < b.dir ? -1 : 1))
  return search
}

class Search implements Findings {
  readonly logs: FoundLog[] = []
  readonly problems: Problem[] = []
  private readonly seen = new Set<string>()

  constructor(private readonly asked: [Format, Reader][]) {}

  /**
   * Whether there was a log, good or bad. A folder beside logs that holds none is a problem; one among such is not, nor one that
   * occlab wrote: a dataset may lie beside its logs.
   */
  async below(dir: string, depth: number): Promise<boolean> {
    if (this.seen.has(dir)) return true
    this.seen.add(dir)
    if (await this.at(dir)) return true
    const folders = depth > 0 ? await foldersIn(dir) : []
    const empty: string[] = []
    for (const folder of folders) if (!(await this.below(folder, depth - 1))) empty.push(folder)
    if (empty.length === folders.length) return false
    for (const folder of empty)
      if (!(await isStageFolder(folder)) && !this.asked.some(([, reader]) => reader.owns?.(folder)))
        this.nothingIn(folder)
    return true
  }

  /** Whether a reader takes the folder or file. */
  async at(path: string): Promise<boolean> {
    for (const [format, reader] of this.asked)
      if (await reader.recognises(path)) {
        await this.take(path, format, reader)
        return true
      }
    return false
  }

  /** Whose part the folder or file is, in words: somebody who names `…/sensors/lidar` means the log. */
  async above(path: string): Promise<string | undefined> {
    let dir = path
    for (let levels = 0; levels < 3; levels++) {
      dir = dirname(dir)
      for (const [format, reader] of this.asked)
        if (await reader.recognises(dir).catch(() => false))
          return `what may be a part of ${format} in the folder '${basename(dir)}': name that`
    }
    return undefined
  }

  nothingIn(dir: string, actual?: string): void {
    const expected = `a log of ${this.asked.map(([name]) => name).join(' or ')} (docs/formats.md), or a folder of logs`
    const error = new DataError('no log here that a reader recognises', { file: dir, expected, actual })
    this.problems.push({ dir, name: nameOf(dir), error })
  }

  private async take(dir: string, format: Format, reader: Reader): Promise<void> {
    try {
      const logs = await reader.logs(dir)
      if (logs.length === 0)
        throw new DataError(`its files are those of ${format}, but name no log that is there`, { file: dir })
      for (const log of logs) this.logs.push({ ...log, format })
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      this.problems.push({ dir, name: nameOf(dir), error })
    }
  }
}

/** Links to folders count; what is hidden does not. */
async function foldersIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch((error) => {
    throw new DataError('not a folder that can be read', { file: dir, actual: messageOf(error), cause: error })
  })
  return entries
    .filter((entry) => !entry.name.startsWith('.'))
    .map((entry) => ({ entry, path: join(dir, entry.name) }))
    .filter(({ entry, path }) => entry.isDirectory() || (entry.isSymbolicLink() && isFolder(path)))
    .map(({ path }) => path)
    .sort()
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
}

/** The last two parts of a path: enough to find a folder again, and nothing of the machine. */
export function nameOf(dir: string): string {
  return dir.split('/').filter(Boolean).slice(-2).join('/')
}
