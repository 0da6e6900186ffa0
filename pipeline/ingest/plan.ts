import { join } from 'node:path'
import { DataError } from '../errors.js'
import type { Skip } from '../manifest.js'
import { openPool, type Pool } from '../pool.js'
import type { Progress } from '../progress.js'
import { collectGarbage } from './collectGarbage.js'
import { contentHashOf, copyHash, type FileHashes, hashesFor } from './fileHashes.js'
import { copyStamp, type FileStamps, stampsFor } from './fileStamp.js'
import { type Findings, type FoundLog, nameOf, type Problem } from './findLogs.js'
import { type FilesBelow, type HashedFiles, hashFiles, hashFilesUrl } from './hashFiles.js'
import { runLanes } from './lanes.js'

/** What is left of hashing so many files is worth a collection. */
const manyFiles = 1000

/** One log to ingest, and the file it becomes. */
export interface PlannedLog extends FoundLog {
  contentHash: string
  hashes: FileHashes
  /** What the system said of each of the files, in their order, before it was hashed. */
  stamps: FileStamps
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
  const hashed = await hashedLogs(found.logs, bar, jobs)
  // What ten thousand files left would else lie beside the first frames; of few it is little.
  if (found.logs.reduce((files, log) => files + log.files.length, 0) >= manyFiles) collectGarbage()
  for (const log of hashed) {
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
  const pool: HashPool = openPool(hashFilesUrl, hashFiles.name, lanes, true)
  const folders = sharedFolders(logs)
  const done = new Map<FoundLog, HashedFound | UnreadLog>()
  try {
    await runLanes(logs, lanes, async (log) => {
      done.set(log, await hashOne(log, folders.get(log.dir) ?? null, pool))
      bar.tick()
    })
  } finally {
    await pool.close()
  }
  return logs.map((log) => done.get(log)!)
}

type HashPool = Pool<FilesBelow, HashedFiles>

/** A file that has been given out to be hashed, and where its hash stands in the answer. */
interface Asked {
  answer: Promise<HashedFiles>
  at: number
}

/** By folder the files that have been given out to be hashed; folders with one log have no other that would ask for them again. */
function sharedFolders(logs: readonly FoundLog[]): Map<string, Map<string, Asked>> {
  const [seen, shared] = [new Set<string>(), new Map<string, Map<string, Asked>>()]
  for (const { dir } of logs)
    if (seen.has(dir)) shared.set(dir, new Map())
    else seen.add(dir)
  return shared
}

async function hashOne(
  found: FoundLog,
  known: Map<string, Asked> | null,
  pool: HashPool,
): Promise<HashedFound | UnreadLog> {
  const { dir, files } = found
  const fresh = known ? files.filter((file) => !known.has(file)) : files
  const answer = pool.run({ dir, files: fresh })
  if (known) for (const [at, file] of fresh.entries()) known.set(file, { answer, at })
  const own = await answer
  const [hashes, stamps] = [hashesFor(files.length), stampsFor(files.length)]
  for (const [index, file] of files.entries()) {
    const asked = known?.get(file)
    const [read, at] = asked ? [await asked.answer, asked.at] : [own, index]
    const failed = read.failures.get(at)
    if (failed !== undefined) {
      const error = new DataError('cannot be read', { file: join(dir, file), actual: failed })
      return new UnreadLog({ dir, name: found.logId, error })
    }
    copyHash(hashes, index, read.hashes, at)
    copyStamp(stamps, index, read.stamps, at)
  }
  return { ...found, hashes, stamps, contentHash: contentHashOf({ ...found, hashes }) }
}

function frameFile(index: number): string {
  return `frames-${String(index).padStart(5, '0')}.arrow`
}
