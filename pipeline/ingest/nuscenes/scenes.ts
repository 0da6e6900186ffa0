import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { DataError } from '../../errors.js'
import type { Sensor } from '../reader.js'
import { checked, forEachRow, readTable, type Spans } from './jsonRows.js'
import {
  calibrationRow,
  categoryRow,
  instanceRow,
  type LogRow,
  lidarsegRow,
  logRow,
  mapRow,
  type SceneRow,
  sampleDataKeys,
  sampleRow,
  sceneRow,
  sensorRow,
} from './rows.js'

/** The tables that every download has, whatever of its files. */
export const tableNames = [
  'scene',
  'log',
  'map',
  'sample',
  'sample_data',
  'ego_pose',
  'calibrated_sensor',
  'sensor',
  'sample_annotation',
  'instance',
  'category',
] as const
export type TableName = (typeof tableNames)[number]

/** The sensor whose turns are the sweeps. */
export const lidarChannel = 'LIDAR_TOP'

/** A keyframe. */
export interface Sample {
  token: string
  /** µs since the Unix epoch. */
  timestampUs: number
}

/** One scene, and where its rows lie in the large tables. */
export interface Scene {
  row: SceneRow
  log: LogRow
  /** Name of the raster map, its token. */
  mapVersion: string | null
  /** In the order of time. */
  samples: Sample[]
  /** Tokens of the mountings of the sensors that have files in the scene. */
  calibrations: Set<string>
  sweepSpans: Spans
  poseSpans: Spans
  annotationSpans: Spans
}

/** The sensors by the token of their mounting. */
export type Sensors = ReadonlyMap<string, Sensor>

/** The row that another one names. Throws DataError for a token without a row. */
export function found<T>(rows: ReadonlyMap<string, T>, token: string, dir: string, table: TableName, by: string): T {
  const row = rows.get(token)
  if (row !== undefined) return row
  throw new DataError(`no row with the token that ${by} names`, { file: join(dir, `${table}.json`), actual: token })
}

const byToken = <T extends { token: string }>(rows: readonly T[]) => new Map(rows.map((row) => [row.token, row]))

/** Every mounting of every sensor, by its token, as the table has it: whether it is a rotation nobody has asked yet. */
export async function readSensors(dir: string): Promise<Map<string, Sensor>> {
  const channels = byToken(await readTable(join(dir, 'sensor.json'), sensorRow))
  const mountings = await readTable(join(dir, 'calibrated_sensor.json'), calibrationRow)
  return new Map(
    mountings.map(({ token, sensor_token, rotation: [w, x, y, z], translation: [tx, ty, tz] }) => {
      const { channel } = found(channels, sensor_token, dir, 'sensor', `calibrated_sensor ${token}`)
      return [token, { sensorName: channel, egoFromSensor: { q: [w, x, y, z], t: [tx, ty, tz] } }]
    }),
  )
}

/** The scenes with their keyframes, and the scene of each keyframe. */
export async function readScenes(dir: string): Promise<{ scenes: Scene[]; sceneOf: Map<string, Scene> }> {
  const logs = byToken(await readTable(join(dir, 'log.json'), logRow))
  const maps = await readTable(join(dir, 'map.json'), mapRow)
  const rows = await readTable(join(dir, 'scene.json'), sceneRow)
  const mapOf = new Map(maps.flatMap(({ log_tokens, filename }) => log_tokens.map((log) => [log, filename] as const)))
  const scenes = new Map(
    rows.map((row): [string, Scene] => {
      const log = found(logs, row.log_token, dir, 'log', `scene ${row.name}`)
      const mapVersion = mapOf.get(row.log_token)?.match(/([^/]+)\.\w+$/)?.[1] ?? null
      const spans = { sweepSpans: [], poseSpans: [], annotationSpans: [] }
      return [row.token, { row, log, mapVersion, samples: [], calibrations: new Set(), ...spans }]
    }),
  )
  const sceneOf = new Map<string, Scene>()
  for (const { token, timestamp, scene_token } of await readTable(join(dir, 'sample.json'), sampleRow)) {
    const scene = found(scenes, scene_token, dir, 'scene', `sample ${token}`)
    scene.samples.push({ token, timestampUs: timestamp })
    sceneOf.set(token, scene)
  }
  for (const { samples } of scenes.values()) samples.sort((a, b) => a.timestampUs - b.timestampUs)
  return { scenes: [...scenes.values()], sceneOf }
}

/** Notes each scene's sensors and the rows of its LiDAR; returns the scene of each of their poses. */
export async function findSweeps(
  dir: string,
  sceneOf: ReadonlyMap<string, Scene>,
  sensors: Sensors,
): Promise<Map<string, Scene>> {
  const file = join(dir, 'sample_data.json')
  const sceneOfPose = new Map<string, Scene>()
  await forEachRow(file, (row, start, length) => {
    const keys = checked(file, row, start, sampleDataKeys)
    const scene = found(sceneOf, keys.sample_token, dir, 'sample', `sample_data at byte ${start}`)
    const by = `sample_data at byte ${start}`
    const { sensorName } = found(sensors, keys.calibrated_sensor_token, dir, 'calibrated_sensor', by)
    scene.calibrations.add(keys.calibrated_sensor_token)
    if (sensorName !== lidarChannel) return
    scene.sweepSpans.push(start, length)
    sceneOfPose.set(keys.ego_pose_token, scene)
  })
  return sceneOfPose
}

/** Notes where the rows of a table lie. */
export async function findRows(
  dir: string,
  table: TableName,
  key: 'token' | 'sample_token',
  spansOf: (token: string, by: string) => Spans | undefined,
): Promise<void> {
  const file = join(dir, `${table}.json`)
  const shape = z.object({ [key]: z.string() })
  await forEachRow(file, (row, start, length) => {
    spansOf(checked(file, row, start, shape)[key], `${table} at byte ${start}`)?.push(start, length)
  })
}

/** Category names by instance, and by the code that lidarseg gives them. */
export async function readCategories(dir: string) {
  const categories = await readTable(join(dir, 'category.json'), categoryRow)
  const named = byToken(categories)
  const instances = await readTable(join(dir, 'instance.json'), instanceRow)
  const categoryOf = new Map(
    instances.map(({ token, category_token }) => [
      token,
      found(named, category_token, dir, 'category', `instance ${token}`).name,
    ]),
  )
  const indexed = categories.filter(({ index }) => index != null)
  const names = Array.from({ length: Math.max(0, ...indexed.map(({ index }) => index! + 1)) }, (_, n) => `code ${n}`)
  for (const { name, index } of indexed) names[index!] = name
  return { categoryOf, pointCategories: names.length > 0 ? names : null }
}

/** The files of `lidarseg.json`, which few downloads have. */
export async function readLabelFiles(dir: string): Promise<Map<string, string>> {
  const file = join(dir, 'lidarseg.json')
  if (!existsSync(file)) return new Map()
  const rows = await readTable(file, lidarsegRow)
  return new Map(rows.map(({ sample_data_token, filename }) => [sample_data_token, filename]))
}
