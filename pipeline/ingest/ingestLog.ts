import { rmSync } from 'node:fs'
import { DataError } from '../errors.js'
import { FrameWriter } from '../frames.js'
import { bitAt, type Grid, gridNamed } from '../grid.js'
import { hashJson } from '../hash.js'
import { stopIfInterrupted } from '../interrupt.js'
import type { Skip } from '../manifest.js'
import type { Pose } from '../pose.js'
import type { LogInfo, SensorCalibration } from '../schema.js'
import { type Taxonomy, taxonomyNamed } from '../taxonomy.js'
import { toolVersion } from '../version.js'
import type { IngestConfig } from './config.js'
import { frameTimes, motionBetween } from './frameTimes.js'
import { countUnmapped, type Labels, labelsFor, vocabularyOf } from './labels.js'
import { chooseOccupancy, type OccupancyName, occupancies } from './occupancies.js'
import type { BuiltFrame } from './occupancyMethod.js'
import type { PlannedLog } from './plan.js'
import type { RawLog, Reader } from './reader.js'
import { readers } from './readers.js'
import { SkipCounter } from './skipCounter.js'

/** This module's address, for worker threads. */
export const ingestLogUrl = import.meta.url

/** One log's work, as it goes to a worker thread. */
export interface LogJob {
  log: PlannedLog
  /** Absolute path of the frames file. */
  path: string
  config: IngestConfig
}

/** What a log left; `bad` is why it left nothing. */
export type LogOutcome = { bad: null; done: IngestedLog; skipped: Skip[] } | { bad: string }

export interface IngestedLog {
  info: LogInfo
  calibration: SensorCalibration[]
  /** Observed voxels of each class over all frames. */
  observedVoxels: number[]
}

/** Reads one log and writes its frames. A damaged log is an outcome, and leaves no file; other errors are thrown. */
export async function ingestLog(job: LogJob): Promise<LogOutcome> {
  const skips = new SkipCounter()
  try {
    return { bad: null, done: await writeLog(job, skips), skipped: skips.list(`${job.log.logId}/`) }
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    rmSync(job.path, { force: true })
    return { bad: error.message }
  }
}

async function writeLog({ log, path, config }: LogJob, skips: SkipCounter): Promise<IngestedLog> {
  const reader: Reader = readers[log.format]
  const fill = { rig: config.rig || null, site: config.site || null, route: config.route || null }
  const raw = await reader.open(log, fill, skips)
  const [grid, taxonomy] = [gridNamed(config.grid), taxonomyNamed(config.taxonomy)]
  const labels = labelsOf(raw, taxonomy, skips)
  const occupancy =
    config.occupancy === 'auto' ? chooseOccupancy(raw, config.frameRateHz) : (config.occupancy as OccupancyName)
  const calibration = calibrationOf(raw)
  const { logId, siteId, routeId, rigId, mapVersion, weather, timeOfDay, date, license } = raw.head
  const calibrationId = calibration[0]?.calibrationId ?? null
  const tags = { logId, siteId, routeId, rigId, calibrationId, mapVersion, weather, timeOfDay }
  const writer = new FrameWriter(path, grid, taxonomy, `occlab ${toolVersion} ingest`, tags)
  const observedVoxels: number[] = new Array(taxonomy.classes.length).fill(0)
  let frames = 0
  try {
    frames = await writeFrames(raw, occupancy, { grid, taxonomy, labels, config, skips }, writer, observedVoxels)
    writer.close()
  } catch (error) {
    writer.abort()
    throw error
  }
  const source = { format: log.format, occupancy, frames, file: log.file, sourceHash: log.contentHash }
  return {
    info: { logId, siteId, routeId, rigId, date, license, ...source },
    calibration,
    observedVoxels,
  }
}

interface FrameSettings {
  grid: Grid
  taxonomy: Taxonomy
  labels: Labels
  config: IngestConfig
  skips: SkipCounter
}

async function writeFrames(
  raw: RawLog,
  occupancy: OccupancyName,
  { grid, taxonomy, labels, config, skips }: FrameSettings,
  writer: FrameWriter,
  observedVoxels: number[],
): Promise<number> {
  const method = occupancies[occupancy]
  const times = frameTimes(method.offeredNs(raw), config.frameRateHz)
  if (times.length === 0) throw new DataError('the log has no frames', { file: raw.dir })
  const builder = method.open({ log: raw, grid, taxonomy, labels, sweeps: config.sweeps, skips })
  let before: { timeNs: number; pose: Pose } | null = null
  for (const [frameIndex, timeNs] of times.entries()) {
    stopIfInterrupted()
    const cityFromEgo = raw.poses.at(timeNs)
    const built = await builder.build(timeNs, cityFromEgo)
    const dtS: number = before ? (timeNs - before.timeNs) / 1e9 : 0
    const egoMotion = before && motionBetween(before.pose, cityFromEgo, dtS, config.frameRateHz)
    writer.write({ frameIndex, timestampNs: raw.poses.timestampNs(timeNs), cityFromEgo, egoMotion, ...built })
    tally(built, observedVoxels)
    before = { timeNs, pose: cityFromEgo }
  }
  return times.length
}

function labelsOf({ dir, head, boxes, sweeps, voxels }: RawLog, taxonomy: Taxonomy, skips: SkipCounter): Labels {
  const boxCategories = boxes?.categories ?? []
  const names = [
    ...boxCategories.map(({ name }) => name),
    ...(sweeps?.pointCategories ?? []),
    ...(voxels?.categories ?? []),
  ]
  const labels = labelsFor(taxonomy, vocabularyOf(head.vocabulary, names, dir))
  countUnmapped(labels, 'box', boxCategories, skips)
  return labels
}

/** Logs of one rig with the same mounting share a calibration: its id is the content's. */
function calibrationOf({ head: { rigId }, sensors }: RawLog): SensorCalibration[] {
  const calibrationId = `${rigId}-${hashJson(sensors).slice(0, 8)}`
  return sensors.map((sensor) => ({ calibrationId, rigId, ...sensor }))
}

/** Adds a frame's observed voxels to the count of each class. */
function tally({ semantics, observed }: BuiltFrame, counts: number[]): void {
  for (let voxel = 0; voxel < semantics.length; voxel++) if (bitAt(observed, voxel)) counts[semantics[voxel]]++
}
