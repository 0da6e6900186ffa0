import { statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { DataError } from '../../errors.js'
import { sensorRotation } from '../checks/extrinsics.js'
import type { Sensor } from '../reader.js'
import { readRows } from './jsonRows.js'
import { type AnnotationRow, annotationRow, type PoseRow, poseRow, type SampleDataRow, sampleDataRow } from './rows.js'
import {
  findRows,
  findSweeps,
  found,
  readCategories,
  readLabelFiles,
  readScenes,
  readSensors,
  type Scene,
  type Sensors,
  tableNames,
} from './scenes.js'

const cached = new Map<string, { stamp: string; tables: Promise<Tables> }>()

/**
 * The tables of one version (`v1.0-mini`). The small ones are kept whole; of the large ones (`sample_data` of the whole
 * set has 2.6 million rows and 1.2 GB) only where each scene's rows lie, 16 bytes a row, so that a scene is read by its
 * own rows.
 *
 * Of `sample_data` and `ego_pose` those of the LiDAR are kept: poses 50 ms apart, between which a straight line is off
 * by a millimetre. The other sensors' would be eight times as many.
 */
export class Tables {
  private constructor(
    /** `<root>/v1.0-…`. */
    private readonly dir: string,
    readonly scenes: readonly Scene[],
    private readonly sensors: Sensors,
    /** Category name by the token of an instance. */
    readonly categoryOf: ReadonlyMap<string, string>,
    /** Category names by their code in lidarseg; null when the categories have none. */
    readonly pointCategories: readonly string[] | null,
    /** Label file below the root by the token of a sweep; empty without lidarseg. */
    readonly labelFiles: ReadonlyMap<string, string>,
  ) {}

  /**
   * Reads a version's tables, once a thread as long as they stay as they are. Throws DataError that names a missing
   * table, or file and byte of a row that is not as its table has it.
   */
  static async of(dir: string): Promise<Tables> {
    const stamp = stampOf(dir)
    const known = cached.get(dir)
    if (known?.stamp === stamp) return known.tables
    const tables = Tables.read(dir)
    cached.set(dir, { stamp, tables })
    tables.catch(() => cached.delete(dir))
    return tables
  }

  private static async read(dir: string): Promise<Tables> {
    const sensors = await readSensors(dir)
    const { scenes, sceneOf } = await readScenes(dir)
    const sceneOfPose = await findSweeps(dir, sceneOf, sensors)
    await findRows(dir, 'ego_pose', 'token', (token) => sceneOfPose.get(token)?.poseSpans)
    await findRows(dir, 'sample_annotation', 'sample_token', (token, by) => {
      return found(sceneOf, token, dir, 'sample', by).annotationSpans
    })
    const { categoryOf, pointCategories } = await readCategories(dir)
    return new Tables(dir, scenes, sensors, categoryOf, pointCategories, await readLabelFiles(dir))
  }

  /** The sensors that have files in the scene, by the token of their mounting. Throws FindingError for one that is no rotation. */
  mountings({ calibrations }: Scene): [token: string, Sensor][] {
    const [dir, file] = [dirname(this.dir), `${basename(this.dir)}/calibrated_sensor.json`]
    return [...calibrations].sort().map((token) => {
      const { sensorName, egoFromSensor } = this.sensors.get(token)!
      const q = sensorRotation(egoFromSensor.q, { dir, file, place: `calibrated_sensor ${token}` })
      return [token, { sensorName, egoFromSensor: { q, t: egoFromSensor.t } }]
    })
  }

  /** The scene's turns of the LiDAR, on disk or not. */
  async sweeps({ sweepSpans }: Scene): Promise<SampleDataRow[]> {
    return readRows(join(this.dir, 'sample_data.json'), sweepSpans, sampleDataRow)
  }

  async poses({ poseSpans }: Scene): Promise<PoseRow[]> {
    return readRows(join(this.dir, 'ego_pose.json'), poseSpans, poseRow)
  }

  async annotations({ annotationSpans }: Scene): Promise<AnnotationRow[]> {
    return readRows(join(this.dir, 'sample_annotation.json'), annotationSpans, annotationRow)
  }
}

/** Sizes and times of the tables' files. Throws DataError for one that is missing. */
function stampOf(dir: string): string {
  const facts = [...tableNames, 'lidarseg'].map((name) => {
    const file = join(dir, `${name}.json`)
    const stat = statSync(file, { throwIfNoEntry: false })
    if (!stat && name !== 'lidarseg') throw new DataError('the table is missing', { file, expected: 'this file' })
    return stat && `${stat.size} ${stat.mtimeMs}`
  })
  return facts.join()
}
