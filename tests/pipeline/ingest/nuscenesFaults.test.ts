import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findLogs } from '../../../pipeline/ingest/findLogs.js'
import { nuscenes } from '../../../pipeline/ingest/nuscenes/reader.js'
import { SkipCounter } from '../../../pipeline/ingest/skipCounter.js'
import { noNumpy } from '../../support/numpy.js'
import { datasetOf } from './datasetOf.js'
import { edit, keyTurn, open, secondTurn, version, written } from './smallNuscenes.js'

describe.skipIf(noNumpy)(`nuScenes, partial or damaged${noNumpy}`, () => {
  test('turns that are not there are counted', async () => {
    const dir = written()
    rmSync(join(dir, 'sweeps'), { recursive: true })
    const { log, skips } = await open(dir)
    expect([...log.sweeps!.timesNs]).toEqual([0, 500e6])
    expect(skips).toEqual([{ what: 'sweep', why: 'its file is not there', where: secondTurn, count: 9 }])
  })

  test('tables alone are a log of boxes', async () => {
    const dir = written()
    for (const folder of ['samples', 'sweeps']) rmSync(join(dir, folder), { recursive: true })
    const { log } = await open(dir)
    expect(log.sweeps).toBeNull()
    expect((await datasetOf([dir])).logs[0].occupancy).toBe('boxes')
  })

  test('tables without annotations have no boxes, rather than none at each keyframe', async () => {
    const dir = written()
    for (const table of ['sample_annotation', 'instance']) edit(dir, table, () => [])
    expect((await open(dir)).log.boxes).toBeNull()
  })

  test('grids that are not there are counted', async () => {
    const dir = written('occ3d')
    const scene = join(dir, 'occ3d', 'gts', 'scene-0001')
    const [first] = readdirSync(scene).sort()
    rmSync(join(scene, first), { recursive: true })
    const { log, skips } = await open(dir)
    expect(log.voxels!.timesNs).toHaveLength(1)
    const where = `gts/scene-0001/${first}/labels.npz`
    expect(skips).toEqual([{ what: 'voxel grid', why: 'its file is not there', where, count: 1 }])
  })

  test('a scene none of whose grids is there, beside one that has them: counted, and from its sweeps', async () => {
    const dir = written('two', 'occ3d')
    const gts = join(dir, 'occ3d', 'gts')
    const [token] = readdirSync(join(gts, 'scene-0002'))
    rmSync(join(gts, 'scene-0002'), { recursive: true })
    const { log, skips } = await open(dir, 1)
    expect(log.voxels).toBeNull()
    const where = `gts/scene-0002/${token}/labels.npz`
    expect(skips).toEqual([{ what: 'voxel grid', why: 'its file is not there', where, count: 1 }])
    const { logs } = await datasetOf([dir])
    expect(logs.map(({ logId, occupancy }) => [logId, occupancy])).toEqual([
      ['scene-0001', 'voxels'],
      ['scene-0002', 'lidar'],
    ])
  })

  test.each(['scene', 'sample_data', 'ego_pose', 'instance', 'map'])(
    'without %s.json: the table is named',
    async (table) => {
      const dir = written()
      rmSync(join(dir, version, `${table}.json`))
      expect(await nuscenes.recognises(dir)).toBe(true)
      await expect(nuscenes.logs(dir)).rejects.toThrow(`${version}/${table}.json: the table is missing`)
    },
  )

  test('a mounting that is no rotation: of a sensor of the scene, and named', async () => {
    const dir = written()
    edit(dir, 'calibrated_sensor', (rows) => {
      rows[0].rotation = [0.5, 0, 0, 0.5]
    })
    await expect(open(dir)).rejects.toMatchObject({
      file: join(dir, version, 'calibrated_sensor.json'),
      expected: 'a quaternion of norm 1 ± 0.01',
      finding: { check: 'extrinsics', file: `${version}/calibrated_sensor.json` },
    })
    // One that no file of the scene is from is nobody's business.
    const other = written()
    edit(other, 'calibrated_sensor', (rows) => {
      rows.push({ ...rows[0], token: 'unused', rotation: [0.5, 0, 0, 0.5] })
    })
    await expect(open(other)).resolves.toBeDefined()
  })

  test('a keyframe in a gap of the poses: its boxes and its frame are left out and counted', async () => {
    const dir = written()
    // The poses at 0, 12 and 50 ms stay; all others come 2 s later than they should.
    edit(dir, 'ego_pose', (rows) => {
      for (const row of rows as { timestamp: number }[])
        if (row.timestamp > 1532402927650000) row.timestamp += 2_000_000
    })
    const { log, skips } = await open(dir)
    expect([...log.boxes!.timesNs]).toEqual([0])
    expect(skips).toMatchObject([{ what: 'box', why: 'its keyframe has no pose', count: 2 }])
    const dataset = await datasetOf([dir], { occupancy: 'lidar' })
    expect(dataset.logs[0]).toMatchObject({ logId: 'scene-0001', frames: 1 })
    expect(dataset.manifest.skipped.filter(({ what }) => what !== 'point')).toMatchObject([
      { what: 'box', count: 2 },
      { what: 'frame', why: 'no pose of its time, or of what it is made of', count: 1 },
    ])
  })

  test('Occ3D whose table names no scene that is there: a problem, not nothing', async () => {
    const dir = written('alone')
    rmSync(join(dir, 'gts', 'scene-0001'), { recursive: true })
    const { logs, problems } = await findLogs([dir], 'auto')
    expect(logs).toEqual([])
    expect(problems.map(({ error }) => error.message)).toEqual([
      `${dir}: its files are those of occ3d, but name no log that is there`,
    ])
  })

  test('a turn that ends within a point', async () => {
    const dir = written()
    truncateSync(join(dir, keyTurn), 50)
    const { log } = await open(dir)
    await expect(log.sweeps!.read(0)).rejects.toThrow(`${keyTurn}, byte 40: a sweep that ends within a point`)
  })

  test('a point that is no place is dropped with its label, and counted', async () => {
    const dir = written('lidarseg')
    const points = readFileSync(join(dir, keyTurn))
    const last = points.length / 20 - 1
    points.writeFloatLE(Number.NaN, 20 * (last - 1) + 4)
    writeFileSync(join(dir, keyTurn), points)
    const [source] = await nuscenes.logs(dir)
    const skips = new SkipCounter()
    const log = await nuscenes.open({ ...source, hashOf: () => '' }, { rig: null, site: null, route: null }, skips)
    const sweep = await log.sweeps!.read(0)
    expect([sweep.count, log.sweeps!.pointCategories![sweep.category![last - 1]]]).toEqual([last, 'vehicle.ego'])
    expect(skips.list('')[1]).toEqual({
      what: 'point',
      why: 'coordinates are not finite',
      where: `${keyTurn}, row ${last - 1}`,
      count: 1,
    })
  })

  test('labels that are not one a point', async () => {
    const dir = written('lidarseg')
    const folder = join(dir, 'lidarseg', version)
    for (const name of readdirSync(folder)) truncateSync(join(folder, name), 100)
    const { log } = await open(dir)
    await expect(log.sweeps!.read(0)).rejects.toThrow('not one label a point (expected 377 bytes, found 100)')
  })

  test('labels whose codes no category has', async () => {
    const dir = written('lidarseg')
    edit(dir, 'category', (rows) => rows.map(({ index, ...rest }) => rest))
    await expect(open(dir)).rejects.toThrow(`${version}/category.json: points are labelled by codes`)
  })

  test.each([
    ['sample_data', 'sample_token', 'sample.json: no row with the token that sample_data at byte'],
    ['sample_data', 'calibrated_sensor_token', 'calibrated_sensor.json: no row with the token that sample_data'],
    ['sample_annotation', 'sample_token', 'sample.json: no row with the token that sample_annotation at byte 1 names'],
    ['sample', 'scene_token', 'scene.json: no row with the token that sample'],
    ['scene', 'log_token', 'log.json: no row with the token that scene scene-0001 names'],
  ])('a %s whose %s leads nowhere', async (table, key, message) => {
    const dir = written()
    edit(dir, table, ([first]) => void Object.assign(first, { [key]: 'nowhere' }))
    await expect(nuscenes.logs(dir)).rejects.toThrow(message)
  })

  test('a box of an unknown instance', async () => {
    const dir = written()
    edit(dir, 'sample_annotation', ([first]) => void Object.assign(first, { instance_token: 'nowhere' }))
    await expect(open(dir)).rejects.toThrow('a box of an instance that has no row')
  })

  test('a box without volume is dropped and counted', async () => {
    const dir = written()
    edit(dir, 'sample_annotation', (rows) => void Object.assign(rows[2], { size: [2, 0, 1], token: 'flat' }))
    const { log, skips } = await open(dir)
    expect([log.boxes!.at(0).length, log.boxes!.at(1).length]).toEqual([2, 1])
    const where = `${version}/sample_annotation.json, token flat`
    expect(skips).toEqual([{ what: 'box', why: 'without volume, or without a unit quaternion', where, count: 1 }])
  })

  test('a scene without poses, and one with a pose that is none', async () => {
    const dir = written()
    edit(dir, 'ego_pose', (rows) => rows.map((row) => ({ ...row, rotation: [0, 0, 0, 0] })))
    await expect(open(dir)).rejects.toThrow(/ego_pose\.json, row 0: .*not a pose/)
    edit(dir, 'ego_pose', () => [])
    await expect(open(dir)).rejects.toThrow('ego_pose.json: no poses')
  })

  test('a grid that is cut short', async () => {
    const dir = written('occ3d')
    const gts = join(dir, 'occ3d', 'gts', 'scene-0001')
    for (const sample of readdirSync(gts)) truncateSync(join(gts, sample, 'labels.npz'), 100)
    const { log } = await open(dir)
    await expect(log.voxels!.read(0)).rejects.toThrow(/labels\.npz.*not a zip|labels\.npz/)
  })

  test('a label that Occ3D does not have, and a grid of another shape', async () => {
    const { log } = await open(written('occ3d', 'wrong'))
    await expect(log.voxels!.read(0)).rejects.toThrow(
      'labels.npz, semantics, voxel 7: not a label of Occ3D (expected 0 to 17, found 18)',
    )
    await expect(log.voxels!.read(1)).rejects.toThrow(
      'labels.npz, semantics: not a grid of Occ3D (expected uint8 of 200×200×16, found Uint8Array of 100×200×16)',
    )
  })

  // What https://github.com/nutonomy/nuscenes-devkit/issues/763 lists: every version's folder, with two files each.
  test('the archive of lidarseg leaves folders of versions that one does not have: they are none', async () => {
    const dir = written('lidarseg')
    for (const other of ['v1.0-test', 'v1.0-trainval']) {
      mkdirSync(join(dir, other))
      for (const table of ['category', 'lidarseg'])
        cpSync(join(dir, version, `${table}.json`), join(dir, other, `${table}.json`))
    }
    const logs = await nuscenes.logs(dir)
    expect(logs.map(({ logId }) => logId)).toEqual(['scene-0001'])
    expect(logs[0].files).toContain('v1.0-mini/lidarseg.json')
    // Alone, they are a dataset that lacks all else.
    rmSync(join(dir, version), { recursive: true })
    expect(await nuscenes.recognises(dir)).toBe(true)
    await expect(nuscenes.logs(dir)).rejects.toThrow('v1.0-trainval/scene.json: the table is missing')
  })

  test('a map with a hole without corners, and with a line for a polygon elsewhere', async () => {
    const dir = written('map')
    const file = join(dir, 'maps', 'expansion', 'singapore-onenorth.json')
    const map = JSON.parse(readFileSync(file, 'utf8'))
    const whole = (await open(dir)).log.map!.drivable[0]
    map.polygon[0].holes.unshift({ node_tokens: [] })
    map.polygon.push({ token: 'walkway', exterior_node_tokens: ['n0', 'n1'], holes: [] })
    writeFileSync(file, JSON.stringify(map))
    expect((await open(dir)).log.map!.drivable).toEqual([whole])
    map.drivable_area[0].polygon_tokens.push('walkway')
    writeFileSync(file, JSON.stringify(map))
    await expect(open(dir)).rejects.toThrow('polygon: an area of fewer than three corners (found walkway)')
  })

  test('a map whose polygon has no row', async () => {
    const dir = written('map')
    const file = join(dir, 'maps', 'expansion', 'singapore-onenorth.json')
    writeFileSync(file, readFileSync(file, 'utf8').replace('"polygon_tokens": ["road"]', '"polygon_tokens": ["lost"]'))
    await expect(open(dir)).rejects.toThrow('singapore-onenorth.json, polygon: a token without a row (found lost)')
  })

  test('a table that changes is read again', async () => {
    const dir = written()
    expect((await nuscenes.logs(dir))[0].logId).toBe('scene-0001')
    edit(dir, 'scene', ([first]) => void Object.assign(first, { name: 'scene-9999' }))
    expect((await nuscenes.logs(dir))[0].logId).toBe('scene-9999')
  })
})
