import { statSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { logFileName, readLogFile } from '../logFile.js'
import type { LogSource } from '../reader.js'

/** Whether there is a file with that ending. */
export function isFileNamed(path: string, ending: string): boolean {
  return path.endsWith(ending) && (statSync(path, { throwIfNoEntry: false })?.isFile() ?? false)
}

/** Names of the files in a folder with that ending, sorted; none when it is no folder. */
export async function filesNamed(dir: string, ending: string): Promise<string[]> {
  const names = await readdir(dir).catch(() => [])
  return names.filter((name) => !name.startsWith('.') && isFileNamed(join(dir, name), ending)).sort()
}

/** One bag: its name, and its files in their order. */
export interface BagFiles {
  name: string
  files: readonly string[]
}

/**
 * The log that each bag in a folder is. A `log.json` beside them speaks for all of them; its `log_id` only for a bag that
 * is alone there.
 */
export async function logsOf(dir: string, bags: readonly BagFiles[]): Promise<LogSource[]> {
  const log = await readLogFile(dir)
  const beside = log ? [logFileName] : []
  return bags.map(({ name, files }) => ({
    logId: (bags.length === 1 && log?.log_id) || name,
    dir,
    files: [...beside, ...files].sort(),
  }))
}

/** The logs at a path where every file is a bag: the file itself, or those in the folder. */
export async function singleFileLogs(path: string, ending: string): Promise<LogSource[]> {
  const isFile = isFileNamed(path, ending)
  const dir = isFile ? dirname(path) : path
  const all = await filesNamed(dir, ending)
  const logs = await logsOf(
    dir,
    all.map((file) => ({ name: basename(file, ending), files: [file] })),
  )
  return isFile ? logs.filter(({ files }) => files.includes(basename(path))) : logs
}
