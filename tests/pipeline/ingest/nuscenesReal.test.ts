import { cpSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { nuscenes } from '../../../pipeline/ingest/nuscenes/reader.js'
import { BoxIndex } from '../../../pipeline/ingest/occupancy/boxIndex.js'
import type { RawLog } from '../../../pipeline/ingest/reader.js'
import { SkipCounter } from '../../../pipeline/ingest/skipCounter.js'
import { invert, transform } from '../../../pipeline/pose.js'
import { realData, realDataMissing } from '../../support/occlab.js'
import { tempFolder } from '../../support/tempFolder.js'
import { datasetOf } from './datasetOf.js'

const keyframe = join(realData, 'nuscenes')
const occ3d = join(realData, 'occ3d', 'gts', 'scene-unknown', '29796060110c4163b07f06eff4af0753')
/** The sample of the keyframe. */
const sample = 'ca9a282c9e77460f8360f564131a8af5'

async function open(dir: string): Promise<RawLog> {
  const [source] = await nuscenes.logs(dir)
  return nuscenes.open({ ...source, hashOf: () => '' }, { rig: null, site: null, route: null }, new SkipCounter())
}

describe.skipIf(realDataMissing)(`real nuScenes${realDataMissing ? ` (skipped: ${realDataMissing})` : ''}`, () => {
  test('one keyframe of scene-0061: who and where, 34,688 points of which 8,274 are the car itself, 68 boxes', async () => {
    const { head, sweeps, boxes } = await open(keyframe)
    expect([head.logId, head.siteId, head.rigId, head.date]).toEqual([
      'scene-0061',
      'singapore-onenorth',
      'n015',
      '2018-07-24',
    ])
    expect((await sweeps!.read(0)).count).toBe(34_688 - 8274)
    expect(boxes!.at(0)).toHaveLength(68)
  })

  // The same figures as NumPy gives in double precision: the poses of this copy are rounded to single.
  test('60 of the 68 boxes hold as many points as their annotators counted, 67 of them give or take 5', async () => {
    const { sweeps, boxes } = await open(keyframe)
    const { count, pointsM } = await sweeps!.read(0)
    const differences = boxes!.at(0).map((box) => {
      const index = new BoxIndex([box], 0)
      let inside = 0
      for (let at = 0; at < 3 * count; at += 3)
        if (index.find(pointsM[at], pointsM[at + 1], pointsM[at + 2]) === 0) inside++
      return Math.abs(inside - box.interiorPoints!)
    })
    expect(differences.filter((points) => points === 0)).toHaveLength(60)
    expect(differences.filter((points) => points <= 5)).toHaveLength(67)
  })

  // The poses before and after this keyframe, which this copy lacks, are 9.24 m/s apart.
  test('lasers that fire together look one way from where the LiDAR was at their time, not from where the turn ended', async () => {
    const { sweeps, sensors } = await open(keyframe)
    const { count, pointsM, offsetNs } = await sweeps!.read(0)
    expect([Math.min(...offsetNs.subarray(0, count)), Math.max(...offsetNs.subarray(0, count))]).toEqual([
      -1083 * 46_080,
      0,
    ])
    const sensorFromEgo = invert(sensors[0].egoFromSensor)
    // By the time of a firing: azimuths of its points beyond 3 m, where the LiDAR went along its own y.
    const spreadRad = (speedMps: number) => {
      const firings = new Map<number, number[]>()
      for (let p = 0; p < count; p++) {
        const [x, y] = transform(sensorFromEgo, [pointsM[3 * p], pointsM[3 * p + 1], pointsM[3 * p + 2]])
        if (Math.hypot(x, y) < 3) continue
        const azimuths = firings.get(offsetNs[p]) ?? []
        azimuths.push(Math.atan2(y - speedMps * offsetNs[p] * 1e-9, x))
        firings.set(offsetNs[p], azimuths)
      }
      return median([...firings.values()].map(spreadOf))
    }
    const [still, moving, backwards] = [0, 9.24, -9.24].map(spreadRad)
    expect(moving).toBeLessThan(0.6 * still)
    expect(backwards).toBeGreaterThan(1.5 * still)
  })

  test('the ground is at z = 0 of the ego: most points near the car but beyond its roof', async () => {
    const { sweeps } = await open(keyframe)
    const { count, pointsM } = await sweeps!.read(0)
    const heights: number[] = []
    for (let at = 0; at < 3 * count; at += 3) {
      const rangeM = Math.hypot(pointsM[at], pointsM[at + 1])
      if (rangeM > 4 && rangeM < 12) heights.push(pointsM[at + 2])
    }
    heights.sort((a, b) => a - b)
    expect(Math.abs(heights[heights.length >> 1])).toBeLessThan(0.15)
  })

  test('becomes a frame of Occ3D’s grid from its points', async () => {
    const dataset = await datasetOf([keyframe], { grid: 'occ3d', taxonomy: 'occ3d-nuscenes' })
    expect(dataset.logs.map(({ format, occupancy, frames }) => [format, occupancy, frames])).toEqual([
      ['nuscenes', 'lidar', 1],
    ])
    const frame = await dataset.frame(0)
    expect([frame.lidarPoints, frame.timestampNs]).toEqual([34_688 - 8274, 1532402927647951000n])
  })

  test('a real labels.npz: 39,092 voxels occupied, 56,601 seen by the LiDAR, 43,355 by the cameras', async () => {
    const dir = tempFolder()
    cpSync(keyframe, dir, { recursive: true })
    const gts = join(dir, 'gts', 'scene-0061')
    mkdirSync(gts, { recursive: true })
    cpSync(occ3d, join(gts, sample), { recursive: true })
    const { voxels } = await open(dir)
    const { categories, observed, observedBy } = await voxels!.read(0)
    const ones = (mask: Uint8Array) => mask.reduce((sum, bit) => sum + bit, 0)
    const free = voxels!.categories.indexOf('free')
    expect(categories.filter((code: number) => code !== free)).toHaveLength(39_092)
    expect([ones(observedBy.lidar), ones(observedBy.camera)]).toEqual([56_601, 43_355])
    // In this file the cameras saw nothing that the LiDAR did not.
    expect(ones(observed)).toBe(56_601)

    const dataset = await datasetOf([dir], { grid: 'occ3d', taxonomy: 'occ3d-nuscenes' })
    expect(dataset.logs[0].occupancy).toBe('voxels')
    const { semantics } = await dataset.frame(0)
    expect(semantics).toEqual(Uint8Array.from(categories))
  })
})

/** Standard deviation of directions near to one another, rad. */
function spreadOf(azimuths: readonly number[]): number {
  const around = azimuths.map((a) => Math.atan2(Math.sin(a - azimuths[0]), Math.cos(a - azimuths[0])))
  const mean = around.reduce((sum, a) => sum + a, 0) / around.length
  return Math.hypot(...around.map((a) => a - mean)) / Math.sqrt(around.length)
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1]
}
