import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DataError } from '../../../pipeline/errors.js'
import { unpackBits } from '../../../pipeline/grid.js'
import type { IngestConfig } from '../../../pipeline/ingest/config.js'
import { semantickitti } from '../../../pipeline/ingest/semantickitti/reader.js'
import { voxelGrid } from '../../../pipeline/ingest/semantickitti/voxelFiles.js'
import type { Frame } from '../../../pipeline/schema.js'
import { numpy } from '../../support/numpy.js'
import { datasetOf, SeenFrames, voxelAt } from './datasetOf.js'
import { openLog } from './openLog.js'
import { copiesOf } from './samples/sample.js'
import { semantickitti as sample } from './samples/semantickitti.js'

const open = (path: string) => openLog(semantickitti, path, { site: 'nowhere' })

async function framesOf(path: string, config: Partial<IngestConfig>): Promise<SeenFrames> {
  const dataset = await datasetOf([path], { ...sample.config, ...config })
  const frames: Frame[] = []
  for await (const frame of dataset.frames(dataset.logs[0].logId)) frames.push(frame)
  return new SeenFrames(dataset, frames)
}

describe.skipIf(sample.missing)(`SemanticKITTI${sample.missing}`, () => {
  const copy = copiesOf(sample)
  const copyOf2019 = copiesOf({ ...sample, write: (dir) => numpy('write_semantickitti.py', dir, 'shifted') as string })

  test('names: the sequence, KITTI’s car, and a route that KITTI’s own copy of the sequence shares', async () => {
    const { log } = await open(await copy())
    const { logId, rigId, routeId, siteId, date, vocabulary } = log.head
    expect({ logId, rigId, routeId, siteId, date, vocabulary }).toEqual({
      ...{ logId: 'semantickitti-07', rigId: 'kitti', routeId: 'kitti-sequence-07', siteId: 'nowhere' },
      ...{ date: null, vocabulary: 'semantickitti' },
    })
  })

  test('a log.json overrides what the layout implies; without a site the log is refused', async () => {
    const path = await copy()
    await expect(openLog(semantickitti, path, {})).rejects.toThrow('the log does not say its site; pass --site')
    writeFileSync(join(path, 'log.json'), JSON.stringify({ log_id: 'mine', rig_id: 'other', site_id: 'here' }))
    const { log } = await openLog(semantickitti, path, {})
    const { logId, rigId, siteId, routeId } = log.head
    expect([logId, rigId, siteId, routeId]).toEqual(['mine', 'other', 'here', 'kitti-sequence-07'])
  })

  test('poses are the LiDAR’s, and its first place is their origin; times count from 0', async () => {
    const { log } = await open(await copy())
    expect(log.poses.startNs).toBe(0n)
    expect([...log.sweeps!.timesNs]).toEqual([0, 1e8, 2e8, 3e8, 4e8, 5e8])
    const { q, t } = log.poses.at(5e8)
    // 5 m/s for 0.5 s straight ahead: along x of the LiDAR, which is z of the camera that the file speaks of.
    for (const [axis, metres] of [2.5, 0, 0].entries()) expect(t[axis]).toBeCloseTo(metres, 6)
    expect(Math.abs(q[0])).toBeCloseTo(1, 9)
  })

  test('labels: the class in the low half of the number, whatever instance the high half says', async () => {
    const { log } = await open(await copy())
    const { pointsM, category, count } = await log.sweeps!.read(1)
    const names = log.sweeps!.pointCategories!
    const counts: Record<string, number> = {}
    for (let p = 0; p < count; p++) counts[names[category![p]]] = (counts[names[category![p]]] ?? 0) + 1
    // Plates of points every 0.5 m: 91 × 25, 41 × 7, 9 × 5 × 3 twice, 5 × 3, and one stray.
    expect(counts).toEqual({ road: 2275, building: 287, car: 135, 'moving-car': 135, terrain: 15, outlier: 1 })
    expect(names[category![0]]).toBe('road')
    // The road's corner, half a metre nearer than at the first scan.
    expect([...pointsM.subarray(0, 2)]).toEqual([-5.5, -6])
    expect([...log.sweeps!.movingCategories!].filter((name) => !names.includes(name))).toEqual([])
    expect(log.sweeps!.movingCategories!.size).toBe(8)
  })

  test('what moved is where it is, not where it was; what stands is there all the time', async () => {
    const seen = await framesOf(await copy(), { occupancy: 'lidar', sweeps: 5 })
    expect(seen.frames[1].sweeps).toBe(5)
    // At 0.5 s the ego is 2.5 m on, the leader 5 m: its tail is at 22.5 m; at 0.1 s it was at 18.5 m seen from there.
    expect(seen.at(1, 22.51, 0.01, -0.99)).toBe('car')
    expect(seen.at(1, 18.51, 0.01, -0.99)).not.toBe('car')
    expect(seen.at(1, 7.51, 3.01, -0.99)).toBe('car')
    expect(seen.dataset.manifest.skipped.map(({ what, why, count }) => [what, why, count])).toEqual([
      // One in each of the six scans.
      ['point', "'outlier' is left out", 6],
      ['point', 'of an earlier sweep, on something that moves but has no box', 4 * 135],
    ])
  })

  test('completed voxels: the class of each, known where .invalid does not deny it', async () => {
    const seen = await framesOf(await copy(), {})
    expect(seen.at(0, 12.1, 8.1, -1.7)).toBe('building')
    expect(seen.at(0, 12.1, 4.1, -1.0)).toBe('car')
    expect(seen.at(0, 12.1, 1.1, 0.1)).toBe('free')
    expect(seen.at(0, 45.1, 1.1, 0.1)).toBe('unknown')
    expect(seen.at(1, 12.1, 8.1, -1.7)).toBe('building')
    // The moving car's class is its kind's.
    expect(seen.at(0, 20.1, 0.1, -0.9)).toBe('car')
    expect(seen.count(0, 'car')).toBe(2 * 9 * 5 * 3)
  })

  test('the mask single_scan: hit or in line of sight of the one scan', async () => {
    const seen = await framesOf(await copy(), {})
    const mask = unpackBits(seen.frames[0].observedBy!.single_scan, 256 * 256 * 32)
    const at = (...placeM: [number, number, number]) => mask[voxelAt(seen.dataset.grid, ...placeM)]
    expect([at(12.1, 1.1, 0.1), at(35.1, 1.1, 0.1), at(20.1, 0.1, -0.9)]).toEqual([1, 0, 1])
  })

  test('voxels of one scan alone: hits without a class, free on the way to them, nothing said of the rest', async () => {
    const path = await copy()
    for (const number of ['000000', '000005']) rmSync(join(path, 'voxels', `${number}.label`))
    const seen = await framesOf(path, {})
    expect(seen.at(0, 12.1, 8.1, 0.1)).toBe('others')
    expect(seen.at(0, 6.05, 4.05, 0.05)).toBe('free')
    expect(seen.at(0, 12.1, 12.1, 0.1)).toBe('unknown')
    expect(seen.at(0, 12.1, 8.1, -1.7)).toBe('unknown')
    expect(seen.dataset.manifest.skipped).toEqual([])
  })

  test('an outlier among completed voxels is not known, and not in the way', async () => {
    const { log } = await open(await copy())
    const { categories, observed } = await log.voxels!.read(0)
    const voxel = voxelAt(voxelGrid, 6.0001, -8.9999, 3.0001)
    expect([log.voxels!.categories[categories[voxel]], observed[voxel]]).toEqual(['outlier', 0])
  })

  test.each([
    ['.label and .invalid', []],
    ['.bin and .invalid', ['.label']],
    ['.bin alone', ['.label', '.invalid']],
  ])('%s of 2019, whose voxels are one place too far back, say what those of 2020 say', async (_, without) => {
    const said = await Promise.all(
      [copy, copyOf2019].map(async (copyOf) => {
        const path = await copyOf()
        for (const ending of without)
          for (const number of ['000000', '000005']) rmSync(join(path, 'voxels', `${number}${ending}`))
        return (await open(path)).log.voxels!.read(1)
      }),
    )
    const [now, then] = said
    expect(now.observed[voxelAt(voxelGrid, 12.01, 8.01, 0.01)]).toBe(1)
    expect(now.categories[voxelAt(voxelGrid, 12.01, 8.01, 0.01)]).not.toBe(0)
    const [seenNow, seenThen] = said.map(({ observedBy }) => observedBy.single_scan)
    // The last voxel, in the grid's far upper corner, has no place in those files: it is not known.
    expect([seenThen.at(-1), then.observed.at(-1)]).toEqual([0, 0])
    seenThen[seenThen.length - 1] = seenNow.at(-1)!
    const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0
    expect(same(then.categories as Uint8Array, now.categories as Uint8Array)).toBe(true)
    expect(same(then.observed, now.observed)).toBe(true)
    expect(same(seenThen, seenNow)).toBe(true)
  })

  test('a calib.txt without Tr is refused by name: another sequence’s is not guessed', async () => {
    const path = await copy()
    const file = join(path, 'calib.txt')
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^Tr:.*\n/m, ''))
    const error = await open(path).catch((e) => e)
    expect(error).toBeInstanceOf(DataError)
    expect(error).toMatchObject({
      file,
      place: "row 'Tr'",
      expected: "12 numbers after 'Tr:'",
      actual: 'rows P0, P1, P2, P3',
    })
  })

  test.each([
    ['calib.txt', (text: string) => text.replace('Tr: 0', 'Tr: 5'), "row 'Tr': extrinsics: the log is not fit for use"],
    ['calib.txt', (text: string) => text.replace(/ \S+\n$/, '\n'), "row 'Tr': a row of another length"],
    [
      'poses.txt',
      (text: string) => text.replace(/.*\n$/, ''),
      'not one pose a time (expected 6 rows, as in times.txt, found 5)',
    ],
    [
      'poses.txt',
      (text: string) => text.replace(/ \S+\n/, '\n'),
      'line 1: a row of another length (expected 12 numbers, found 11)',
    ],
    ['times.txt', (text: string) => text.replace('1.000000e-01', 'noon'), 'line 2: not a time'],
  ])('a damaged %s is refused: %#', async (name, damage, message) => {
    const path = await copy()
    const file = join(path, name)
    const text = readFileSync(file, 'utf8')
    expect(damage(text)).not.toBe(text)
    writeFileSync(file, damage(text))
    await expect(open(path)).rejects.toThrow(message)
  })

  test.each(['calib.txt', 'times.txt', 'poses.txt'])('without %s the sequence is not complete', async (name) => {
    const path = await copy()
    rmSync(join(path, name))
    await expect(open(path)).rejects.toMatchObject({ file: join(path, name), message: /the sequence is not complete/ })
  })

  test('scans and labels that do not fit are left out and counted, each by name', async () => {
    const path = await copy()
    rmSync(join(path, 'labels', '000001.label'))
    truncateSync(join(path, 'labels', '000002.label'), 400)
    rmSync(join(path, 'velodyne', '000003.bin'))
    truncateSync(join(path, 'velodyne', '000004.bin'), 40)
    writeFileSync(join(path, 'velodyne', '000009.bin'), Buffer.alloc(16))
    const { log, skipped } = await open(path)
    expect([...log.sweeps!.timesNs]).toEqual([0, 5e8])
    expect(skipped().map(({ what, why, where }) => `${what}, ${where}: ${why}`)).toEqual([
      'sweep, velodyne/000004.bin: not a whole number of points of 16 bytes, or none',
      'sweep, velodyne/000009.bin: no time in the timestamps of its number',
      'label file, labels/000003.label: of a scan that is not there',
      'sweep, velodyne/000001.bin: has no labels, while others have',
      'sweep, velodyne/000002.bin: has labels of another number of points',
    ])
  })

  test('voxel grids that are not whole are left out and counted', async () => {
    const path = await copy()
    truncateSync(join(path, 'voxels', '000000.bin'), 1000)
    writeFileSync(join(path, 'voxels', '000002.label'), Buffer.alloc(2 * 256 * 256 * 32))
    writeFileSync(join(path, 'voxels', '000003.invalid'), Buffer.alloc(256 * 256 * 4))
    writeFileSync(join(path, 'voxels', '000077.bin'), Buffer.alloc(256 * 256 * 4))
    const { log, skipped } = await open(path)
    expect([...log.voxels!.timesNs]).toEqual([5e8])
    expect(skipped().map(({ what, why, where }) => `${what}, ${where}: ${why}`)).toEqual([
      'voxel grid, voxels/000000.bin: .bin is not of 262144 bytes',
      'voxel grid, voxels/000002.label: labels without .invalid, which tells what is known',
      'voxel grid, voxels/000003.invalid: neither .bin nor .label of its number',
      'voxel grid, voxels/000077.bin: no time in times.txt of its number',
    ])
  })

  test('a label of another table is an error that names file, row and number', async () => {
    const path = await copy()
    const file = join(path, 'labels', '000001.label')
    const bytes = readFileSync(file)
    bytes.writeUInt32LE(22, 4 * 17)
    writeFileSync(file, bytes)
    const { log } = await open(path)
    await expect(log.sweeps!.read(1)).rejects.toMatchObject({ file, place: 'row 17', actual: '22' })
  })

  test('points that are not finite are dropped with their labels and counted', async () => {
    const path = await copy()
    const file = join(path, 'velodyne', '000000.bin')
    const bytes = readFileSync(file)
    bytes.writeFloatLE(Number.NaN, 16 * 2274)
    writeFileSync(file, bytes)
    const { log, skipped } = await open(path)
    const { count, category } = await log.sweeps!.read(0)
    // 2,275 points of road come first: the last of them is gone, and the wall moves up.
    expect(count).toBe(2848 - 1)
    expect(log.sweeps!.pointCategories![category![2274]]).toBe('building')
    expect(skipped()).toEqual([
      { what: 'point', why: 'coordinates are not finite', where: 'velodyne/000000.bin, row 2274', count: 1 },
    ])
  })
})
