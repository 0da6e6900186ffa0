import { type DataType, Field, Float64, Int64, Schema, Utf8 } from 'apache-arrow'
import { writeArrowFile } from '../arrow/arrowWriter.js'
import { batchFromRows } from '../columns.js'
import { compose, invert, type Pose, poseFromYaw, quaternionFromEuler, transform, type Vec3 } from '../pose.js'
import { poseStepNs, siteFromEgo } from './egoTrack.js'
import type { Rig } from './rigs.js'
import type { World } from './world.js'

const int64 = new Int64()
const float64 = new Float64()
const text = new Utf8()

function schemaOf(columns: Record<string, DataType>): Schema {
  return new Schema(Object.entries(columns).map(([name, type]) => new Field(name, type, false)))
}

const poseColumns = {
  qw: float64,
  qx: float64,
  qy: float64,
  qz: float64,
  tx_m: float64,
  ty_m: float64,
  tz_m: float64,
}
const posesSchema = schemaOf({ timestamp_ns: int64, ...poseColumns })
const sensorsSchema = schemaOf({ sensor_name: text, ...poseColumns })
const boxesSchema = schemaOf({
  timestamp_ns: int64,
  track_uuid: text,
  category: text,
  length_m: float64,
  width_m: float64,
  height_m: float64,
  ...poseColumns,
  num_interior_pts: int64,
})

type Row = Record<string, unknown>

function poseCells({ q, t }: Pose): Row {
  return { qw: q[0], qx: q[1], qy: q[2], qz: q[3], tx_m: t[0], ty_m: t[1], tz_m: t[2] }
}

function write(path: string, schema: Schema, rows: readonly Row[]): void {
  writeArrowFile(path, schema, [batchFromRows(schema, rows)], 'lz4')
}

/** Unix time of a step of the log's pose raster. */
export function timestampNs({ plan }: World, step: number): bigint {
  return BigInt(plan.startUnixS) * 1_000_000_000n + BigInt(step) * BigInt(poseStepNs)
}

/** `city_SE3_egovehicle.feather`: every pose of the drive. */
export function writePoses(path: string, world: World): void {
  const { ego, site } = world
  const rows = Array.from({ length: ego.xM.length }, (_, i): Row => {
    const { q, t } = siteFromEgo(ego, i + ego.fromStep)
    const inCity: Vec3 = [t[0] + site.cityFromSiteM[0], t[1] + site.cityFromSiteM[1], t[2] + site.cityFromSiteM[2]]
    return { timestamp_ns: timestampNs(world, i + ego.fromStep), ...poseCells({ q, t: inCity }) }
  })
  write(path, posesSchema, rows)
}

/** `calibration/egovehicle_SE3_sensor.feather`: where the rig's sensors sit. */
export function writeSensors(path: string, rig: Rig): void {
  const rows = rig.lidars.map(({ name, pitchDeg, positionM }): Row => {
    const q = quaternionFromEuler(0, (pitchDeg * Math.PI) / 180, 0)
    return { sensor_name: name, ...poseCells({ q, t: positionM }) }
  })
  write(path, sensorsSchema, rows)
}

/**
 * The boxes of one sweep that some part of a sensor's reach touches, at its reference time in the ego frame of that time. `num_interior_pts` counts the sweep's
 * returns from the thing itself; a mover's later returns may lie a little outside its box of the reference time.
 */
export function boxRows(world: World, step: number, timeS: number, ofActor: Int32Array): Row[] {
  const reference = siteFromEgo(world.ego, step)
  const egoFromSite = invert(reference)
  const timestamp = timestampNs(world, step)
  const place = { xM: 0, yM: 0, yawRad: 0 }
  return world.actors.flatMap(({ trackUuid, body, stationAt }, index): Row[] => {
    stationAt(timeS, place)
    const centre: Vec3 = [place.xM, place.yM, body.heightM / 2]
    const [x, y] = transform(egoFromSite, centre)
    if (Math.hypot(x, y) > world.rig.maxRangeM + Math.hypot(body.lengthM, body.widthM) / 2 + 5) return []
    const pose = compose(egoFromSite, poseFromYaw(place.yawRad, centre))
    const size = { length_m: body.lengthM, width_m: body.widthM, height_m: body.heightM }
    const head = { timestamp_ns: timestamp, track_uuid: trackUuid, category: body.category }
    return [{ ...head, ...size, ...poseCells(pose), num_interior_pts: BigInt(ofActor[index]) }]
  })
}

/** `annotations.feather`: the boxes of all sweeps. */
export function writeBoxes(path: string, rows: readonly Row[]): void {
  write(path, boxesSchema, rows)
}
