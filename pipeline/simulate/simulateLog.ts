import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { vocabulary } from './categories.js'
import { poseStepS } from './egoTrack.js'
import { boxRows, timestampNs, writeBoxes, writePoses, writeSensors } from './logTables.js'
import { mapOf } from './mapFile.js'
import type { LogPlan } from './plan.js'
import { Sweeper } from './sweeper.js'
import { writeSweep } from './sweepFile.js'
import { simulateWorld, type World } from './world.js'

/** What a log came to, for the manifest. */
export interface SimulatedLog {
  logId: string
  /** Paths below the folder that holds the log's. */
  files: string[]
  sweeps: number
  points: number
  boxes: number
}

/** Version of the sites' geometry, as `log.json` states it. */
const mapVersion = 'occlab-sim-v1'

/**
 * Drives one log and writes it into `<dir>/<log id>` in the layout of an Argoverse 2 sensor log, with a `log.json` that
 * names rig, site, route and weather. The bytes depend on the plan alone.
 */
export function simulateLog(plan: LogPlan, dir: string): SimulatedLog {
  const world = simulateWorld(plan)
  const files: string[] = []
  const at = (...path: string[]) => {
    files.push([plan.logId, ...path].join('/'))
    return join(dir, plan.logId, ...path)
  }
  for (const folder of ['sensors/lidar', 'calibration', 'map'])
    mkdirSync(join(dir, plan.logId, folder), { recursive: true })
  const sweeper = new Sweeper(world)
  const boxes: Record<string, unknown>[] = []
  let points = 0
  const steps = sweepSteps(plan)
  steps.forEach((step, index) => {
    const sweep = sweeper.sweep(index, step)
    writeSweep(at('sensors', 'lidar', `${timestampNs(world, step)}.feather`), sweep)
    boxes.push(...boxRows(world, step, step * poseStepS, sweep.ofActor))
    points += sweep.count
  })
  writeBoxes(at('annotations.feather'), boxes)
  writePoses(at('city_SE3_egovehicle.feather'), world)
  writeSensors(at('calibration', 'egovehicle_SE3_sensor.feather'), world.rig)
  const mapName = `log_map_archive_${plan.logId}____${world.site.cityCode}_city.json`
  writeFileSync(at('map', mapName), JSON.stringify(mapOf(world.site)))
  writeFileSync(at('log.json'), `${JSON.stringify(logFacts(world), null, 1)}\n`)
  return { logId: plan.logId, files, sweeps: steps.length, points, boxes: boxes.length }
}

/** The steps of the pose raster at which sweeps start: every sweep has a pose of exactly its timestamp. */
export function sweepSteps({ durationS, sweepRateHz }: LogPlan): number[] {
  const count = Math.max(1, Math.floor(durationS * sweepRateHz + 1e-9))
  return Array.from({ length: count }, (_, k) => Math.round(k / sweepRateHz / poseStepS))
}

function logFacts({ plan, site, rig }: World): object {
  return {
    log_id: plan.logId,
    fleet: 'occlab-sim',
    vocabulary,
    rig_id: rig.id,
    site_id: site.id,
    route_id: plan.routeId,
    date: plan.date,
    weather: plan.weather,
    time_of_day: plan.timeOfDay,
    map_version: mapVersion,
    license: 'CC0-1.0',
  }
}
