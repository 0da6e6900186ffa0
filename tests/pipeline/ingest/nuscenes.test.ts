import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { occ3d } from '../../../pipeline/ingest/nuscenes/occ3d.js'
import { nuscenes } from '../../../pipeline/ingest/nuscenes/reader.js'
import { BoxIndex } from '../../../pipeline/ingest/occupancy/boxIndex.js'
import type { Box } from '../../../pipeline/ingest/reader.js'
import { SkipCounter } from '../../../pipeline/ingest/skipCounter.js'
import { noNumpy } from '../../support/numpy.js'
import { datasetOf, SeenFrames } from './datasetOf.js'
import { lastTurn, open, secondTurn, version, written } from './smallNuscenes.js'

describe.skipIf(noNumpy)(`nuScenes${noNumpy}`, () => {
  test('who, where and when: from the tables', async () => {
    const { log } = await open(written())
    expect(log.head).toEqual({
      logId: 'scene-0001',
      siteId: 'singapore-onenorth',
      routeId: 'n015-2018-07-24-11-22-45+0800',
      rigId: 'n015',
      mapVersion: '53992ee3023e5494b90c316c183be829',
      // "Parked truck, night club, after rain" says neither.
      weather: null,
      timeOfDay: null,
      date: '2018-07-24',
      license: 'CC BY-NC-SA 4.0',
      vocabulary: 'nuscenes',
    })
  })

  test('one folder, two scenes: each with its own files and rows', async () => {
    const dir = written('two', 'occ3d', 'lidarseg', 'map')
    const [one, two] = await nuscenes.logs(dir)
    expect([one.logId, one.part, two.logId, two.part]).toEqual(['scene-0001', 'scene-0001', 'scene-0002', 'scene-0002'])
    const own = ({ files }: { files: readonly string[] }) => files.filter((file) => !file.startsWith('v1.0-'))
    // 11 turns, 2 label files, 2 grids and the map; 1 turn, 1 label file, 1 grid and the map.
    expect([own(one).length, own(two).length]).toEqual([16, 4])
    expect(one.files.filter((file) => two.files.includes(file)).filter((file) => !file.startsWith('v1.0-'))).toEqual([
      'maps/expansion/singapore-onenorth.json',
    ])
    const { log } = await open(dir, 1)
    expect([log.head.weather, log.head.timeOfDay]).toEqual(['rain', 'night'])
    expect(log.sweeps!.timesNs).toHaveLength(1)
    expect(log.boxes!.timesNs).toHaveLength(1)
    expect(log.poses.startNs).toBe(1532402928600000000n)
    expect((await datasetOf([dir], { occupancy: 'lidar' })).logs.map(({ logId, frames }) => [logId, frames])).toEqual([
      ['scene-0001', 2],
      ['scene-0002', 1],
    ])
  })

  test('a scene that two versions of the tables have is one log', async () => {
    const dir = written('two')
    cpSync(join(dir, version), join(dir, 'v1.0-trainval'), { recursive: true })
    const logs = await nuscenes.logs(dir)
    expect(logs.map(({ logId }) => logId)).toEqual(['scene-0001', 'scene-0002'])
    expect(logs[0].files).toContain('v1.0-trainval/scene.json')
    expect(logs[0].files).not.toContain('v1.0-mini/scene.json')
  })

  test('poses 50 ms apart, exact to the ns, and the mounting of every sensor', async () => {
    const { log } = await open(written())
    expect(log.poses.startNs).toBe(1532402927600000000n)
    // Half way between two turns: 10 m/s · 25 ms.
    expect(log.poses.at(25e6).t[1]).toBeCloseTo(200.25, 9)
    expect(log.sensors.map(({ sensorName, egoFromSensor: { t } }) => [sensorName, t])).toEqual([
      ['CAM_FRONT', [1.5, 0, 1.5]],
      ['LIDAR_TOP', [1, 0, 2]],
    ])
  })

  test('sweeps: from the frame of the sensor to that of the ego, without the car itself', async () => {
    const { log, counted } = await open(written())
    const { timesNs, pointCategories } = log.sweeps!
    expect([...timesNs]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((n) => n * 50e6))
    expect(pointCategories).toBeNull()
    const sweep = await log.sweeps!.read(10)
    // 9·21 points of road, 120 of the car, 4 of the child, 21·3 of the wall, 1 of the roof. The LiDAR is at (100, 206):
    // besides the roof, road at x = 99.1 and 100.1, y = 205.5 and 206.5 is within 1 m of it both ways.
    expect(sweep.count).toBe(9 * 21 + 120 + 4 + 63 - 4)
    expect(counted()).toEqual([
      {
        what: 'point',
        why: 'within 1 m of the LiDAR along x and y: the car itself',
        where: `${lastTurn}, row 63`,
        count: 5,
      },
    ])
    // The first point of the road is at (96.1, 205.5, 0) of the map, the car at (100, 205) heading north.
    expect([...sweep.pointsM.subarray(0, 3)].map((m) => Number(m.toFixed(5)))).toEqual([0.5, 3.9, 0])
    expect(sweep.offsetNs.every((ns) => ns === 0)).toBe(true)
    expect(sweep.category).toBeNull()
  })

  test('boxes: at keyframes, length before width, in the ego frame of then', async () => {
    const { log, skips } = await open(written())
    const { boxes } = log
    expect(skips).toEqual([])
    expect([...boxes!.timesNs]).toEqual([0, 500e6])
    const [car, child] = boxes!.at(1)
    expect([car.category, car.sizeM, car.interiorPoints]).toEqual(['vehicle.car', [4, 2, 1.6], 120])
    // (98, 220) of the map from (100, 205), heading north: 15 m ahead, 2 m to the left, and parallel.
    expect(car.egoFromBox.t.map((m) => Number(m.toFixed(9)))).toEqual([15, 2, 0.9])
    expect(Math.abs(car.egoFromBox.q[0])).toBeCloseTo(1, 9)
    // (103.5, 212): 7 m ahead, 3.5 m to the right.
    expect(child.egoFromBox.t.map((m) => Number(m.toFixed(9)))).toEqual([7, -3.5, 0.7])
    expect(boxes!.at(0)[1].trackId).toBe(child.trackId)
    expect(boxes!.categories.map(({ name, count }) => [name, count])).toEqual([
      ['vehicle.car', 2],
      ['human.pedestrian.child', 2],
    ])
  })

  test('as many points in each box as were counted when it was drawn', async () => {
    const { log } = await open(written())
    for (const [key, turn] of [
      [0, 0],
      [1, 10],
    ]) {
      const sweep = await log.sweeps!.read(turn)
      const boxes = log.boxes!.at(key)
      expect(boxes.map((box) => pointsIn(box, sweep.pointsM.subarray(0, 3 * sweep.count)))).toEqual([120, 4])
    }
  })

  test('lidarseg: the labelled turns alone, by the names of their codes; noise and the own car are left out', async () => {
    const dir = written('lidarseg')
    const { log, skips } = await open(dir)
    expect([...log.sweeps!.timesNs]).toEqual([0, 500e6])
    expect(skips).toEqual([{ what: 'sweep', why: 'without the labels of its scene', where: secondTurn, count: 9 }])
    const names = log.sweeps!.pointCategories!
    const { category, count } = await log.sweeps!.read(0)
    expect([names[category![0]], names[category![count - 1]]]).toEqual(['flat.driveable_surface', 'vehicle.ego'])
    expect(names[1]).toBe('code 1')

    const dataset = await datasetOf([dir], { sweeps: 1, taxonomy: 'occ3d-nuscenes', grid: 'occ3d' })
    const frames = new SeenFrames(dataset, [await dataset.frame(0), await dataset.frame(1)])
    // At the second keyframe: road 0.5 m ahead at y = 205.5, the parked car, the child, the wall.
    expect(frames.at(1, 0.5, 3.9, 0)).toBe('driveable_surface')
    expect(frames.at(1, 15.3, 1.3, 0.8)).toBe('car')
    expect(frames.at(1, 7, -3.5, 0.9)).toBe('pedestrian')
    expect(frames.at(1, 0.5, 9.9, 1.5)).toBe('manmade')
    expect(frames.at(1, 0.5, 0, 1.6)).toBe('unknown')
    expect(dataset.manifest.skipped.map(({ what, why, count }) => [what, why, count])).toContainEqual([
      'point',
      "'vehicle.ego' is left out",
      2,
    ])
  })

  test('the map expansion: drivable but for the island', async () => {
    const { log } = await open(written('map'))
    const [ring] = log.map!.drivable
    // Four corners; to the first again, the four of the island, and its first again.
    expect(ring).toHaveLength(3 * (4 + 1 + 4 + 1))
    expect(log.map!.heightM(0, 0)).toBe(0)
    const dataset = await datasetOf([written('map')], { occupancy: 'lidar', sweeps: 1, grid: 'occ3d' })
    const frames = new SeenFrames(dataset, [await dataset.frame(0)])
    // Road points at (100.1, 211.5) and (99.1, 208.5): the second is on the island. No other label tells them apart.
    expect(frames.at(0, 11.5, -0.1, 0)).toBe('drivable')
    expect(frames.at(0, 8.5, 0.9, 0)).toBe('others')
  })

  test('Occ3D: voxels by name, known where either mask has them, at the keyframes', async () => {
    const { log, skips } = await open(written('occ3d'))
    expect(skips).toEqual([])
    const { grid, categories, masks, timesNs } = log.voxels!
    expect([grid.name, masks, [...timesNs]]).toEqual(['occ3d', ['camera', 'lidar'], [0, 500e6]])
    const { categories: codes, observed, observedBy } = await log.voxels!.read(1)
    const at = (i: number, j: number, k: number) => (i * 200 + j) * 16 + k
    expect([at(125, 100, 4), at(125, 100, 2), at(150, 100, 3), at(0, 0, 15)].map((v) => categories[codes[v]])).toEqual([
      'car',
      'driveable_surface',
      'others',
      'free',
    ])
    // Camera: i ≥ 100, k < 8. LiDAR: i ≥ 100, 90 ≤ j < 110.
    const seen = [at(100, 0, 7), at(100, 90, 8), at(100, 0, 8), at(99, 100, 0), at(150, 100, 3)]
    expect(seen.map((v) => [observedBy.camera[v], observedBy.lidar[v], observed[v]])).toEqual([
      [1, 0, 1],
      [0, 1, 1],
      [0, 0, 0],
      [0, 0, 0],
      [1, 1, 1],
    ])
    expect(observed.reduce((sum, bit) => sum + bit, 0)).toBe(100 * 200 * 8 + 100 * 20 * 8)
  })

  describe('Occ3D without nuScenes', () => {
    test('scenes whose folder is there, poses from its annotations', async () => {
      const dir = written('alone')
      const logs = await occ3d.logs(dir)
      expect(logs.map(({ logId, files }) => [logId, files.length])).toEqual([['scene-0001', 3]])
      const fill = { rig: 'r', site: 's', route: 't' }
      const log = await occ3d.open({ ...logs[0], hashOf: () => '' }, fill, new SkipCounter())
      expect(log.poses.startNs).toBe(1532402927600000000n)
      expect([...log.voxels!.timesNs]).toEqual([0, 500e6])
      expect(log.poses.at(500e6).t).toEqual([100, 205, 0])
    })

    test('without a word of who and where it is refused, and so is a time that is none', async () => {
      const dir = written('alone')
      const [source] = await occ3d.logs(dir)
      const nobody = { rig: null, site: null, route: null }
      await expect(occ3d.open({ ...source, hashOf: () => '' }, nobody, new SkipCounter())).rejects.toThrow(
        /pass .*--site/,
      )
      const file = join(dir, 'annotations.json')
      writeFileSync(file, readFileSync(file, 'utf8').replace('1532402927600000', 'first'))
      await expect(occ3d.logs(dir)).rejects.toThrow('timestamp: not a time (expected µs since the epoch')
    })

    test('inside a folder of nuScenes it is nuScenes’ own', async () => {
      const dir = written('alone')
      cpSync(join(written(), version), join(dir, version), { recursive: true })
      expect([await occ3d.recognises(dir), await nuscenes.recognises(dir)]).toEqual([false, true])
    })
  })
})

function pointsIn(box: Box, pointsM: Float32Array): number {
  const index = new BoxIndex([box], 1e-4)
  let inside = 0
  for (let at = 0; at < pointsM.length; at += 3)
    if (index.find(pointsM[at], pointsM[at + 1], pointsM[at + 2]) === 0) inside++
  return inside
}
