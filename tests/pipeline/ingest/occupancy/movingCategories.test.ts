import { expect, test } from 'vitest'
import { bitAt, grids } from '../../../../pipeline/grid.js'
import { labelsFor } from '../../../../pipeline/ingest/labels.js'
import { lidarOccupancy } from '../../../../pipeline/ingest/occupancy/lidarOccupancy.js'
import { PoseTrack } from '../../../../pipeline/ingest/poseTrack.js'
import type { RawLog, Sweep, SweepSource } from '../../../../pipeline/ingest/reader.js'
import { SkipCounter } from '../../../../pipeline/ingest/skipCounter.js'
import { identity } from '../../../../pipeline/pose.js'
import { taxonomies } from '../../../../pipeline/taxonomy.js'

const grid = grids.compact
const taxonomy = taxonomies.fleet

/** The ego stands; a sweep at 0 s and one at 0.1 s, the codes of the earlier one's two points as given. */
function logWith(movingCategories: ReadonlySet<string> | null): RawLog {
  const sweep = (timeNs: number, pointsM: number[], category: number[]): Sweep => ({
    timeNs,
    count: category.length,
    pointsM: Float32Array.from(pointsM),
    lidar: new Uint8Array(category.length),
    offsetNs: new Int32Array(category.length),
    category: Uint8Array.from(category),
    file: `${timeNs}`,
    source: `${timeNs}`,
  })
  const given = [sweep(0, [8, 0.5, 1, 8, 8.5, 1], [0, 1]), sweep(1e8, [-8, 0.5, 1], [0])]
  const sweeps: SweepSource = {
    timesNs: Float64Array.of(0, 1e8),
    lidars: [{ sensorName: 'lidar', egoFromSensor: { q: [1, 0, 0, 0], t: [0, 0, 2] } }],
    pointCategories: ['CAR', 'BUS'],
    movingCategories,
    read: async (index) => given[index],
  }
  const column = (...values: number[]) => Float64Array.from(values)
  const poses = new PoseTrack({
    file: 'poses',
    timestampNs: BigInt64Array.of(0n, 100_000_000n),
    q: [column(1, 1), column(0, 0), column(0, 0), column(0, 0)],
    t: [column(0, 0), column(0, 0), column(0, 0)],
  })
  const head = { logId: 'hand', siteId: 's', routeId: 'r', rigId: 'r', vocabulary: 'occlab-sim' } as RawLog['head']
  return { dir: 'hand', head, poses, sensors: sweeps.lidars, sweeps, boxes: null, voxels: null, map: null }
}

async function secondFrame(log: RawLog) {
  const skips = new SkipCounter()
  const labels = labelsFor(taxonomy, 'occlab-sim')
  const builder = lidarOccupancy.open({ log, grid, taxonomy, labels, sweeps: 2, sensorMasks: false, skips })
  const { semantics, observed, sweeps } = await builder.build(1e8, identity)
  const at = (xM: number, yM: number, zM: number): string => {
    const [i, j, k] = [xM, yM, zM].map((m, axis) => Math.floor((m - grid.originM[axis]) / grid.voxelM))
    const voxel = (i * grid.dims[1] + j) * grid.dims[2] + k
    return bitAt(observed, voxel) ? taxonomy.classes[semantics[voxel]].name : 'unknown'
  }
  return { at, sweeps, skipped: skips.list('') }
}

test('an earlier point of a category that was moving is dropped and counted; one that stood stays', async () => {
  const frame = await secondFrame(logWith(new Set(['CAR'])))
  expect(frame.sweeps).toBe(2)
  expect(frame.at(8, 0.5, 1)).not.toBe('car')
  expect(frame.at(8, 8.5, 1)).toBe('bus')
  // The frame's own sweep keeps what moves: it is there now.
  expect(frame.at(-8, 0.5, 1)).toBe('car')
  expect(frame.skipped).toEqual([
    { what: 'point', why: 'of an earlier sweep, on something that moves but has no box', where: '0', count: 1 },
  ])
})

test('labels that tell nothing moves keep every point', async () => {
  const frame = await secondFrame(logWith(new Set()))
  expect(frame.at(8, 0.5, 1)).toBe('car')
  expect(frame.at(8, 8.5, 1)).toBe('bus')
  expect(frame.skipped).toEqual([])
})

test('labels that do not tell, and no boxes: earlier sweeps feed nothing', async () => {
  const frame = await secondFrame(logWith(null))
  expect(frame.sweeps).toBe(1)
  expect(frame.at(8, 8.5, 1)).toBe('unknown')
})
