import { basename, join } from 'node:path'
import { z } from 'zod'
import { DataError } from '../../errors.js'
import { Feather } from '../files/feather.js'
import { FileBuffer } from '../files/fileBuffer.js'
import { dropNotFinite } from '../finitePoints.js'
import type { PoseTrack } from '../poseTrack.js'
import { type HashedLog, type Sensor, type Sweep, type SweepSource, sourceOf } from '../reader.js'
import type { SkipCounter } from '../skipCounter.js'

/** Key of a sweep's schema metadata: category names of the `semantic` column, by code, as a JSON list. */
const semanticNamesKey = 'semantic_names'
const semanticColumn = 'semantic'
const coordinates = ['x', 'y', 'z'] as const
const columns = [...coordinates, 'offset_ns', 'laser_number', semanticColumn]

/** The two LiDARs of Argoverse 2, and the number of lasers of the upper one. */
const [upper, lower, upperLasers] = ['up_lidar', 'down_lidar', 32] as const

/** `sensors/lidar/<timestamp_ns>.feather`: one file a sweep, points in the ego frame of that time. */
export class Sweeps implements SweepSource {
  readonly lidars: readonly Sensor[]
  readonly movingCategories = null
  private readonly buffer = new FileBuffer()
  /** Schema metadata whose labels are known to be those of the first sweep. */
  private labels: ReadonlyMap<string, string> | null = null

  private constructor(
    private readonly log: HashedLog,
    private readonly files: readonly string[],
    readonly timesNs: Float64Array,
    sensors: readonly Sensor[],
    readonly pointCategories: readonly string[] | null,
    private readonly skips: SkipCounter,
  ) {
    const lidars = sensors.filter(({ sensorName }) => /lidar/i.test(sensorName))
    // Upper first: `lidarOf` counts on it.
    this.lidars = lidars.sort((a, b) => Number(b.sensorName === upper) - Number(a.sensorName === upper))
  }

  /** Null when the log has no sweeps. Throws DataError for a file that is not named by its time. */
  static async open(log: HashedLog, sensors: readonly Sensor[], poses: PoseTrack, skips: SkipCounter) {
    const timed = log.files.filter(isSweep).map((file) => ({ file, timeNs: poses.timeNs(timeOf(log.dir, file)) }))
    if (timed.length === 0) return null
    timed.sort((a, b) => a.timeNs - b.timeNs)
    const files = timed.map(({ file }) => file)
    const categories = namesOf(await Feather.read(join(log.dir, files[0]), [semanticColumn]))
    return new Sweeps(
      log,
      files,
      Float64Array.from(timed, ({ timeNs }) => timeNs),
      sensors,
      categories,
      skips,
    )
  }

  async read(index: number, spare?: Sweep): Promise<Sweep> {
    const file = this.files[index]
    const table = Feather.readInto(this.buffer, join(this.log.dir, file), columns)
    const { pointsM, offsetNs, lidar, category } = roomFor(table.rows, this.isLabelled(table), spare)
    const areFinite = table.triplesInto(coordinates, pointsM)
    table.integersInto('offset_ns', offsetNs)
    if (category) table.integersInto(semanticColumn, category)
    this.lidarsInto(lidar, table)
    const sweep: Sweep = {
      timeNs: this.timesNs[index],
      count: table.rows,
      pointsM,
      lidar,
      offsetNs,
      category,
      file,
      source: sourceOf(this.log, file),
    }
    if (!areFinite) dropNotFinite(sweep, this.skips)
    return sweep
  }

  /** Throws DataError when this sweep's labels are not those of the first. */
  private isLabelled(table: Feather): boolean {
    const isLabelled = table.has(semanticColumn)
    // The words themselves are compared once for all sweeps that share a schema.
    if (isLabelled && table.metadata === this.labels) return true
    const names = namesOf(table)
    if (names?.join() === this.pointCategories?.join()) {
      this.labels = table.metadata
      return isLabelled
    }
    const [expected, actual] = [this.pointCategories, names].map((list) => list?.join(', ') ?? 'no labels')
    throw new DataError('labels differ from those of the first sweep', { file: table.file, expected, actual })
  }

  /**
   * Writes which LiDAR took each row's point. Argoverse 2 numbers the lasers of both through: 0–31 are the upper one's, 32–63 the
   * lower one's. Its documentation does not say so; in its data each laser's elevation is constant to 0.05° seen from
   * that sensor, and to no better than 0.13° seen from the other.
   */
  private lidarsInto(lidar: Uint8Array, table: Feather): void {
    if (this.lidars.length === 1) {
      lidar.fill(0)
      return
    }
    const names = this.lidars.map(({ sensorName }) => sensorName)
    if (names.length !== 2 || names[0] !== upper || names[1] !== lower)
      throw new DataError('its calibration does not tell where the rays of its sweeps start', {
        file: join(this.log.dir, 'calibration', 'egovehicle_SE3_sensor.feather'),
        expected: `one LiDAR, or ${upper} and ${lower}`,
        actual: names.join(', ') || 'none',
      })
    table.areAtLeastInto('laser_number', upperLasers, lidar)
  }
}

/** Arrays for a sweep with that many points: those of a spare one where they are long enough. */
function roomFor(points: number, isLabelled: boolean, spare?: Sweep) {
  const fits = spare !== undefined && spare.lidar.length >= points && (spare.category !== null || !isLabelled)
  return {
    pointsM: fits ? spare.pointsM : new Float32Array(3 * points),
    offsetNs: fits ? spare.offsetNs : new Int32Array(points),
    lidar: fits ? spare.lidar : new Uint8Array(points),
    category: !isLabelled ? null : fits ? spare.category : new Uint8Array(points),
  }
}

export function isSweep(file: string): boolean {
  return file.startsWith('sensors/lidar/') && file.endsWith('.feather')
}

function timeOf(dir: string, file: string): bigint {
  const name = basename(file, '.feather')
  if (/^\d{1,19}$/.test(name)) return BigInt(name)
  throw new DataError('a sweep is not named by its time', { file: join(dir, file), expected: '<timestamp_ns>.feather' })
}

/** Null for sweeps without labels. */
function namesOf(table: Feather): string[] | null {
  if (!table.has(semanticColumn)) return null
  const place = `schema metadata '${semanticNamesKey}'`
  try {
    return z
      .array(z.string())
      .min(1)
      .parse(JSON.parse(table.metadata.get(semanticNamesKey) ?? ''))
  } catch (cause) {
    throw new DataError('labelled points without the names of their labels', {
      file: table.file,
      place,
      expected: 'a JSON list of category names',
      cause,
    })
  }
}
