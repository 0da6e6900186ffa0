import { copyFileSync, linkSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readArrowTable } from '../../pipeline/arrow/arrowTable.js'
import { Feather } from '../../pipeline/ingest/files/feather.js'
import { codeOf, vocabulary } from '../../pipeline/simulate/categories.js'
import { simulateDefaults } from '../../pipeline/simulate/config.js'
import { planFleet } from '../../pipeline/simulate/plan.js'
import { PointBuffer } from '../../pipeline/simulate/pointBuffer.js'
import { simulateLog } from '../../pipeline/simulate/simulateLog.js'
import { writeSweep } from '../../pipeline/simulate/sweepFile.js'

const sensorLog = join('argoverse2', '7fab2350-7eaf-3b7e-a39d-6937a4c1bede')
const realSweep = '315966265259836000'
const poseFile = 'city_SE3_egovehicle.feather'
const mountFile = join('calibration', 'egovehicle_SE3_sensor.feather')
const sweepGapNs = 100_000_000n

/** A log to measure on, in the Argoverse 2 layout. */
export interface LabelledLog {
  dir: string
  /** What its sweeps are, for the report. */
  what: string
}

/**
 * A log of `sweeps` sweeps at 10 Hz whose points carry labels, with neither boxes nor a map: sweep, poses and calibration
 * of a real Argoverse 2 log, its one labelled sweep at all times; simulated where `data` is null. Of a log that a
 * benchmark writes several times, each `copy` has other times, so that ingest does not take them for the same.
 */
export async function labelledLog(dir: string, sweeps: number, data: string | null, copy = 0): Promise<LabelledLog> {
  if (data) return realLog(dir, sweeps, join(data, sensorLog), BigInt(copy))
  const config = { ...simulateDefaults, logs: copy + 1, sites: ['urban'], rigs: ['sedan64'], weatherShare: 0 }
  const plan = planFleet({ ...config, durationS: sweeps / 10 }, 1)[copy]
  const { points } = simulateLog(plan, `${dir}.simulated`)
  for (const unused of ['annotations.feather', 'map'])
    rmSync(join(`${dir}.simulated`, plan.logId, unused), { recursive: true })
  renameSync(join(`${dir}.simulated`, plan.logId), dir)
  return { dir, what: `simulated sweeps of ${Math.round(points / sweeps).toLocaleString('en-GB')} points` }
}

async function realLog(dir: string, sweeps: number, source: string, shiftNs: bigint): Promise<LabelledLog> {
  const folder = join(dir, 'sensors', 'lidar')
  mkdirSync(folder, { recursive: true })
  mkdirSync(join(dir, 'calibration'))
  for (const file of [poseFile, mountFile]) copyFileSync(join(source, file), join(dir, file))
  const facts = { log_id: `real-${shiftNs}`, vocabulary, site_id: 'PIT', route_id: 'route', rig_id: 'argoverse2' }
  writeFileSync(join(dir, 'log.json'), JSON.stringify(facts))
  const points = await labelled(source)
  const startNs = (await Feather.read(join(source, poseFile))).int64('timestamp_ns')[0] + sweepGapNs + shiftNs
  const file = (index: number) => join(folder, `${startNs + BigInt(index) * sweepGapNs}.feather`)
  writeSweep(file(0), points)
  for (let index = 1; index < sweeps; index++) linkSync(file(0), file(index))
  return { dir, what: `an Argoverse 2 sweep of ${points.count.toLocaleString('en-GB')} points` }
}

/** The real sweep with the labels that its scene-flow file has for it: ground, things that are annotated, the rest. */
async function labelled(source: string): Promise<PointBuffer> {
  const sweep = await readArrowTable(join(source, 'sensors', 'lidar', `${realSweep}.feather`))
  const flow = await readArrowTable(join(source, 'flow_labels.feather'))
  const points = new PointBuffer(sweep.numRows, 0)
  points.count = sweep.numRows
  const from = { x: points.x, y: points.y, z: points.z, intensity: points.intensity }
  const columns = { ...from, laser_number: points.laser, offset_ns: points.offsetNs }
  // All chunks: the files have one for each 65,536 points.
  for (const [name, into] of Object.entries(columns)) into.set(sweep.getChild(name)!.toArray())
  const [isGround, classes] = [flow.getChild('is_ground_0')!, flow.getChild('classes')!]
  for (let p = 0; p < points.count; p++)
    points.semantic[p] = isGround.get(p) ? codeOf.ROAD : classes.get(p) > 0 ? codeOf.CAR : codeOf.BUILDING
  return points
}
