import { DataError } from '../errors.js'
import { gridNamed } from '../grid.js'
import type { Manifest, Skip } from '../manifest.js'
import type { Pool } from '../pool.js'
import { progress } from '../progress.js'
import type { UnitOutcome, Work } from '../stage.js'
import { taxonomyNamed } from '../taxonomy.js'
import type { Finding } from './checks/check.js'
import { FindingError } from './checks/findingError.js'
import type { LogFinding } from './checks/findingLine.js'
import type { IngestConfig } from './config.js'
import { writeTables } from './datasetTables.js'
import type { Problem } from './findLogs.js'
import type { IngestedLog, LogJob, LogOutcome } from './ingestLog.js'
import { runLanes } from './lanes.js'
import { occupancies } from './occupancy/occupancies.js'
import type { IngestPlan, PlannedLog } from './plan.js'

/** Reads logs, each in a thread. */
export type LogPool = Pool<LogJob, LogOutcome>

/** What there is to tell while logs are read; with `strict` it throws DataError instead. */
export interface Say {
  leaveOut(reason: string): void
  found(log: PlannedLog, finding: Finding): void
}

/** A log or folder that was left out, by a name that holds no path of this machine. */
export interface BadLog {
  log: string
  why: string
}

/** Puts into the manifest what the plan leaves out; returns the bad ones. */
function notePlan(work: Work, { duplicates, problems }: IngestPlan): BadLog[] {
  const bad = problems.map(({ dir, name, error }) => badLog(name, dir, error.message))
  for (const skip of [...duplicates, ...bad.map(skipOf)]) work.skip(skip)
  return bad
}

function badLog(log: string, dir: string, message: string): BadLog {
  return { log, why: message.replaceAll(dir, log) }
}

/** The first three: a user who mends one would meet the next only then. */
function reasons(bad: readonly BadLog[]): string {
  const more = bad.length > 3 ? [`and ${bad.length - 3} more`] : []
  return [...bad.slice(0, 3).map(({ why }) => why), ...more].join('; ')
}

function skipOf({ log, why }: BadLog): Skip {
  return { what: 'log', why, where: log, count: 1 }
}

/**
 * Writes the frames of the plan's logs, `jobs` at once, and the tables beside them. Throws DataError when no log is good, and what
 * `say` throws.
 */
export async function writeDataset(
  work: Work,
  plan: IngestPlan,
  { config, jobs }: { config: IngestConfig; jobs: number },
  pool: LogPool,
  say: Say,
): Promise<void> {
  const bad = notePlan(work, plan)
  const run = (log: PlannedLog) => pool.run({ log, dir: work.dir, config })
  const outcomes = await ingestLogs(work, plan.logs, run, jobs, say)
  const done: IngestedLog[] = []
  for (const [log, outcome] of outcomes) {
    if (outcome.bad === null) done.push(outcome.done)
    else bad.push(badLog(log.logId, log.dir, outcome.bad))
  }
  if (done.length === 0) throw new DataError('no log is good', { actual: reasons(bad) })
  const classes = taxonomyNamed(config.taxonomy).classes.map(({ name }) => name)
  writeTables(work.dir, done, classes)
  noteDetails(work, config, done, bad)
  const lacking = [...outcomes].flatMap(([{ logId }, outcome]) =>
    outcome.bad !== null && outcome.isPassing ? logId : [],
  )
  if (lacking.length > 0) work.detail(lackingDetail, lacking)
  work.detail('findings', [...plan.problems.flatMap(findingOf), ...[...outcomes].flatMap(findingsOf)])
}

/** In a manifest's details: the logs that are left out for something passing. */
const lackingDetail = 'lacking'

/** Whether a log that was left out may do now: its files changed or went away while it was read. */
export function isLacking({ details }: Manifest): boolean {
  return details[lackingDetail] !== undefined
}

/** Some readers meet a fault before there is a log to open. */
function findingOf({ name, error }: Problem): LogFinding[] {
  return error instanceof FindingError ? [{ log: name, ...error.finding }] : []
}

function findingsOf([{ logId }, { findings }]: [PlannedLog, LogOutcome]): LogFinding[] {
  return findings.map((finding) => ({ log: logId, ...finding }))
}

/** Every log's outcome, in the plan's order. */
async function ingestLogs(
  work: Work,
  logs: readonly PlannedLog[],
  run: (log: PlannedLog) => Promise<LogOutcome>,
  jobs: number,
  say: Say,
): Promise<Map<PlannedLog, LogOutcome>> {
  const bar = progress('ingest', logs.length, 'logs')
  const outcomes = new Map<PlannedLog, LogOutcome>()
  try {
    await runLanes(logs, Math.min(jobs, logs.length), async (log) => {
      const outcome = await work.unit(log.logId, async () => unitOf(log, await run(log)))
      outcomes.set(log, outcome)
      for (const finding of outcome.findings) say.found(log, finding)
      if (outcome.bad !== null) say.leaveOut(outcome.bad)
      bar.tick(log.logId)
    })
  } finally {
    bar.stop()
  }
  return new Map(logs.map((log) => [log, outcomes.get(log)!]))
}

function unitOf(log: PlannedLog, outcome: LogOutcome): UnitOutcome<LogOutcome> {
  if (outcome.bad === null) {
    const { file, objectsFile } = outcome.done.info
    return { files: objectsFile ? [file, objectsFile] : [file], result: outcome, skipped: outcome.skipped }
  }
  const skipped = [skipOf(badLog(log.logId, log.dir, outcome.bad))]
  return { files: [], result: outcome, skipped, isPassing: outcome.isPassing }
}

function noteDetails(work: Work, config: IngestConfig, done: readonly IngestedLog[], bad: readonly BadLog[]): void {
  const { name, classes } = taxonomyNamed(config.taxonomy)
  const ofMethod = (method: string) => done.filter(({ info }) => info.occupancy === method).length
  const observed = (index: number) => done.reduce((sum, log) => sum + log.observedVoxels[index], 0)
  work.detail('grid', gridNamed(config.grid))
  work.detail('taxonomy', { name, classes })
  work.detail('frameRateHz', config.frameRateHz)
  work.detail(
    'frames',
    done.reduce((sum, { info }) => sum + info.frames, 0),
  )
  work.detail('logs', done.length)
  work.detail('occupancy', Object.fromEntries(Object.keys(occupancies).map((method) => [method, ofMethod(method)])))
  work.detail('observedVoxels', Object.fromEntries(classes.map((c, index) => [c.name, observed(index)])))
  work.detail('badLogs', bad)
}
