import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openDataset } from '../../../pipeline/dataset.js'
import { DataError, LockedError, UsageError } from '../../../pipeline/errors.js'
import { type IngestConfig, ingestDefaults } from '../../../pipeline/ingest/config.js'
import { ingest } from '../../../pipeline/ingest/ingest.js'
import type { Manifest } from '../../../pipeline/manifest.js'
import { classIndex } from '../../../pipeline/taxonomy.js'
import { tempFolder } from '../../support/tempFolder.js'
import { voxelAt } from './datasetOf.js'
import { type SmallLog, straightPoses, wholeLog, writeSmallLog } from './smallLog.js'

interface Run {
  manifest: Manifest
  warnings: string[]
  out: string
}

async function run(
  logs: string[],
  options: { config?: Partial<IngestConfig>; strict?: boolean; out?: string } = {},
): Promise<Run> {
  const { config = {}, strict, out = join(tempFolder(), 'dataset') } = options
  const warnings: string[] = []
  const warn = (message: string) => warnings.push(message)
  const manifest = await ingest({ logs, out, config: { ...ingestDefaults, ...config }, strict, warn })
  return { manifest, warnings, out }
}

const named = (logId: string, some: Partial<SmallLog> = {}): SmallLog => {
  const log = wholeLog(some)
  return { ...log, log: { ...log.log, log_id: logId } }
}
const pose = 'city_SE3_egovehicle.feather'
const sweep = 'sensors/lidar/1700000000000000000.feather'
const calibration = 'calibration/egovehicle_SE3_sensor.feather'

/** What is done to a good log, where the message says it is, and what it says. */
const faults: Record<
  string,
  { break: (dir: string) => void; place: string; says: string; config?: Partial<IngestConfig> }
> = {
  'a truncated sweep': {
    break: (dir) => truncateSync(join(dir, sweep), 400),
    place: `${sweep}, byte 400`,
    says: 'truncated Arrow file',
  },
  'an empty sweep file': {
    break: (dir) => truncateSync(join(dir, sweep), 0),
    place: `${sweep}, byte 0`,
    says: 'not an Arrow file',
  },
  'a sweep full of rubbish': {
    break: (dir) => {
      const bytes = readFileSync(join(dir, sweep))
      writeFileSync(
        join(dir, sweep),
        Buffer.concat([bytes.subarray(0, 8), bytes.subarray(8, -10).reverse(), bytes.subarray(-10)]),
      )
    },
    place: sweep,
    says: 'corrupt Arrow file',
  },
  'truncated annotations': {
    break: (dir) => truncateSync(join(dir, 'annotations.feather'), 1000),
    place: 'annotations.feather, byte 1000',
    says: 'truncated Arrow file',
  },
  'no poses': { break: (dir) => rmSync(join(dir, pose)), place: pose, says: 'the log has no poses' },
  'a pose that is none': {
    break: (dir) => {
      const poses = straightPoses(2)
      poses[3].pose = { q: [0, 0, 0, 0], t: [0, 0, 0] }
      writeSmallLog(dir, named('bad', { poses }))
    },
    place: `${pose}, row 3`,
    says: 'not a pose',
  },
  'no annotations for occupancy from boxes': {
    break: (dir) => rmSync(join(dir, 'annotations.feather')),
    place: 'bad',
    says: 'no annotations to take occupancy from',
    config: { occupancy: 'boxes' },
  },
  'no sweeps for occupancy from LiDAR': {
    break: (dir) => rmSync(join(dir, 'sensors'), { recursive: true }),
    place: 'bad',
    says: 'no sweeps to take occupancy from',
    config: { occupancy: 'lidar' },
  },
  'neither sweeps nor annotations': {
    break: (dir) => {
      rmSync(join(dir, 'sensors'), { recursive: true })
      rmSync(join(dir, 'annotations.feather'))
    },
    place: 'bad',
    says: 'neither voxels nor sweeps nor boxes',
  },
  'no calibration for the rays of its sweeps': {
    break: (dir) => rmSync(join(dir, calibration)),
    place: calibration,
    says: 'expected one LiDAR, or up_lidar and down_lidar, found none',
  },
  'a column that is missing': {
    break: (dir) => cpSync(join(dir, calibration), join(dir, sweep)),
    place: `${sweep}, column 'x'`,
    says: 'a column is missing',
  },
  'a sweep without a time in its name': {
    break: (dir) => cpSync(join(dir, sweep), join(dir, 'sensors', 'lidar', 'first.feather')),
    place: 'sensors/lidar/first.feather',
    says: 'a sweep is not named by its time',
  },
  'a sweep whose labels are not those of the first': {
    break: (dir) => {
      const pointsM: [number, number, number][] = [[5, 0, 1]]
      const log = (name: string, timeS: number) => {
        return named('bad', { semanticNames: ['CHILD', name], sweeps: [{ timeS, pointsM, semantic: [1] }], boxes: [] })
      }
      rmSync(join(dir, 'sensors'), { recursive: true })
      writeSmallLog(dir, log('WORKER', 0))
      writeSmallLog(dir, log('CONE', 0.5))
    },
    place: 'sensors/lidar/1700000000500000000.feather',
    says: 'expected CHILD, WORKER, found CHILD, CONE',
  },
  'labels without names': {
    break: (dir) =>
      writeSmallLog(dir, named('bad', { semanticNames: [], sweeps: [{ timeS: 0, pointsM: [], semantic: [] }] })),
    place: `${sweep}, schema metadata 'semantic_names'`,
    says: 'labelled points without the names of their labels',
  },
  'a map that is no map': {
    break: (dir) =>
      writeFileSync(join(dir, 'map', 'log_map_archive_small____TST_city_1.json'), '{"drivable_areas":{"1":{}}}'),
    place: 'map/log_map_archive_small____TST_city_1.json, drivable_areas.1.area_boundary',
    says: 'not a map',
  },
  'a description with a bad date': {
    break: (dir) => writeFileSync(join(dir, 'log.json'), JSON.stringify({ log_id: 'bad', date: '6 May' })),
    place: 'log.json, date',
    says: 'not a log description',
  },
  'a description that is no JSON': {
    break: (dir) => writeFileSync(join(dir, 'log.json'), '{'),
    place: 'log.json',
    says: 'not JSON',
  },
  'a description without a site': {
    break: (dir) => writeFileSync(join(dir, 'log.json'), JSON.stringify({ log_id: 'bad', rig_id: 'r', route_id: 'r' })),
    place: 'log.json, site_id',
    says: 'pass --site',
  },
  'category names of two vocabularies': {
    break: (dir) => {
      const box = {
        timeS: 0,
        track: 't',
        sizeM: [1, 1, 1] as [number, number, number],
        atM: [5, 5, 1] as [number, number, number],
      }
      const boxes = ['REGULAR_VEHICLE', 'vehicle.car'].map((category) => ({ ...box, category, track: category }))
      const log = { log_id: 'bad', rig_id: 'r', site_id: 's', route_id: 'r' }
      writeSmallLog(dir, wholeLog({ log, boxes }))
    },
    place: 'bad',
    says: 'found argoverse2 and nuscenes',
  },
}

describe.each(Object.entries(faults))('%s', (_name, { break: plant, place, says, config }) => {
  const folders = () => {
    const parent = tempFolder()
    const good = writeSmallLog(join(parent, 'good'), named('good'))
    const bad = writeSmallLog(join(parent, 'bad'), named('bad'))
    plant(bad)
    return { parent, good, bad }
  }

  test('stops that log alone, and is named and counted', async () => {
    const { parent, bad } = folders()
    const { manifest, warnings, out } = await run([parent], { config })
    const dataset = await openDataset(out)
    expect(dataset.logs.map(({ logId }) => logId)).toEqual(['good'])
    expect(await dataset.frame(0)).toMatchObject({ logId: 'good' })
    await dataset.close()
    const where = place === 'bad' ? bad : `${bad}/${place}`
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain(`a log is left out: ${where}: `)
    expect(warnings[0]).toContain(says)
    const skips = manifest.skipped.filter(({ what }) => what === 'log')
    expect(skips).toHaveLength(1)
    expect(skips[0].count).toBe(1)
    expect(skips[0].why).toContain(says)
    expect(JSON.stringify(manifest)).not.toContain(parent)
    expect(readdirSync(out).filter((name) => name.startsWith('frames-'))).toHaveLength(1)
  })

  test('ends a strict run, and leaves nothing under the target', async () => {
    const { parent } = folders()
    const out = join(tempFolder(), 'dataset')
    const strict = run([parent], { config, strict: true, out })
    await expect(strict).rejects.toThrow(DataError)
    await expect(strict).rejects.toThrow(says)
    expect(existsSync(out)).toBe(false)
  })

  test('alone, there is no dataset', async () => {
    const { bad } = folders()
    const out = join(tempFolder(), 'dataset')
    const alone = run([bad], { config, out })
    await expect(alone).rejects.toThrow(DataError)
    await expect(alone).rejects.toThrow(says)
    expect(existsSync(out)).toBe(false)
  })
})

describe('points and boxes that are no points and no boxes', () => {
  test('NaN and infinite points are dropped and counted, with the first row', async () => {
    const parent = tempFolder()
    const pointsM: [number, number, number][] = [
      [5, 0, 1],
      [Number.NaN, 1, 1],
      [6, 1, 1],
      [1, Number.POSITIVE_INFINITY, 1],
      [7, 1, Number.NEGATIVE_INFINITY],
    ]
    const dir = writeSmallLog(join(parent, 'a'), named('a', { boxes: [], sweeps: [{ timeS: 0, pointsM }] }))
    const { manifest, out } = await run([dir])
    expect(manifest.skipped).toEqual([
      { what: 'point', why: 'coordinates are not finite', where: `a/${sweep}, row 1`, count: 3 },
    ])
    const dataset = await openDataset(out)
    const { lidarPoints, semantics } = await dataset.frame(0)
    await dataset.close()
    expect(lidarPoints).toBe(2)
    const others = classIndex(dataset.taxonomy, 'others')
    const places: [number, number, number][] = [
      [5, 0, 1],
      [6, 1, 1],
    ]
    expect(places.map((placeM) => semantics[voxelAt(dataset.grid, ...placeM)])).toEqual([others, others])
  })

  test('boxes without volume or with NaN are dropped and counted', async () => {
    const box = { timeS: 0, track: 't', category: 'BUS' }
    const boxes = [
      { ...box, sizeM: [4, 2, 2] as [number, number, number], atM: [9, 0, 1] as [number, number, number] },
      { ...box, sizeM: [4, 0, 2] as [number, number, number], atM: [9, 0, 1] as [number, number, number] },
      { ...box, sizeM: [4, 2, 2] as [number, number, number], atM: [Number.NaN, 0, 1] as [number, number, number] },
    ]
    const dir = writeSmallLog(join(tempFolder(), 'a'), named('a', { boxes, sweeps: null }))
    const { manifest } = await run([dir])
    const why = 'not finite, without volume, or without a unit quaternion'
    expect(manifest.skipped).toEqual([{ what: 'box', why, where: 'a/annotations.feather, row 1', count: 2 }])
  })

  test('a category that no table knows becomes others and is counted, with the first row', async () => {
    const box = { timeS: 0, sizeM: [4, 2, 2] as [number, number, number] }
    const boxes = [
      { ...box, track: 'a', category: 'REGULAR_VEHICLE', atM: [9, 0, 1] as [number, number, number] },
      { ...box, track: 'b', category: 'HOVERCRAFT', atM: [9, 9, 1] as [number, number, number] },
      { ...box, track: 'c', category: 'HOVERCRAFT', atM: [9, -9, 1] as [number, number, number] },
    ]
    // Told from its names alone: the unknown one says nothing, the known one enough.
    const log = { log_id: 'a', rig_id: 'r', site_id: 's', route_id: 'r' }
    const dir = writeSmallLog(join(tempFolder(), 'a'), wholeLog({ log, boxes, sweeps: null }))
    const { manifest } = await run([dir])
    const why = "'HOVERCRAFT' of a box is not in the table: became others"
    expect(manifest.skipped).toEqual([{ what: 'category', why, where: 'a/annotations.feather, row 1', count: 2 }])
    const { others, car } = manifest.details.observedVoxels as Record<string, number>
    // 5×3 centres in x and z; in y from −1 to 1 two of them, from 8 to 10 three.
    expect([car, others]).toEqual([5 * 2 * 3, 2 * 5 * 3 * 3])
  })
})

describe('a log given twice', () => {
  test('with the same content is ingested once; both folders are named', async () => {
    const parent = tempFolder()
    for (const folder of ['one', 'two']) writeSmallLog(join(parent, folder), named('same'))
    const { manifest, warnings } = await run([parent])
    expect(manifest.details.logs).toBe(1)
    const where = `${parent.split('/').at(-1)}/two`
    const why = `'same' is the same log as ${parent.split('/').at(-1)}/one`
    expect(manifest.skipped).toEqual([{ what: 'log', why, where, count: 1 }])
    expect(warnings).toEqual([`${where} is left out: ${why}`])
  })

  test('under another id (a copied folder without a description) is still the same log', async () => {
    const parent = tempFolder()
    for (const folder of ['one', 'two']) writeSmallLog(join(parent, folder), wholeLog({ log: null }))
    const { manifest } = await run([parent])
    expect(manifest.details.logs).toBe(1)
    expect(manifest.skipped.map(({ what }) => what)).toEqual(['log'])
  })

  test('by the same path is one log, and no duplicate', async () => {
    const dir = writeSmallLog(join(tempFolder(), 'one'), named('same'))
    const { manifest } = await run([dir, dir, join(dir, '..')])
    expect(manifest.details.logs).toBe(1)
    expect(manifest.skipped).toEqual([])
  })

  test('with other content is an error that names both folders, strict or not', async () => {
    const parent = tempFolder()
    writeSmallLog(join(parent, 'one'), named('same'))
    writeSmallLog(join(parent, 'two'), named('same', { poses: straightPoses(2, 3) }))
    const both = run([parent])
    await expect(both).rejects.toThrow(DataError)
    await expect(both).rejects.toThrow(join(parent, 'one'))
    await expect(both).rejects.toThrow(join(parent, 'two'))
  })
})

describe('folders', () => {
  test('an empty one, one of something else: an error that names it', async () => {
    const dir = tempFolder()
    await expect(run([dir])).rejects.toThrow(`${dir}: no log here that a reader recognises`)
    mkdirSync(join(dir, 'photos'))
    writeFileSync(join(dir, 'photos', 'cat.jpg'), 'meow')
    await expect(run([dir])).rejects.toThrow(DataError)
    await expect(run([dir])).rejects.toThrow(`${dir}: no log here that a reader recognises`)
  })

  test('several bad logs and no good one: the reasons of the first three, and how many more', async () => {
    const parent = tempFolder()
    for (const name of ['a', 'b', 'c', 'd', 'e'])
      writeSmallLog(join(parent, name), { ...named(name), log: { log_id: name, rig_id: 'rig', route_id: 'route' } })
    const lacks = (name: string) => `${name}/log.json, site_id: the log does not say its site; pass --site`
    const said = `no log is good (found ${lacks('a')}; ${lacks('b')}; ${lacks('c')}; and 2 more)`
    await expect(run([parent])).rejects.toThrow(said)
  })

  test('one of something else beside logs is left out and named', async () => {
    const parent = tempFolder()
    writeSmallLog(join(parent, 'good'), named('good'))
    mkdirSync(join(parent, 'photos', 'cats'), { recursive: true })
    mkdirSync(join(parent, '.hidden'))
    const { manifest, warnings } = await run([parent])
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain(`${parent}/photos: no log here`)
    expect(manifest.details.badLogs).toEqual([expect.objectContaining({ log: `${parent.split('/').at(-1)}/photos` })])
    await expect(run([parent], { strict: true })).rejects.toThrow(`${parent}/photos`)
  })

  test('logs are found a few folders down, and behind links', async () => {
    const parent = tempFolder()
    writeSmallLog(join(parent, 'a', 'b', 'deep'), named('deep'))
    symlinkSync(writeSmallLog(join(tempFolder(), 'far'), named('far')), join(parent, 'link'))
    const { manifest } = await run([parent])
    expect(manifest.details.logs).toBe(2)
  })

  test('a path that is not there is an error, whatever else is good', async () => {
    const parent = tempFolder()
    writeSmallLog(join(parent, 'good'), named('good'))
    await expect(run([parent, join(parent, 'missing')])).rejects.toThrow(DataError)
  })

  test('no folder at all', async () => {
    await expect(run([])).rejects.toThrow('no logs were named')
  })
})

describe('settings', () => {
  const cases: [Partial<IngestConfig>, string][] = [
    [{ format: 'rosbag9' }, "no format 'rosbag9' (expected auto | argoverse2"],
    [{ occupancy: 'sonar' }, "no occupancy 'sonar' (expected auto | voxels | lidar | boxes"],
    [{ grid: 'huge' }, "no grid preset 'huge'"],
    [{ taxonomy: 'plants' }, "no taxonomy 'plants'"],
    [{ frameRateHz: 0 }, 'the frame rate must be positive'],
    [{ sweeps: 0 }, 'a whole number of sweeps'],
    [{ sweeps: 1.5 }, 'a whole number of sweeps'],
    [{ taxonomy: 'airside' }, "taxonomy 'airside' has no table for the vocabulary 'argoverse2'"],
  ]
  test.each(cases)('%o is a usage error', async (config, message) => {
    const dir = writeSmallLog(join(tempFolder(), 'a'), named('a'))
    const refused = run([dir], { config })
    await expect(refused).rejects.toThrow(UsageError)
    await expect(refused).rejects.toThrow(message)
  })

  test('flags fill what a source lacks, and no more', async () => {
    const parent = tempFolder()
    writeSmallLog(
      join(parent, 'bare'),
      wholeLog({ log: { log_id: 'bare', fleet: 'argoverse2' }, poses: straightPoses(2, 3) }),
    )
    writeSmallLog(join(parent, 'full'), named('full'))
    const { out } = await run([parent], { config: { rig: 'R', site: 'S', route: 'T' } })
    const dataset = await openDataset(out)
    const identities = dataset.logs.map(({ logId, rigId, siteId, routeId }) => [logId, rigId, siteId, routeId])
    await dataset.close()
    expect(identities).toEqual([
      ['bare', 'R', 'S', 'T'],
      ['full', 'rig', 'site', 'route'],
    ])
  })
})

test('two ingests into one target at once: one is refused', async () => {
  const dir = writeSmallLog(join(tempFolder(), 'a'), named('a'))
  const out = join(tempFolder(), 'dataset')
  const both = await Promise.allSettled([run([dir], { out }), run([dir], { out })])
  const refused = both.filter((outcome) => outcome.status === 'rejected')
  expect(refused).toHaveLength(1)
  expect(refused[0].reason).toBeInstanceOf(LockedError)
  expect((await run([dir], { out })).manifest.details.logs).toBe(1)
})

test('a strict run does not accept what an earlier run finished without a bad log', async () => {
  const parent = tempFolder()
  writeSmallLog(join(parent, 'good'), named('good'))
  rmSync(join(writeSmallLog(join(parent, 'bad'), named('bad')), pose))
  const out = join(tempFolder(), 'dataset')
  await run([parent], { out })
  await expect(run([parent], { out, strict: true })).rejects.toThrow('the dataset was written without a bad log')
})
