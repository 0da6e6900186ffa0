import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readArrowTable } from '../../../pipeline/arrow/arrowTable.js'
import type { Grid } from '../../../pipeline/grid.js'
import { argoverse2 } from '../../../pipeline/ingest/argoverse2/reader.js'
import { frameTimes } from '../../../pipeline/ingest/frameTimes.js'
import { labelsFor, vocabularyOf } from '../../../pipeline/ingest/labels.js'
import { BoxIndex } from '../../../pipeline/ingest/occupancy/boxIndex.js'
import { boxOccupancy } from '../../../pipeline/ingest/occupancy/boxOccupancy.js'
import { GroundColumns } from '../../../pipeline/ingest/occupancy/groundColumns.js'
import { groundBandM } from '../../../pipeline/ingest/occupancy/pointHits.js'
import type { RawLog } from '../../../pipeline/ingest/reader.js'
import { SkipCounter } from '../../../pipeline/ingest/skipCounter.js'
import { compose, invert, type Pose, rotate, rotationMatrix, type Vec3 } from '../../../pipeline/pose.js'
import { fleet } from '../../../pipeline/taxonomies/fleet.js'
import { freeIndex } from '../../../pipeline/taxonomy.js'
import { realData, realDataMissing } from '../../support/occlab.js'
import { datasetOf } from './datasetOf.js'

const sensorLog = join(realData, 'argoverse2', '7fab2350-7eaf-3b7e-a39d-6937a4c1bede')
const boxLogs = join(realData, 'boxlogs')

async function open(dir: string): Promise<RawLog> {
  const [source] = await argoverse2.logs(dir)
  return argoverse2.open({ ...source, hashOf: () => '' }, { rig: null, site: null, route: null }, new SkipCounter())
}

describe.skipIf(realDataMissing)(`real logs${realDataMissing ? ` (skipped: ${realDataMissing})` : ''}`, () => {
  test('seven logs: their names, sites, rigs, frames and occupancy', async () => {
    const { logs, manifest } = await datasetOf([join(realData, 'argoverse2'), boxLogs])
    expect(logs.map((l) => [l.logId.slice(-8), l.siteId, l.rigId, l.frames, l.occupancy, l.date, l.license])).toEqual([
      ['6d130958', 'PIT', 'argoverse2', 32, 'boxes', null, null],
      ['a4c1bede', 'PIT', 'argoverse2', 32, 'boxes', null, null],
      ['ene-0553', 'boston-seaport', 'nuscenes-hdl32e', 41, 'boxes', '2018-08-28', 'CC BY-NC-SA 4.0'],
      ['ene-0655', 'boston-seaport', 'nuscenes-hdl32e', 41, 'boxes', '2018-08-27', 'CC BY-NC-SA 4.0'],
      ['ene-0757', 'boston-seaport', 'nuscenes-hdl32e', 41, 'boxes', '2018-08-30', 'CC BY-NC-SA 4.0'],
      ['ene-0796', 'singapore-queenstown', 'nuscenes-hdl32e', 40, 'boxes', '2018-10-02', 'CC BY-NC-SA 4.0'],
      ['ene-1077', 'singapore-hollandvillage', 'nuscenes-hdl32e', 41, 'boxes', '2018-11-21', 'CC BY-NC-SA 4.0'],
    ])
    expect(manifest.details.frames).toBe(32 + 32 + 41 + 41 + 41 + 40 + 41)
    // One row of the ego's own box at each of the 156 annotated times, and not a single unknown category.
    const where = '3bffdcff-c3a7-38b6-a0f2-64196d130958/annotations.feather, row 12186'
    expect(manifest.skipped).toEqual([{ what: 'box', why: "'EGO_VEHICLE' is left out", where, count: 156 }])
  })

  test('two sweeps of 99,229 and 99,466 points, 100.196 ms apart', async () => {
    const dataset = await datasetOf([sensorLog], { occupancy: 'lidar', frameRateHz: 10 })
    expect(dataset.frameCount).toBe(2)
    const [first, second] = [await dataset.frame(0), await dataset.frame(1)]
    expect([first.timestampNs, second.timestampNs]).toEqual([315966265259836000n, 315966265360032000n])
    expect([first.lidarPoints, second.lidarPoints]).toEqual([99_229, 99_229 + 99_466])
    expect([first.sweeps, second.sweeps]).toEqual([1, 2])
    expect(second.egoMotion!.dtS).toBeCloseTo(0.100196, 9)
    // The published ego motion of the pair (single precision): 65.4 mm ahead, 2.4 mm to the right, 6.2 mrad to the left.
    expect(second.egoMotion!.dxM).toBeCloseTo(0.0654, 2)
    expect(Math.abs(second.egoMotion!.dxM - 0.0654)).toBeLessThan(0.002)
    expect(Math.abs(second.egoMotion!.dyM + 0.0024)).toBeLessThan(0.002)
    expect(second.egoMotion!.dyawRad).toBeCloseTo(0.0062, 4)
    expect((await dataset.calibrations()).map(({ sensorName }) => sensorName)).toHaveLength(11)
  })

  test('as many points in each box as its annotators counted', async () => {
    const { sweeps, boxes } = await open(sensorLog)
    for (const [index, total] of [
      [0, 9374],
      [1, 9262],
    ]) {
      const sweep = await sweeps!.read(index)
      const near = boxes!
        .at([...boxes!.timesNs].indexOf(sweep.timeNs))
        .filter(({ egoFromBox: { t } }) => Math.hypot(t[0], t[1]) < 120)
      expect(near).toHaveLength(70)
      const counts = near.map((box) => {
        const alone = new BoxIndex([box], 0)
        let inside = 0
        for (let at = 0; at < 3 * sweep.count; at += 3)
          if (alone.find(sweep.pointsM[at], sweep.pointsM[at + 1], sweep.pointsM[at + 2]) === 0) inside++
        return inside
      })
      expect(counts).toEqual(near.map(({ interiorPoints }) => interiorPoints))
      expect(counts.reduce((sum, inside) => sum + inside, 0)).toBe(total)
    }
  })

  test('lasers 0–31 are the upper LiDAR’s, 32–63 the lower one’s: seen from it their elevation is constant', async () => {
    const table = await readArrowTable(join(sensorLog, 'sensors', 'lidar', '315966265259836000.feather'))
    const lasers = table.getChild('laser_number')!.toArray() as Uint8Array
    const { sweeps } = await open(sensorLog)
    const sweep = await sweeps!.read(0)
    const [upper, lower] = sweeps!.lidars.map(({ egoFromSensor }) => invert(egoFromSensor))
    const spread = (first: number, sensor: Pose) => {
      const spreads = Array.from({ length: 32 }, (_, n) => elevationSpreadDeg(sweep.pointsM, lasers, first + n, sensor))
      return spreads.filter((s) => !Number.isNaN(s)).sort((a, b) => a - b)[8]
    }
    expect(spread(0, upper)).toBeLessThan(0.06)
    expect(spread(0, lower)).toBeGreaterThan(0.08)
    expect(spread(32, lower)).toBeLessThan(0.06)
    expect(spread(32, upper)).toBeGreaterThan(0.08)
  })

  test('what the rule calls drivable ground, the scene-flow labels call ground', async () => {
    const log = await open(sensorLog)
    const isGround = (await readArrowTable(join(sensorLog, 'flow_labels.feather'))).getChild('is_ground_0')!
    const sweep = await log.sweeps!.read(0)
    const columns = new GroundColumns(bev)
    columns.place(log.map, log.poses.at(sweep.timeNs))
    let [drivable, ground, missed] = [0, 0, 0]
    for (let p = 0; p < sweep.count; p++) {
      const [x, y, z] = sweep.pointsM.subarray(3 * p, 3 * p + 3)
      const [i, j] = [Math.floor((x + 50) / 0.5), Math.floor((y + 50) / 0.5)]
      if (i < 0 || j < 0 || i >= 200 || j >= 200 || !columns.drivable[i * 200 + j]) continue
      const near = Math.abs(z - columns.heightM[i * 200 + j]) <= groundBandM
      if (near) drivable++
      if (near && isGround.get(p)) ground++
      if (!near && isGround.get(p)) missed++
    }
    expect(drivable).toBeGreaterThan(10_000)
    expect(ground / drivable).toBeGreaterThan(0.99)
    expect(missed / drivable).toBeLessThan(0.01)
  })

  test.each([
    ['argoverse2', 2, [0.04, 0.35], [0.44, 0.63]],
    ['boxlogs', 5, [0.07, 0.53], [0.12, 0.83]],
  ] as const)(
    '%s: one second of persistence in bird’s-eye view, copied and warped',
    async (folder, count, copy, warp) => {
      const dirs = readdirSync(join(realData, folder)).map((name) => join(realData, folder, name))
      expect(dirs).toHaveLength(count)
      for (const dir of dirs) {
        const iou = await persistence(await open(dir))
        // The ranges were measured with another rasteriser: a hundredth of slack.
        expect(iou.copied, dir).toBeGreaterThan(copy[0] - 0.01)
        expect(iou.copied, dir).toBeLessThan(copy[1] + 0.01)
        expect(iou.warped, dir).toBeGreaterThan(warp[0] - 0.01)
        expect(iou.warped, dir).toBeLessThan(warp[1] + 0.01)
        expect(iou.warped, dir).toBeGreaterThanOrEqual(iou.copied)
      }
    },
  )
})

/** Standard deviation of a laser's elevation over its returns from 10 to 60 m, degrees; NaN without any. */
function elevationSpreadDeg(pointsM: Float32Array, lasers: Uint8Array, laser: number, sensorFromEgo: Pose): number {
  const elevations: number[] = []
  lasers.forEach((number, p) => {
    if (number !== laser) return
    const point = pointsM.subarray(3 * p, 3 * p + 3) as unknown as Vec3
    const moved = rotate(sensorFromEgo.q, point).map((metres, axis) => metres + sensorFromEgo.t[axis])
    const range = Math.hypot(...moved)
    if (range > 10 && range < 60) elevations.push((Math.asin(moved[2] / range) * 180) / Math.PI)
  })
  const mean = elevations.reduce((sum, e) => sum + e, 0) / elevations.length
  return Math.sqrt(elevations.reduce((sum, e) => sum + (e - mean) ** 2, 0) / elevations.length)
}

/** 0.5 m cells within ±50 m. */
const bev: Grid = { name: 'bev', originM: [-50, -50, -3], voxelM: 0.5, dims: [200, 200, 16] }

/** IoU of a log's occupied cells one second on, summed over its frames: copied, and warped by the ego motion. */
async function persistence(log: RawLog): Promise<{ copied: number; warped: number }> {
  const names = log.boxes!.categories.map(({ name }) => name)
  const labels = labelsFor(fleet, vocabularyOf(log.head.vocabulary, names, log.dir))
  const scene = {
    log: { ...log, map: null },
    grid: bev,
    taxonomy: fleet,
    labels,
    sweeps: 1,
    sensorMasks: false,
    skips: new SkipCounter(),
  }
  const builder = boxOccupancy.open(scene)
  const frames: { cells: Uint8Array; pose: Pose }[] = []
  for (const timeNs of frameTimes(log.boxes!.timesNs, 2)) {
    const pose = log.poses.at(timeNs)
    frames.push({ cells: footprint((await builder.build(timeNs, pose)).semantics), pose })
  }
  const [copied, warped] = [new Overlap(), new Overlap()]
  for (let n = 0; n + 2 < frames.length; n++) {
    const [before, now] = [frames[n], frames[n + 2]]
    copied.add(before.cells, now.cells)
    warped.add(warpedTo(before.cells, compose(invert(before.pose), now.pose)), now.cells)
  }
  return { copied: copied.iou, warped: warped.iou }
}

function footprint(semantics: Uint8Array): Uint8Array {
  const free = freeIndex(fleet)
  const cells = new Uint8Array(40_000)
  semantics.forEach((label, voxel) => {
    if (label !== free) cells[voxel >> 4] = 1
  })
  return cells
}

/** Each cell of the later frame takes the earlier frame's cell at its centre. */
function warpedTo(cells: Uint8Array, { q, t }: Pose): Uint8Array {
  const m = rotationMatrix(q)
  const cell = (metres: number) => Math.floor((metres + 50) / 0.5)
  return cells.map((_, c) => {
    const [x, y] = [-50 + (Math.floor(c / 200) + 0.5) * 0.5, -50 + ((c % 200) + 0.5) * 0.5]
    const [i, j] = [cell(m[0] * x + m[1] * y + t[0]), cell(m[3] * x + m[4] * y + t[1])]
    return i >= 0 && j >= 0 && i < 200 && j < 200 ? cells[i * 200 + j] : 0
  })
}

class Overlap {
  private both = 0
  private either = 0

  add(a: Uint8Array, b: Uint8Array): void {
    a.forEach((cell, c) => {
      this.both += cell & b[c]
      this.either += cell | b[c]
    })
  }

  get iou(): number {
    return this.both / this.either
  }
}
