import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { DataError } from '../errors.js'
import { FrameWriter } from '../frames.js'
import { gridNamed } from '../grid.js'
import { hashJson } from '../hash.js'
import type { Skip } from '../manifest.js'
import { ObjectWriter } from '../objects.js'
import type { LogInfo, SensorCalibration } from '../schema.js'
import { type Taxonomy, taxonomyNamed } from '../taxonomy.js'
import { toolVersion } from '../version.js'
import type { Finding } from './checks/check.js'
import { FindingError } from './checks/findingError.js'
import { examine, watched } from './checks/runChecks.js'
import type { IngestConfig } from './config.js'
import { hashLookUp } from './fileHashes.js'
import { changedSince } from './fileStamp.js'
import { frameTimes } from './frameTimes.js'
import { countUnmapped, labelsFor, vocabularyOf } from './labels.js'
import { chooseOccupancy, type OccupancyName, occupancies } from './occupancy/occupancies.js'
import type { PlannedLog } from './plan.js'
import type { RawLog, Reader } from './reader.js'
import { readers } from './readers.js'
import { SkipCounter } from './skipCounter.js'
import { writeFrames } from './writeFrames.js'

/** This module's address, for worker threads. */
export const ingestLogUrl = import.meta.url

/** One log's work, as it goes to a worker thread. */
export interface LogJob {
  log: PlannedLog
  /** Absolute path of the folder to write into. */
  dir: string
  config: IngestConfig
}

/** What a log left; `bad` is why it left nothing. */
export type LogOutcome = { findings: Finding[] } & (
  | { bad: null; done: IngestedLog; skipped: Skip[] }
  /** `isPassing`: no fault of its content. The same files may do next time. */
  | { bad: string; isPassing: boolean }
)

export interface IngestedLog {
  info: Omit<LogInfo, 'observedVoxels'>
  calibration: SensorCalibration[]
  /** Observed voxels of each class over all frames. */
  observedVoxels: number[]
}

/** Reads one log and writes its frames. A damaged log is an outcome, and leaves no file; other errors are thrown. */
export async function ingestLog(job: LogJob): Promise<LogOutcome> {
  const skips = new SkipCounter()
  const findings: Finding[] = []
  try {
    const done = await writeLog(job, skips, findings)
    const changed = await changedSince(job.log)
    if (changed) throw changed
    return { bad: null, done, skipped: skips.list(`${job.log.logId}/`), findings }
  } catch (error) {
    if (!(error instanceof DataError || isOfSource(error, job))) throw error
    for (const file of [job.log.file, objectsFileOf(job.log)]) rmSync(join(job.dir, file), { force: true })
    // Readers meet some faults before there is a log to examine.
    if (error instanceof FindingError && !findings.includes(error.finding)) findings.push(error.finding)
    // What looks like damage may be a file that is being written.
    const changed = await changedSince(job.log)
    const isPassing = changed !== null || !(error instanceof DataError)
    return { bad: (changed ?? (error as Error)).message, isPassing, findings }
  }
}

/** What is wrong with the machine, whichever file it shows at first. */
const machineCodes = ['EMFILE', 'ENFILE', 'ENOMEM', 'ENOSPC', 'EDQUOT']

/** A file that has just gone away, or cannot be read, shows as the system's own error. The dataset may lie below the log's folder. */
function isOfSource(error: unknown, { log, dir }: LogJob): boolean {
  const { code = '', path = '' } = error as NodeJS.ErrnoException
  return path.startsWith(log.dir) && !path.startsWith(dir) && !machineCodes.includes(code)
}

async function writeLog({ log, dir, config }: LogJob, skips: SkipCounter, findings: Finding[]): Promise<IngestedLog> {
  const reader: Reader = readers[log.format]
  const fill = { rig: config.rig || null, site: config.site || null, route: config.route || null }
  const raw = await reader.open({ ...log, hashOf: hashLookUp(log) }, fill, skips)
  const [grid, taxonomy] = [gridNamed(config.grid), taxonomyNamed(config.taxonomy)]
  const { vocabulary, labels } = labelsOf(raw, taxonomy, skips)
  const occupancy =
    config.occupancy === 'auto' ? chooseOccupancy(raw, config.frameRateHz) : (config.occupancy as OccupancyName)
  let timesNs: number[] | null = null
  const frameTimesNs = () => (timesNs ??= frameTimes(occupancies[occupancy].offeredNs(raw), config.frameRateHz))
  examine({ log: raw, frameTimesNs, frameRateHz: config.frameRateHz }, findings)
  const calibration = calibrationOf(raw)
  const info = infoOf(raw, calibration, { vocabulary, occupancy, frames: frameTimesNs().length }, log)
  const writer = new FrameWriter(join(dir, log.file), grid, taxonomy, `occlab ${toolVersion} ingest`, info)
  const observedVoxels: number[] = new Array(taxonomy.classes.length).fill(0)
  const seen = watched(raw, grid)
  const objects = raw.boxes && new ObjectWriter(join(dir, objectsFileOf(log)), log.logId)
  try {
    const settings = { grid, taxonomy, labels, config, skips }
    const frames = await writeFrames(
      seen.log,
      occupancy,
      frameTimesNs(),
      settings,
      { frames: writer, objects },
      observedVoxels,
    )
    info.frames = frames
    seen.note(findings)
    writer.close()
    objects?.close()
  } catch (error) {
    writer.abort()
    objects?.abort()
    throw error
  }
  return { info, calibration, observedVoxels }
}

function infoOf(
  { head, boxes }: RawLog,
  calibration: readonly SensorCalibration[],
  made: Pick<LogInfo, 'vocabulary' | 'occupancy' | 'frames'>,
  log: PlannedLog,
): IngestedLog['info'] {
  const calibrationId = calibration[0]?.calibrationId ?? null
  const { format, file, contentHash: sourceHash } = log
  return { ...head, ...made, calibrationId, format, file, objectsFile: boxes && objectsFileOf(log), sourceHash }
}

/** The file of a log's annotated things, beside that of its frames. */
export function objectsFileOf({ file }: Pick<PlannedLog, 'file'>): string {
  return file.replace('frames-', 'objects-')
}

function labelsOf({ dir, head, boxes, sweeps, voxels }: RawLog, taxonomy: Taxonomy, skips: SkipCounter) {
  const boxCategories = boxes?.categories ?? []
  const names = [
    ...boxCategories.map(({ name }) => name),
    ...(sweeps?.pointCategories ?? []),
    ...(voxels?.categories ?? []),
  ]
  const vocabulary = vocabularyOf(head.vocabulary, names, dir)
  const labels = labelsFor(taxonomy, vocabulary)
  countUnmapped(labels, 'box', boxCategories, skips)
  return { vocabulary, labels }
}

/** Logs of one rig with the same mounting share a calibration: its id is the content's. */
function calibrationOf({ head: { rigId }, sensors }: RawLog): SensorCalibration[] {
  const calibrationId = `${rigId}-${hashJson(sensors).slice(0, 8)}`
  return sensors.map((sensor) => ({ calibrationId, rigId, ...sensor }))
}
