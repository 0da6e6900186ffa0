import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { DataError, UsageError } from '../errors.js'
import { gridNamed } from '../grid.js'
import type { Manifest } from '../manifest.js'
import { openPool } from '../pool.js'
import { progress } from '../progress.js'
import { runStage } from '../stage.js'
import { followed } from '../stageFolders.js'
import { taxonomyNamed } from '../taxonomy.js'
import { findingLine, type LogFinding } from './checks/findingLine.js'
import { holdYoungSpace } from './collectGarbage.js'
import { compileLater } from './compileLater.js'
import type { IngestConfig } from './config.js'
import { type Findings, findLogs } from './findLogs.js'
import { ingestLog, ingestLogUrl } from './ingestLog.js'
import { occupancies } from './occupancy/occupancies.js'
import { type IngestPlan, planLogs } from './plan.js'
import { type Format, readers } from './readers.js'
import { type BadLog, isLacking, type LogPool, type Say, writeDataset } from './writeDataset.js'

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
  /**
   * Told of each log that is left out and of each finding, as it happens; by default a line on stderr. `isInManifest` is false for
   * what the manifest does not say: the dataset is one that an earlier run finished without meeting it.
   */
  warn?: (message: string, isInManifest: boolean) => void
}

/**
 * Reads logs and writes a dataset folder. A bad log is left out, counted and named in the manifest; with `strict` it
 * ends the stage. Nothing here is random, so no seed enters the plan.
 *
 * Throws DataError when no log is good, when two different logs have one id, or for a bad log with `strict`; UsageError
 * for a setting that does not exist and for a dataset that would take the place of its logs; and what `runStage` throws.
 */
export async function ingest(options: IngestOptions): Promise<Manifest> {
  const { config, jobs = availableParallelism() } = options
  const format = checkedFormat(config)
  if (!Number.isInteger(jobs) || jobs < 1) throw new UsageError('at least one job is needed', { actual: `${jobs}` })
  const releases = [holdYoungSpace(), compileLater()]
  try {
    return await ingestAll(await findLogs(options.logs, format), { ...options, jobs })
  } finally {
    for (const release of releases) release()
  }
}

async function ingestAll(found: Findings, options: IngestOptions & { jobs: number }): Promise<Manifest> {
  // Opened before the logs are hashed: its threads load what they need meanwhile.
  const pool: LogPool = openPool(ingestLogUrl, ingestLog.name, Math.min(options.jobs, found.logs.length), true)
  try {
    return await ingestFound(found, options, pool)
  } finally {
    await pool.close()
  }
}

async function ingestFound(
  found: Findings,
  options: IngestOptions & { jobs: number },
  pool: LogPool,
): Promise<Manifest> {
  const { config, strict = false, warn = warnOnStderr, jobs } = options
  await refuseOverLogs(options.out, found)
  const plan = await hashed(found, jobs)
  for (const { why, where } of plan.duplicates) warn(`${where} is left out: ${why}`, true)

  const say: Say = {
    leaveOut(reason) {
      if (strict) throw new DataError(reason)
      warn(`a log is left out: ${reason}`, true)
    },
    found(log, finding) {
      const { check, file, place, expected, actual, effect } = finding
      // What condemns a log is told as the reason why it is left out.
      if (effect === 'log') return
      if (strict) throw new DataError(`${check}: a finding`, { file: join(log.dir, file), place, expected, actual })
      warn(findingLine({ log: log.logId, ...finding }), true)
    },
  }
  for (const { error } of plan.problems) say.leaveOut(error.message)
  const inputs = Object.fromEntries(plan.logs.map((log) => [log.logId, { path: log.dir, hash: log.contentHash }]))
  const stage = { stage: 'ingest', target: options.out, config, seed: 0, inputs, replace: options.replace, isLacking }
  const manifest = await runStage(stage, (work) => writeDataset(work, plan, options, pool, say))
  const badLogs = manifest.details.badLogs as BadLog[]
  for (const { name, error } of plan.problems)
    if (!badLogs.some(({ log }) => log === name)) warn(`not in the dataset of an earlier run: ${error.message}`, false)
  // A dataset that an earlier, not strict run finished is handed back as it is; strictness must hold all the same.
  const [bad] = badLogs
  if (strict && bad)
    throw new DataError('the dataset was written without a bad log', { file: options.out, place: bad.log })
  const [finding] = findingsIn(manifest)
  if (strict && finding) {
    const place = findingLine(finding)
    throw new DataError('the dataset was written from a log with a finding', { file: options.out, place })
  }
  return manifest
}

/** With `replace`, a dataset above its own logs would delete them. */
async function refuseOverLogs(out: string, { logs }: Findings): Promise<void> {
  const target = await followed(out)
  const under = logs.find(({ dir }) => dir === target || dir.startsWith(`${target}/`))
  if (!under) return
  throw new UsageError('the dataset would take the place of its own logs; choose another folder', {
    file: target,
    place: under.dir,
  })
}

/** What the checks found in the logs of a dataset, bad ones included; none in datasets written before there were checks. */
export function findingsIn({ details }: Manifest): LogFinding[] {
  return (details.findings as LogFinding[] | undefined) ?? []
}

export function warnOnStderr(message: string): void {
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
