import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { DataError, UsageError } from '../errors.js'
import { gridNamed } from '../grid.js'
import type { Manifest, Skip } from '../manifest.js'
import { openPool, type Pool } from '../pool.js'
import { progress } from '../progress.js'
import { runStage, type UnitOutcome, type Work } from '../stage.js'
import { taxonomyNamed } from '../taxonomy.js'
import type { Finding } from './checks/check.js'
import { findingLine, type LogFinding } from './checks/findingLine.js'
import type { IngestConfig } from './config.js'
import { writeTables } from './datasetTables.js'
import { type Findings, findLogs } from './findLogs.js'
import { type IngestedLog, ingestLog, ingestLogUrl, type LogJob, type LogOutcome } from './ingestLog.js'
import { runLanes } from './lanes.js'
import { occupancies } from './occupancy/occupancies.js'
import { type IngestPlan, type PlannedLog, planLogs } from './plan.js'
import { type Format, readers } from './readers.js'

export interface IngestOptions {
  /** Folders that are logs or contain logs. */
  logs: readonly string[]
  /** The dataset folder to write. */
  out: string
  config: Readonly<IngestConfig>
  replace?: boolean
  /** A bad log, and whatever the checks find, ends the stage instead of being left out and named. */
  strict?: boolean
  /** Logs read at once, each in a thread; changes no byte. */
  jobs?: number
  /** Told of each log that is left out and of each finding, as it happens; by default a line on stderr. */
  warn?: (message: string) => void
}

/**
 * Reads logs and writes a dataset folder. A bad log is left out, counted and named in the manifest; with `strict` it
 * ends the stage. Nothing here is random, so no seed enters the plan.
 *
 * Throws DataError when no log is good, when two different logs have one id, or for a bad log with `strict`; UsageError
 * for a setting that does not exist; and what `runStage` throws.
 */
export async function ingest(options: IngestOptions): Promise<Manifest> {
  const { config, jobs = availableParallelism() } = options
  const format = checkedFormat(config)
  if (!Number.isInteger(jobs) || jobs < 1) throw new UsageError('at least one job is needed', { actual: `${jobs}` })
  const found = await findLogs(options.logs, format)
  // Opened before the logs are hashed: its threads load what they need meanwhile.
  const pool: LogPool = openPool(ingestLogUrl, ingestLog.name, Math.min(jobs, found.logs.length))
  try {
    return await ingestFound(found, { ...options, jobs }, pool)
  } finally {
    await pool.close()
  }
}

type LogPool = Pool<LogJob, LogOutcome>

async function ingestFound(
  found: Findings,
  options: IngestOptions & { jobs: number },
  pool: LogPool,
): Promise<Manifest> {
  const { config, strict = false, warn = warnOnStderr, jobs } = options
  const plan = await hashed(found, jobs)
  for (const { why, where } of plan.duplicates) warn(`${where} is left out: ${why}`)

  const say: Say = {
    leaveOut(reason) {
      if (strict) throw new DataError(reason)
      warn(`a log is left out: ${reason}`)
    },
    found(log, finding) {
      const { check, file, place, expected, actual, effect } = finding
      // What condemns a log is told as the reason why it is left out.
      if (effect === 'log') return
      if (strict) throw new DataError(`${check}: a finding`, { file: join(log.dir, file), place, expected, actual })
      warn(findingLine({ log: log.logId, ...finding }))
    },
  }
  for (const { error } of plan.problems) say.leaveOut(error.message)
  const inputs = Object.fromEntries(plan.logs.map((log) => [log.logId, { path: log.dir, hash: log.contentHash }]))
  const stage = { stage: 'ingest', target: options.out, config, seed: 0, inputs, replace: options.replace }
  const manifest = await runStage(stage, (work) => writeDataset(work, plan, options, pool, say))
  // A dataset that an earlier, not strict run finished is handed back as it is; strictness must hold all the same.
  const [bad] = manifest.details.badLogs as BadLog[]
  if (strict && bad)
    throw new DataError('the dataset was written without a bad log', { file: options.out, place: bad.log })
  const [finding] = findingsIn(manifest)
  if (strict && finding) {
    const place = findingLine(finding)
    throw new DataError('the dataset was written from a log with a finding', { file: options.out, place })
  }
  return manifest
}

/** What the checks found in the logs of a dataset, bad ones included; none in datasets written before there were checks. */
export function findingsIn({ details }: Manifest): LogFinding[] {
  return (details.findings as LogFinding[] | undefined) ?? []
}

/** What there is to tell while logs are read; with `strict` it throws DataError instead. */
interface Say {
  leaveOut(reason: string): void
  found(log: PlannedLog, finding: Finding): void
}

/** A log or folder that was left out, by a name that holds no path of this machine. */
interface BadLog {
  log: string
  why: string
}

function warnOnStderr(message: string): void {
  process.stderr.write(`warning: ${message}\n`)
}

/** Throws UsageError for a setting that names nothing or makes no sense. */
function checkedFormat({ format, grid, taxonomy, occupancy, frameRateHz, sweeps }: IngestConfig): Format | 'auto' {
  const oneOf = (what: string, value: string, names: readonly string[]) => {
    if (!names.includes(value)) throw new UsageError(`no ${what} '${value}'`, { expected: names.join(' | ') })
  }
  oneOf('format', format, ['auto', ...Object.keys(readers)])
  oneOf('occupancy', occupancy, ['auto', ...Object.keys(occupancies)])
  gridNamed(grid)
  taxonomyNamed(taxonomy)
  if (!(frameRateHz > 0)) throw new UsageError('the frame rate must be positive', { actual: `${frameRateHz} Hz` })
  if (!Number.isInteger(sweeps) || sweeps < 1)
    throw new UsageError('a frame needs a whole number of sweeps, its own included', { actual: `${sweeps}` })
  return format as Format | 'auto'
}

/** Throws DataError when there is nothing to ingest. */
async function hashed(found: Findings, jobs: number): Promise<IngestPlan> {
  const bar = progress('reading', found.logs.length, 'logs')
  const plan = await planLogs(found, bar, jobs).finally(() => bar.stop())
  const [problem] = plan.problems
  if (plan.logs.length > 0) return plan
  throw problem
    ? problem.error
    : new DataError('no logs were named', { expected: 'folders that are logs or contain logs' })
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

function skipOf({ log, why }: BadLog): Skip {
  return { what: 'log', why, where: log, count: 1 }
}

async function writeDataset(
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
  if (done.length === 0) throw new DataError('no log is good', { actual: bad[0].why })
  const classes = taxonomyNamed(config.taxonomy).classes.map(({ name }) => name)
  writeTables(work.dir, done, classes)
  noteDetails(work, config, done, bad)
  work.detail('findings', [...outcomes].flatMap(findingsOf))
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
  return { files: [], result: outcome, skipped: [skipOf(badLog(log.logId, log.dir, outcome.bad))] }
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
