import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { readArrowTable } from '../../../pipeline/arrow/arrowTable.js'
import { hashFolder } from '../../../pipeline/hash.js'
import { transform } from '../../../pipeline/pose.js'
import { categories } from '../../../pipeline/simulate/categories.js'
import { simulateDefaults } from '../../../pipeline/simulate/config.js'
import { poseStepS, siteFromEgo } from '../../../pipeline/simulate/egoTrack.js'
import { halfValue } from '../../../pipeline/simulate/half.js'
import { type LogPlan, planFleet } from '../../../pipeline/simulate/plan.js'
import { simulate } from '../../../pipeline/simulate/simulate.js'
import { simulateLog, sweepSteps } from '../../../pipeline/simulate/simulateLog.js'
import { Sweeper } from '../../../pipeline/simulate/sweeper.js'
import { simulateWorld } from '../../../pipeline/simulate/world.js'
import { rareIndices, taxonomies } from '../../../pipeline/taxonomy.js'
import { noPyarrow, pyarrow } from '../../support/pyarrow.js'
import { tempFolder } from '../../support/tempFolder.js'

/** A short log of the smallest sensor. */
function shortPlan(seed: number, change: Partial<LogPlan> = {}): LogPlan {
  const config = { ...simulateDefaults, logs: 1, rigs: ['tug16'], sites: ['apron'], durationS: 0.2, weatherShare: 0 }
  return { ...planFleet(config, seed)[0], ...change }
}

async function hashOf(plan: LogPlan): Promise<string> {
  const dir = tempFolder()
  simulateLog(plan, dir)
  return hashFolder(join(dir, plan.logId))
}

describe('bytes', () => {
  test('same seed, same bytes; another seed, others', async () => {
    const first = await hashOf(shortPlan(1))
    expect(await hashOf(shortPlan(1, { logId: shortPlan(1).logId }))).toBe(first)
    expect(await hashOf(shortPlan(2))).not.toBe(first)
    expect(await hashOf(shortPlan(1, { weather: 'snow' }))).not.toBe(first)
  })

  test('a fleet is the same however many workers drive it, and finished logs are not driven again', async () => {
    const dir = tempFolder()
    const config = { ...simulateDefaults, rigs: ['tug16'], logs: 3, durationS: 0.4, sweepRateHz: 5 }
    const one = await simulate({ out: join(dir, 'one'), config, seed: 1, jobs: 1 })
    const two = await simulate({ out: join(dir, 'two'), config, seed: 1, jobs: 2 })
    expect(two.hash).toBe(one.hash)
    expect(two.outputs).toEqual(one.outputs)
    expect(one.details).toMatchObject({ sweeps: 6 })
    expect((await simulate({ out: join(dir, 'one'), config, seed: 1 })).hash).toBe(one.hash)
  })
})

describe('a log on disk', () => {
  const plan = shortPlan(1)
  const written = (dir: string) => {
    mkdirSync(dir, { recursive: true })
    return simulateLog(plan, dir)
  }

  test('has the files of an Argoverse 2 log and says what it is', () => {
    const dir = tempFolder()
    const { files, sweeps } = written(dir)
    const log = join(dir, plan.logId)
    expect(readdirSync(log).sort()).toEqual([
      'annotations.feather',
      'calibration',
      'city_SE3_egovehicle.feather',
      'log.json',
      'map',
      'sensors',
    ])
    expect(files).toHaveLength(sweeps + 5)
    const facts = JSON.parse(readFileSync(join(log, 'log.json'), 'utf8'))
    expect(facts).toMatchObject({ log_id: plan.logId, vocabulary: 'occlab-sim', rig_id: 'tug16', site_id: 'apron' })
    expect(readdirSync(join(log, 'map'))[0]).toBe(`log_map_archive_${plan.logId}____APR_city.json`)
  })

  test('has a pose of exactly each sweep’s time, boxes at those times, and each point’s class', async () => {
    const dir = tempFolder()
    written(dir)
    const log = join(dir, plan.logId)
    const times = async (file: string) =>
      new Set((await readArrowTable(join(log, file))).getChild('timestamp_ns')!.toArray() as BigInt64Array)
    const sweeps = readdirSync(join(log, 'sensors', 'lidar')).map((name) => BigInt(name.split('.')[0]))
    expect(await times('annotations.feather')).toEqual(new Set(sweeps.sort()))
    const poses = await times('city_SE3_egovehicle.feather')
    for (const time of sweeps) expect(poses).toContain(time)
    const sweep = await readArrowTable(join(log, 'sensors', 'lidar', `${sweeps[0]}.feather`))
    expect(JSON.parse(sweep.schema.metadata.get('semantic_names')!)).toEqual([...categories])
    expect(sweep.schema.fields.map(({ name }) => name)).toEqual(
      'x y z intensity laser_number offset_ns semantic'.split(' '),
    )
  })

  test.skipIf(noPyarrow)(`pyarrow reads every table of it${noPyarrow}`, () => {
    const dir = tempFolder()
    const { files } = written(dir)
    const tables = files.filter((file) => file.endsWith('.feather'))
    for (const file of tables) {
      const table = pyarrow('read_frames.py', join(dir, file)) as { rows: Record<string, unknown>[]; types: object }
      expect(table.rows.length).toBeGreaterThan(0)
      if (file.includes('/lidar/'))
        expect(table.types).toMatchObject({ x: 'halffloat', offset_ns: 'int32', semantic: 'uint8' })
      if (file.endsWith('annotations.feather'))
        expect(table.types).toMatchObject({ timestamp_ns: 'int64', track_uuid: 'string', num_interior_pts: 'int64' })
    }
  })
})

const categoriesWithBoxes = new Set(categories.slice(categories.indexOf('CAR'), categories.indexOf('WEATHER')))

/** Points and how many of each category, over a few sweeps of a log; and those outside every box of their category. */
function sampleLog(plan: LogPlan) {
  const world = simulateWorld(plan)
  const sweeper = new Sweeper(world)
  const counts = new Map<string, number>()
  const stray: string[] = []
  let boxed = 0
  const at = { xM: 0, yM: 0, yawRad: 0 }
  for (const [index, step] of sweepSteps(plan).entries()) {
    const points = sweeper.sweep(index, step)
    const reference = siteFromEgo(world.ego, step)
    for (let i = 0; i < points.count; i++) {
      const category = categories[points.semantic[i]]
      counts.set(category, (counts.get(category) ?? 0) + 1)
      if (!categoriesWithBoxes.has(category)) continue
      boxed++
      const inEgo = [halfValue(points.x[i]), halfValue(points.y[i]), halfValue(points.z[i])] as const
      // Five sigma of range noise, and half a float16 step.
      const marginM = 5 * 0.03 + Math.max(...inEgo.map(Math.abs)) / 1024
      const [x, y, z] = transform(reference, inEgo)
      const timeS = step * poseStepS + points.offsetNs[i] / 1e9
      const isInside = world.actors.some(({ body, stationAt }) => {
        if (body.category !== category) return false
        stationAt(timeS, at)
        const [dx, dy] = [x - at.xM, y - at.yM]
        if (Math.abs(dx) + Math.abs(dy) > 60) return false
        const [cos, sin] = [Math.cos(at.yawRad), Math.sin(at.yawRad)]
        const isBeside = Math.abs(cos * dx + sin * dy) < body.lengthM / 2 + marginM
        return isBeside && Math.abs(cos * dy - sin * dx) < body.widthM / 2 + marginM && z < body.heightM + marginM
      })
      if (!isInside) stray.push(`${category} at ${x.toFixed(1)}, ${y.toFixed(1)}, sweep ${index}`)
    }
  }
  return { counts, stray, boxed }
}

describe('twelve logs, a sweep every five seconds', () => {
  const plans = planFleet({ ...simulateDefaults, logs: 12, durationS: 20, sweepRateHz: 0.2, rigs: ['shuttle32'] }, 1)
  let samples: ReturnType<typeof sampleLog>[] = []
  beforeAll(() => {
    samples = plans.map(sampleLog)
  })

  test('points of a class lie in a box of that class at their own time', () => {
    expect(samples.reduce((sum, { boxed }) => sum + boxed, 0)).toBeGreaterThan(10_000)
    expect(samples.flatMap(({ stray }) => stray)).toEqual([])
  })

  test('every rare class is seen in several logs', () => {
    const { classes, vocabularies } = taxonomies.fleet
    for (const index of rareIndices(taxonomies.fleet)) {
      const names = Object.entries(vocabularies['occlab-sim']).flatMap(([from, to]) =>
        to === classes[index].name ? [from] : [],
      )
      const seen = samples.filter(({ counts }) => names.some((name) => (counts.get(name) ?? 0) >= 5))
      expect(seen.length, `logs that show ${classes[index].name}`).toBeGreaterThanOrEqual(3)
    }
  })
})
