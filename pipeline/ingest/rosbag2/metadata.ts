import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError } from '../../errors.js'

export const metadataFileName = 'metadata.yaml'

/** What ingest needs of a bag's `metadata.yaml`. */
export interface BagMetadata {
  storage: string
  files: readonly string[]
  /** '' for none. */
  compressionFormat: string
  compressionMode: string
}

/**
 * Reads the few lines of `metadata.yaml` that matter, in the one form that rosbag2 writes (https://github.com/ros2/rosbag2,
 * rosbag2_storage): keys of the one top-level mapping, and a block or flow list of files. Null when the folder has none.
 * Throws DataError for a file that is not of this form.
 */
export async function readMetadata(dir: string): Promise<BagMetadata | null> {
  const file = join(dir, metadataFileName)
  if (!existsSync(file)) return null
  const lines = (await readFile(file, 'utf8')).split(/\r?\n/)
  const top = lines.findIndex((line) => line.trim() === 'rosbag2_bagfile_information:')
  const fault = (place: string, expected: string) =>
    new DataError("not a ROS 2 bag's metadata", { file, place, expected })
  if (top < 0) throw fault('line 1', 'rosbag2_bagfile_information')
  const indent = lines[top + 1]?.match(/^ +/)?.[0] ?? ''
  const value = (key: string) => {
    const line = lines.find((candidate) => candidate.startsWith(`${indent}${key}:`))
    return line === undefined ? null : unquoted(line.slice(indent.length + key.length + 1))
  }
  const storage = value('storage_identifier')
  if (!storage) throw fault('storage_identifier', 'the name of a storage')
  const files = listOf(lines, `${indent}relative_file_paths:`)
  if (files.length === 0) throw fault('relative_file_paths', 'at least one file')
  return {
    storage,
    files,
    compressionFormat: value('compression_format')?.toLowerCase() ?? '',
    compressionMode: value('compression_mode')?.toLowerCase() ?? '',
  }
}

function listOf(lines: readonly string[], key: string): string[] {
  const start = lines.findIndex((line) => line.startsWith(key))
  if (start < 0) return []
  const inline = lines[start].slice(key.length).trim()
  if (inline.startsWith('['))
    return inline
      .replace(/^\[|\]$/g, '')
      .split(',')
      .map(unquoted)
      .filter(Boolean)
  const items: string[] = []
  for (const line of lines.slice(start + 1)) {
    const item = line.match(/^ *- (.*)$/)
    if (!item) break
    items.push(unquoted(item[1]))
  }
  return items
}

function unquoted(text: string): string {
  const trimmed = text.trim()
  return /^(".*"|'.*')$/.test(trimmed) ? trimmed.slice(1, -1) : trimmed
}
