import { join } from 'node:path'
import { DataError } from '../errors.js'
import { hashJson } from '../hash.js'
import type { Skip } from '../manifest.js'
import { openPool, type Pool } from '../pool.js'
import type { Progress } from '../progress.js'
import type { FileStamp } from './fileStamp.js'
import { type Findings, type FoundLog, nameOf, type Problem } from './findLogs.js'
import { type HashedFile, hashFiles, hashFilesUrl } from './hashFiles.js'
import { runLanes } from './lanes.js'
import type { HashedLog } from './reader.js'

/** One log to ingest, and the file it becomes. */
export interface PlannedLog extends HashedLog, FoundLog {
  contentHash: string
  /** What the system said of each file, by its name, before it was hashed. */
  stamps: Readonly<Record<string, FileStamp>>
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
 * Hashes the logs, `jobs` at once, and decides what becomes of each. The same content twice (under whatever id, for it
 * would leak from one part of a split to another) is ingested once. Throws DataError when two different logs have the
 * same id.
 */
export async function planLogs(found: Findings, bar: Progress, jobs = 1): Promise<IngestPlan> {
  const kept = new Map<string, Omit<PlannedLog, 'file'>>()
  const byContent = new Map<string, Omit<PlannedLog, 'file'>>()
  const duplicates: Skip[] = []
  const problems: Problem[] = [...found.problems]
  for (const log of await hashedLogs(found.logs, bar, jobs)) {
    if (log instanceof UnreadLog) {
      problems.push(log.problem)
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

type HashedFound = Omit<PlannedLog, 'file'>

/** A log one of whose files cannot be read. */
class UnreadLog {
  constructor(readonly problem: Problem) {}
}

/** In the order of the logs, whichever was done first. */
async function hashedLogs(
  logs: readonly FoundLog[],
  bar: Progress,
  jobs: number,
): Promise<(HashedFound | UnreadLog)[]> {
  const lanes = Math.max(1, Math.min(jobs, logs.length))
  const pool = openPool<string[], HashedFile[]>(hashFilesUrl, hashFiles.name, lanes)
  // By path: logs that share files are many.
  const known = new Map<string, Promise<HashedFile>>()
  const done = new Map<FoundLog, HashedFound | UnreadLog>()
  try {
    await runLanes(logs, lanes, async (log) => {
      done.set(log, await hashed(log, known, pool))
      bar.tick()
    })
  } finally {
    await pool.close()
  }
  return logs.map((log) => done.get(log)!)
}

async function hashed(
  found: FoundLog,
  known: Map<string, Promise<HashedFile>>,
  pool: Pool<string[], HashedFile[]>,
): Promise<HashedFound | UnreadLog> {
  const pathOf = (file: string) => join(found.dir, file)
  const fresh = found.files.map(pathOf).filter((path) => !known.has(path))
  const facts = pool.run(fresh)
  for (const [i, path] of fresh.entries()) {
    const fact = facts.then((all) => all[i])
    // Told by whoever waits for it; nobody does once another file has failed.
    fact.catch(() => undefined)
    known.set(path, fact)
  }
  const hashes: Record<string, string> = {}
  const stamps: Record<string, FileStamp> = {}
  for (const file of found.files) {
    const read = await known.get(pathOf(file))!
    if (read.failed !== null) {
      const error = new DataError('cannot be read', { file: pathOf(file), actual: read.failed })
      return new UnreadLog({ dir: found.dir, name: found.logId, error })
    }
    hashes[file] = read.hash
    stamps[file] = read.stamp
  }
  const contentHash = hashJson(found.part === undefined ? hashes : { part: found.part, hashes })
  return { ...found, hashes, stamps, contentHash }
}

function frameFile(index: number): string {
  return `frames-${String(index).padStart(5, '0')}.arrow`
}
