import { join } from 'node:path'
import { ArrowFile } from './arrow/arrowFile.js'
import { readArrowTable } from './arrow/arrowTable.js'
import type { Scratch } from './arrow/scratch.js'
import { DataError } from './errors.js'
import { columnsOf, frameOf, poseOf } from './frames.js'
import type { Grid } from './grid.js'
import { type Manifest, readManifest, verifyOutput } from './manifest.js'
import { readObjects } from './objects.js'
import type { Frame, LogInfo, SceneObject, SensorCalibration } from './schema.js'
import type { DatasetTaxonomy } from './taxonomy.js'

/** What of a frame is read, and where to. */
export interface ReadOptions<P extends keyof Frame = keyof Frame> {
  /** The parts that are wanted, the others are not unpacked; all where it is left out. */
  parts?: readonly P[]
  /**
   * Memory that the frame's arrays lie in: they are good until the next reading with it. Where it is left out, every
   * frame has arrays of its own, which takes twice as long.
   */
  into?: Scratch
}

/** A dataset folder, open for reading. Frames are numbered log by log in the order of `logs`. */
export interface Dataset {
  readonly dir: string
  readonly manifest: Manifest
  readonly grid: Grid
  readonly taxonomy: DatasetTaxonomy
  readonly logs: readonly LogInfo[]
  readonly frameCount: number
  /** Number of the first frame of each log, by log id. */
  readonly firstFrame: ReadonlyMap<string, number>
  /** Frame by its number; the files hold one open reader each, and one batch at a time is in memory. */
  frame<P extends keyof Frame = keyof Frame>(index: number, options?: ReadOptions<P>): Promise<Pick<Frame, P>>
  /** Frames of one log, in time order, streamed. */
  frames<P extends keyof Frame = keyof Frame>(logId: string, options?: ReadOptions<P>): AsyncGenerator<Pick<Frame, P>>
  /**
   * Annotated things of a log's frames, by frame index; a frame that is missing has none, or is not covered (its
   * `objectCount` tells). Null for a log without annotations.
   */
  objects(logId: string): Promise<ReadonlyMap<number, readonly SceneObject[]> | null>
  calibrations(): Promise<SensorCalibration[]>
  close(): Promise<void>
}

/** Opens a dataset folder. Throws DataError when it is not one, or a file is missing or damaged. */
export async function openDataset(dir: string): Promise<Dataset> {
  const manifest = await readManifest(dir, 'ingest')
  await verifyOutput(dir, manifest, 'logs.arrow')
  const logs = await readLogs(join(dir, 'logs.arrow'))
  const { grid, taxonomy } = manifest.details as { grid: Grid; taxonomy: DatasetTaxonomy }
  return new DatasetFolder(dir, manifest, grid, taxonomy, logs)
}

class DatasetFolder implements Dataset {
  readonly frameCount: number
  readonly firstFrame: ReadonlyMap<string, number>
  private readonly files = new Map<string, Promise<ArrowFile>>()
  private readonly batchRows = new Map<ArrowFile, number>()

  constructor(
    readonly dir: string,
    readonly manifest: Manifest,
    readonly grid: Grid,
    readonly taxonomy: DatasetTaxonomy,
    readonly logs: readonly LogInfo[],
  ) {
    let total = 0
    const first = new Map<string, number>()
    for (const log of logs) {
      first.set(log.logId, total)
      total += log.frames
    }
    this.firstFrame = first
    this.frameCount = total
  }

  async frame<P extends keyof Frame>(index: number, options: ReadOptions<P> = {}): Promise<Pick<Frame, P>> {
    const log = this.logs.findLast((candidate) => this.firstFrame.get(candidate.logId)! <= index)
    if (!log || index >= this.frameCount) throw new RangeError(`frame ${index} of ${this.frameCount}`)
    const row = index - this.firstFrame.get(log.logId)!
    const file = await this.open(log)
    const rows = this.rowsPerBatch(file)
    const batch = await file.readColumns(Math.floor(row / rows), batchOptions(options))
    return frameOf(batch, row % rows, options.parts as P[])
  }

  async *frames<P extends keyof Frame>(logId: string, options: ReadOptions<P> = {}): AsyncGenerator<Pick<Frame, P>> {
    const file = await this.open(this.logNamed(logId))
    for (let i = 0; i < file.batchCount; i++) {
      const batch = await file.readColumns(i, batchOptions(options))
      for (let row = 0; row < batch.numRows; row++) yield frameOf(batch, row, options.parts as P[])
    }
  }

  async objects(logId: string): Promise<Map<number, SceneObject[]> | null> {
    const file = this.logNamed(logId).objectsFile
    if (file === null) return null
    await verifyOutput(this.dir, this.manifest, file)
    return readObjects(join(this.dir, file))
  }

  async calibrations(): Promise<SensorCalibration[]> {
    const table = await readArrowTable(join(this.dir, 'calibrations.arrow'))
    return table.toArray().map((row) => ({
      calibrationId: row.calibration_id,
      rigId: row.rig_id,
      sensorName: row.sensor_name,
      egoFromSensor: poseOf(row.ego_from_sensor),
    }))
  }

  async close(): Promise<void> {
    // A file that did not open has said so to whoever asked for it.
    for (const file of this.files.values()) await (await file.catch(() => null))?.close()
    this.files.clear()
    this.batchRows.clear()
  }

  private rowsPerBatch(file: ArrowFile): number {
    const known = this.batchRows.get(file)
    if (known !== undefined) return known
    const rows = file.rowsPerBatch()
    this.batchRows.set(file, rows)
    return rows
  }

  private logNamed(logId: string): LogInfo {
    const log = this.logs.find((candidate) => candidate.logId === logId)
    if (!log) throw new RangeError(`no log '${logId}'`)
    return log
  }

  private open(log: LogInfo): Promise<ArrowFile> {
    const known = this.files.get(log.file)
    if (known) return known
    // Checked once a file, before it is parsed: damage that keeps the format's shape would pass as data.
    const opened = verifyOutput(this.dir, this.manifest, log.file).then(() => ArrowFile.open(join(this.dir, log.file)))
    this.files.set(log.file, opened)
    return opened
  }
}

function batchOptions({ parts, into }: ReadOptions) {
  return { columns: parts && columnsOf(parts), into }
}

async function readLogs(path: string): Promise<LogInfo[]> {
  const table = await readArrowTable(path)
  if (table.numRows === 0) throw new DataError('the dataset has no logs', { file: path })
  return table.toArray().map((row) => ({
    logId: row.log_id,
    siteId: row.site_id,
    routeId: row.route_id,
    rigId: row.rig_id,
    // Datasets written before these columns were kept lack them.
    calibrationId: row.calibration_id ?? null,
    mapVersion: row.map_version ?? null,
    weather: row.weather ?? null,
    timeOfDay: row.time_of_day ?? null,
    date: row.date,
    license: row.license,
    vocabulary: row.vocabulary ?? null,
    format: row.format,
    occupancy: row.occupancy,
    frames: row.frames,
    observedVoxels: countsOf(row.observed_voxels ?? null),
    file: row.file,
    objectsFile: row.objects_file ?? null,
    sourceHash: row.source_hash,
  }))
}

function countsOf(counts: Iterable<[string, bigint]> | null): Record<string, number> | null {
  return counts && Object.fromEntries([...counts].map(([name, count]) => [name, Number(count)]))
}
