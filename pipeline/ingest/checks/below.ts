import { basename, isAbsolute, relative } from 'node:path'
import type { RawLog } from '../reader.js'

/** A log's file as messages name it: below the log's folder, or its own name where the log is a file. */
export function below({ dir }: Pick<RawLog, 'dir'>, file: string): string {
  const path = isAbsolute(file) ? relative(dir, file) : file
  return path === '' || path.startsWith('..') ? basename(file) : path
}
