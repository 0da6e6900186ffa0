import { join } from 'node:path'
import { DataError, messageOf } from '../errors.js'
import { hashFile, hashJson } from '../hash.js'
import type { Skip } from '../manifest.js'
import type { Progress } from '../progress.js'
import { stampOf } from './fileStamp.js'
import { type Findings, type FoundLog, nameOf, type Problem } from './findLogs.js'
import type { HashedLog } from './reader.js'

/** One log to ingest, and the file it becomes. */
export interface PlannedLog extends HashedLog, FoundLog {
  contentHash: string
  /** Length and last write of each file, by its name, from before it was hashed. */
  stamps: Readonly<Record<string, string>>
  /** `frames-00000.arrow` … in the order of log ids; the number of a log that turns out bad stays empty. */
  file: string
}

export interface IngestPlan {
  /** In the order of their ids, which are all different. */
  logs: PlannedLog[]
  /** Logs given more than once. */
  duplicates: Skip[]
  /** Folders without a log, and logs that cannot be named or read at all. */
  problems: Problem[]
}

/**
 * Hashes the logs and decides what becomes of each. The same content twice (under whatever id, for it would leak from
 * one part of a split to another) is ingested once. Throws DataError when two different logs have the same id.
 */
export async function planLogs({ logs, problems: unnamed }: Findings, bar: Progress): Promise<IngestPlan> {
  const kept = new Map<string, Omit<PlannedLog, 'file'>>()
  const byContent = new Map<string, Omit<PlannedLog, 'file'>>()
  const duplicates: Skip[] = []
  const problems: Problem[] = [...unnamed]
  const known = new Map<string, HashedFile>()
  for (const found of logs) {
    const log = await hashed(found, known)
    bar.tick()
    if (log instanceof DataError) {
      problems.push({ dir: found.dir, name: found.logId, error: log })
      continue
    }
    const twin = byContent.get(log.contentHash)
    if (twin) {
      const why = `'${log.logId}' is the same log as ${nameOf(twin.dir)}`
      duplicates.push({ what: 'log', why, where: nameOf(log.dir), count: 1 })
      continue
    }
    const namesake = kept.get(log.logId)
    if (namesake)
      throw new DataError(`two different logs are called '${log.logId}'`, {
        file: log.dir,
        actual: `another one in ${namesake.dir}`,
      })
    kept.set(log.logId, log)
    byContent.set(log.contentHash, log)
  }
  const sorted = [...kept.values()].sort((a, b) => (a.logId < b.logId ? -1 : 1))
  return { logs: sorted.map((log, index) => ({ ...log, file: frameFile(index) })), duplicates, problems }
}

interface HashedFile {
  hash: string
  stamp: string
}

/** `known` holds the files by their path: logs that share files are many. */
async function hashed(found: FoundLog, known: Map<string, HashedFile>): Promise<Omit<PlannedLog, 'file'> | DataError> {
  const hashes: Record<string, string> = {}
  const stamps: Record<string, string> = {}
  for (const file of found.files) {
    const path = join(found.dir, file)
    try {
      const facts = known.get(path) ?? { stamp: await stampOf(path), hash: await hashFile(path) }
      known.set(path, facts)
      hashes[file] = facts.hash
      stamps[file] = facts.stamp
    } catch (error) {
      return new DataError('cannot be read', { file: path, actual: messageOf(error), cause: error })
    }
  }
  const contentHash = hashJson(found.part === undefined ? hashes : { part: found.part, hashes })
  return { ...found, hashes, stamps, contentHash }
}

function frameFile(index: number): string {
  return `frames-${String(index).padStart(5, '0')}.arrow`
}
