import { mkdirSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Data, Field, Float32, Float64, Int32, Int64, makeData, Schema, Uint8, Utf8 } from 'apache-arrow'
import { writeArrowFile } from '../../../pipeline/arrow/arrowWriter.js'
import { batchOf } from '../../../pipeline/arrow/batchOf.js'
import { batchFromRows } from '../../../pipeline/columns.js'
import { type Pose, poseFromYaw, type Quaternion } from '../../../pipeline/pose.js'

/** Times of the small logs count from here. */
export const startNs = 1_700_000_000_000_000_000n

export interface SmallBox {
  timeS: number
  track: string
  category: string
  sizeM: [number, number, number]
  /** Centre in the ego frame of its time, metres. */
  atM: [number, number, number]
  yawRad?: number
  points?: number
}

export interface SmallSweep {
  timeS: number
  pointsM: [number, number, number][]
  lasers?: number[]
  offsetsNs?: number[]
  semantic?: number[]
  /** Half of its file is missing. */
  isCut?: boolean
}

/** The parts of a small log in the Argoverse 2 layout; a null part's file is not written. */
export interface SmallLog {
  log: Record<string, unknown> | null
  poses: { timeS: number; pose: Pose }[] | null
  boxes: SmallBox[] | null
  sweeps: SmallSweep[] | null
  semanticNames: string[] | null
  /** Without a `q` a sensor is mounted upright. */
  sensors: { name: string; atM: [number, number, number]; q?: Quaternion }[] | null
  /** Rings of drivable areas in the city frame, x y z in metres. */
  drivable: [number, number, number][][] | null
}

export const timestampNs = (timeS: number): bigint => startNs + BigInt(Math.round(timeS * 1e9))

/** The ego drives along the city's x axis at 2 m/s, with a pose every 0.1 s from 0 to `untilS`. */
export function straightPoses(untilS: number, speedMps = 2): { timeS: number; pose: Pose }[] {
  return Array.from({ length: Math.round(untilS * 10) + 1 }, (_, i) => ({
    timeS: i / 10,
    pose: poseFromYaw(0, [(speedMps * i) / 10, 0, 0]),
  }))
}

/** Poses as a reader hands them to a track. */
export function columnsOf(rows: { timeS: number; pose: Pose }[]) {
  return {
    file: 'poses',
    timestampNs: BigInt64Array.from(rows, ({ timeS }) => timestampNs(timeS)),
    q: [0, 1, 2, 3].map((i) => Float64Array.from(rows, ({ pose }) => pose.q[i])),
    t: [0, 1, 2].map((i) => Float64Array.from(rows, ({ pose }) => pose.t[i])),
  }
}

/** A log that everything can be read from: two seconds, one car ahead, one sweep a frame, a square of road. */
export function wholeLog(some: Partial<SmallLog> = {}): SmallLog {
  const times = [0, 0.5, 1, 1.5]
  return {
    log: {
      log_id: 'small',
      fleet: 'argoverse2',
      rig_id: 'rig',
      site_id: 'site',
      route_id: 'route',
      date: '2024-05-06',
      license: 'CC0-1.0',
    },
    poses: straightPoses(2),
    boxes: times.map((timeS) => ({
      timeS,
      track: 'a',
      category: 'REGULAR_VEHICLE',
      sizeM: [4, 2, 2],
      atM: [10, 0, 1],
    })),
    sweeps: times.map((timeS) => ({ timeS, pointsM: [[8.5, 0.3, 1]] })),
    semanticNames: null,
    sensors: [{ name: 'lidar', atM: [0, 0, 2] }],
    drivable: [
      [
        [-100, -3, 0],
        [100, -3, 0],
        [100, 3, 0],
        [-100, 3, 0],
      ],
    ],
    ...some,
  }
}

/** Writes the log into `dir`, which is made. */
export function writeSmallLog(dir: string, log: SmallLog): string {
  for (const folder of ['sensors/lidar', 'calibration', 'map']) mkdirSync(join(dir, folder), { recursive: true })
  if (log.log) writeFileSync(join(dir, 'log.json'), JSON.stringify(log.log))
  if (log.poses)
    writeRows(join(dir, 'city_SE3_egovehicle.feather'), { timestamp_ns: int64, ...poseColumns }, log.poses.map(poseRow))
  if (log.boxes) writeRows(join(dir, 'annotations.feather'), boxColumns, log.boxes.map(boxRow))
  if (log.sensors)
    writeRows(
      join(dir, 'calibration', 'egovehicle_SE3_sensor.feather'),
      { sensor_name: text, ...poseColumns },
      log.sensors.map(({ name, atM, q = [1, 0, 0, 0] }) => ({ sensor_name: name, ...cells({ q, t: atM }) })),
    )
  for (const sweep of log.sweeps ?? []) writeSweep(dir, sweep, log.semanticNames)
  if (log.drivable) {
    const areas = log.drivable.map((ring) => ({ area_boundary: ring.map(([x, y, z]) => ({ x, y, z })) }))
    const archive = { drivable_areas: { ...areas }, lane_segments: {}, pedestrian_crossings: {} }
    writeFileSync(join(dir, 'map', 'log_map_archive_small____TST_city_1.json'), JSON.stringify(archive))
  }
  return dir
}

const int64 = new Int64()
const float64 = new Float64()
const text = new Utf8()
const poseColumns = { qw: float64, qx: float64, qy: float64, qz: float64, tx_m: float64, ty_m: float64, tz_m: float64 }
const boxColumns = {
  timestamp_ns: int64,
  track_uuid: text,
  category: text,
  length_m: float64,
  width_m: float64,
  height_m: float64,
  ...poseColumns,
  num_interior_pts: int64,
}

function cells({ q, t }: Pose): Record<string, number> {
  return { qw: q[0], qx: q[1], qy: q[2], qz: q[3], tx_m: t[0], ty_m: t[1], tz_m: t[2] }
}

function poseRow({ timeS, pose }: { timeS: number; pose: Pose }): Record<string, unknown> {
  return { timestamp_ns: timestampNs(timeS), ...cells(pose) }
}

function boxRow({ timeS, track, category, sizeM, atM, yawRad = 0, points = -1 }: SmallBox): Record<string, unknown> {
  const head = { timestamp_ns: timestampNs(timeS), track_uuid: track, category, num_interior_pts: BigInt(points) }
  return { ...head, length_m: sizeM[0], width_m: sizeM[1], height_m: sizeM[2], ...cells(poseFromYaw(yawRad, atM)) }
}

function writeRows(
  path: string,
  columns: Record<string, Int64 | Float64 | Utf8>,
  rows: Record<string, unknown>[],
): void {
  const schema = new Schema(Object.entries(columns).map(([name, type]) => new Field(name, type, false)))
  writeArrowFile(path, schema, [batchFromRows(schema, rows)], 'lz4')
}

function writeSweep(dir: string, sweep: SmallSweep, semanticNames: string[] | null): void {
  const count = sweep.pointsM.length
  const axis = (a: number) => Float32Array.from(sweep.pointsM, (point) => point[a])
  const columns: [string, Data][] = [
    ...['x', 'y', 'z'].map((name, a): [string, Data] => [name, makeData({ type: new Float32(), data: axis(a) })]),
    ['laser_number', makeData({ type: new Uint8(), data: Uint8Array.from(sweep.lasers ?? new Array(count).fill(0)) })],
    ['offset_ns', makeData({ type: new Int32(), data: Int32Array.from(sweep.offsetsNs ?? new Array(count).fill(0)) })],
  ]
  if (semanticNames)
    columns.push(['semantic', makeData({ type: new Uint8(), data: Uint8Array.from(sweep.semantic ?? []) })])
  const metadata = new Map(semanticNames ? [['semantic_names', JSON.stringify(semanticNames)]] : [])
  const schema = new Schema(
    columns.map(([name, data]) => new Field(name, data.type, false)),
    metadata,
  )
  const batch = batchOf(
    schema,
    columns.map(([, data]) => data),
    count,
  )
  const file = join(dir, 'sensors', 'lidar', `${timestampNs(sweep.timeS)}.feather`)
  writeArrowFile(file, schema, [batch], 'lz4')
  if (sweep.isCut) truncateSync(file, statSync(file).size >> 1)
}
