import { describe, expect, test } from 'vitest'
import { type Grid, unpackBits, voxelCount } from '../../../../pipeline/grid.js'
import { labelsFor } from '../../../../pipeline/ingest/labels.js'
import type { BuiltFrame } from '../../../../pipeline/ingest/occupancy/occupancyMethod.js'
import { voxelOccupancy } from '../../../../pipeline/ingest/occupancy/voxelOccupancy.js'
import { PoseTrack } from '../../../../pipeline/ingest/poseTrack.js'
import type { RawLog, VoxelGrid, VoxelSource } from '../../../../pipeline/ingest/reader.js'
import { SkipCounter } from '../../../../pipeline/ingest/skipCounter.js'
import { identity } from '../../../../pipeline/pose.js'
import { stream } from '../../../../pipeline/random.js'
import { classIndex, taxonomies } from '../../../../pipeline/taxonomy.js'

const { fleet } = taxonomies
const [free, car, drivable, building, others] = ['free', 'car', 'drivable', 'building', 'others'].map((name) =>
  classIndex(fleet, name),
)
const cube = (voxelM: number, cells: number, originM: Grid['originM'] = [0, 0, 0]): Grid => {
  return { name: `${cells} of ${voxelM} m`, originM, voxelM, dims: [cells, cells, cells] }
}
const names = ['free', 'car', 'driveable_surface', 'manmade']

interface Given {
  grid: Grid
  codes: number[] | Uint8Array
  observed?: number[] | Uint8Array
  masks?: Record<string, number[]>
  categories?: string[]
  vocabulary?: string
}

function logOf(voxels: VoxelSource | null): RawLog {
  const column = (value: number) => Float64Array.of(value, value)
  const [q, t] = [[1, 0, 0, 0].map(column), [0, 0, 0].map(column)]
  const poses = new PoseTrack({ file: 'poses', timestampNs: BigInt64Array.of(0n, 1_000_000_000n), q, t })
  const head = { logId: 'log', siteId: 's', routeId: 'r', rigId: 'r', vocabulary: null, mapVersion: null }
  const rest = { weather: null, timeOfDay: null, date: null, license: null }
  return { dir: 'log', head: { ...head, ...rest }, poses, sensors: [], sweeps: null, boxes: null, voxels, map: null }
}

function sourceOf({ grid, codes, observed, masks = {}, categories = names }: Given): VoxelSource {
  const bytes = (values?: number[] | Uint8Array) => Uint8Array.from(values ?? new Array(voxelCount(grid)).fill(1))
  const frame = (timeNs: number): VoxelGrid => ({
    timeNs,
    categories: Uint8Array.from(codes),
    observed: bytes(observed),
    observedBy: Object.fromEntries(Object.entries(masks).map(([name, mask]) => [name, bytes(mask)])),
    file: `${timeNs}.npz`,
    source: `source of ${timeNs}`,
  })
  const timesNs = Float64Array.of(0, 5e8, 1e9)
  return { timesNs, grid, categories, masks: Object.keys(masks), read: async (index) => frame(timesNs[index]) }
}

async function built(given: Given, grid: Grid, timeNs = 0): Promise<{ frame: BuiltFrame; skips: SkipCounter }> {
  const labels = labelsFor(fleet, given.vocabulary ?? 'openoccupancy')
  const skips = new SkipCounter()
  const scene = { grid, taxonomy: fleet, labels, sweeps: 1, sensorMasks: false, skips }
  const builder = voxelOccupancy.open({ ...scene, log: logOf(sourceOf(given)) })
  return { frame: await builder.build(timeNs, identity), skips }
}

const seen = ({ observed }: BuiltFrame, grid: Grid) => [...unpackBits(observed, voxelCount(grid))]

describe('on the source’s own grid', () => {
  const grid = cube(1, 2)

  test('every voxel is taken as it is, with what was observed and by whom', async () => {
    const masks = { camera: [1, 0, 0, 0, 0, 0, 0, 0], lidar: [0, 1, 1, 0, 0, 0, 0, 0] }
    const { frame, skips } = await built(
      { grid, codes: [1, 0, 2, 3, 0, 0, 0, 0], observed: [1, 1, 1, 0, 0, 0, 0, 0], masks },
      { ...grid, name: 'another name' },
    )
    expect([...frame.semantics]).toEqual([car, free, drivable, building, free, free, free, free])
    expect(seen(frame, grid)).toEqual([1, 1, 1, 0, 0, 0, 0, 0])
    expect(Object.keys(frame.observedBy!)).toEqual(['camera', 'lidar'])
    expect([...unpackBits(frame.observedBy!.lidar, 8)]).toEqual(masks.lidar)
    expect([frame.lidarPoints, frame.sweeps]).toEqual([0, 0])
    expect(skips.list('')).toEqual([])
  })

  test('without masks of its own nothing is said of who saw it', async () => {
    expect((await built({ grid, codes: new Array(8).fill(0) }, grid)).frame.observedBy).toBeNull()
  })

  test('the frame is the one nearest in time, the earlier of two', async () => {
    const sources = [0, 2e8, 2.5e8, 4e8, 9e8].map(async (timeNs) => {
      return (await built({ grid, codes: new Array(8).fill(0) }, grid, timeNs)).frame.source
    })
    const expected = [0, 0, 0, 500000000, 1000000000].map((timeNs) => `source of ${timeNs}`)
    expect(await Promise.all(sources)).toEqual(expected)
  })

  test('a class that the table does not know becomes others; so does a code without a name', async () => {
    const codes = [1, 2, 0, 0, 0, 0, 0, 0]
    const { frame, skips } = await built({ grid, codes, categories: ['free', 'spaceship'] }, grid)
    expect([...frame.semantics.subarray(0, 3)]).toEqual([others, others, free])
    expect(skips.list('log/').map(({ why, where, count }) => [why, where, count])).toEqual([
      ["'spaceship' of a voxel is not in the table: became others", 'log/0.npz, row 0', 1],
      ["'code 2' of a voxel is not in the table: became others", 'log/0.npz, row 1', 1],
    ])
  })

  test('where a thing stands that is left out, nothing is known: neither observed nor seen by a sensor', async () => {
    const some = {
      categories: ['free', 'CAR', 'WEATHER'],
      vocabulary: 'occlab-sim',
      masks: { lidar: new Array(8).fill(1) },
    }
    const { frame, skips } = await built({ grid, codes: [1, 2, 0, 0, 0, 0, 0, 2], ...some }, grid)
    expect([...frame.semantics.subarray(0, 3)]).toEqual([car, free, free])
    expect(seen(frame, grid)).toEqual([1, 0, 1, 1, 1, 1, 1, 0])
    expect([...unpackBits(frame.observedBy!.lidar, 8)]).toEqual([1, 0, 1, 1, 1, 1, 1, 0])
    const [skip] = skips.list('')
    expect(skip).toEqual({ what: 'voxel', why: "'WEATHER' is left out", where: '0.npz, row 1', count: 2 })
  })
})

describe('on a coarser grid', () => {
  const one = cube(2, 1)
  const vote = async (codes: number[], some: Partial<Given> = {}) => {
    const { frame } = await built({ grid: cube(1, 2), codes, ...some }, one)
    return [frame.semantics[0], seen(frame, one)[0]]
  }

  test('one occupied voxel of eight makes it occupied', async () => {
    expect(await vote([0, 0, 0, 0, 0, 1, 0, 0])).toEqual([car, 1])
    expect(await vote([0, 0, 0, 0, 0, 0, 0, 0])).toEqual([free, 1])
  })

  test('the class is the vote, in which a thing weighs as much as two of the ground', async () => {
    expect((await vote([2, 2, 2, 2, 1, 1, 0, 0]))[0]).toBe(car)
    expect((await vote([2, 2, 2, 2, 2, 1, 1, 0]))[0]).toBe(drivable)
    expect((await vote([3, 3, 3, 1, 1, 0, 0, 0]))[0]).toBe(building)
  })

  test('it is observed when any of its voxels is', async () => {
    expect(await vote([0, 0, 0, 0, 0, 0, 0, 0], { observed: [0, 0, 0, 1, 0, 0, 0, 0] })).toEqual([free, 1])
    expect(await vote([0, 0, 0, 0, 0, 0, 0, 0], { observed: new Array(8).fill(0) })).toEqual([free, 0])
  })

  test('the vote starts anew with every frame', async () => {
    const source = sourceOf({ grid: cube(1, 2), codes: new Array(8).fill(0) })
    const frames = [[3], [1]].map(([code]) => ({ code }))
    const changing: VoxelSource = {
      ...source,
      read: async (index) => ({
        ...(await source.read(index)),
        categories: new Uint8Array(8).fill(frames[index].code),
      }),
    }
    const labels = labelsFor(fleet, 'openoccupancy')
    const scene = { grid: one, taxonomy: fleet, labels, sweeps: 1, sensorMasks: false, skips: new SkipCounter() }
    const builder = voxelOccupancy.open({ ...scene, log: logOf(changing) })
    expect((await builder.build(0, identity)).semantics[0]).toBe(building)
    expect((await builder.build(5e8, identity)).semantics[0]).toBe(car)
  })
})

test('on a finer grid each voxel fills the eight within it', async () => {
  const fine = cube(1, 2)
  const { frame } = await built({ grid: cube(2, 1), codes: [1], observed: [1] }, fine)
  expect([...frame.semantics]).toEqual(new Array(8).fill(car))
  expect(seen(frame, fine)).toEqual(new Array(8).fill(1))
})

test('what the source does not reach is free and not observed', async () => {
  // The source is the cell from 0 to 1 m; the grid begins a metre before it.
  const grid = cube(1, 2, [-1, -1, -1])
  const { frame } = await built({ grid: cube(1, 1), codes: [1] }, grid)
  expect([...frame.semantics]).toEqual([free, free, free, free, free, free, free, car])
  expect(seen(frame, grid)).toEqual([0, 0, 0, 0, 0, 0, 0, 1])
})

test.each([1, 2, 3])(
  'seed %i: carried to a larger grid of the same cells, every voxel keeps its place',
  async (seed) => {
    const random = stream(seed, 'voxelOccupancy')
    const codes = Uint8Array.from({ length: 27 }, () => random.int(4))
    const observed = Uint8Array.from({ length: 27 }, () => random.int(2))
    const given = { grid: cube(0.4, 3, [-0.6, -0.6, -0.6]), codes, observed }
    const same = (await built(given, given.grid)).frame
    const larger = cube(0.4, 5, [-1, -1, -1])
    const { frame } = await built(given, larger)
    const inner = (values: ArrayLike<number>) =>
      Array.from(
        { length: 27 },
        (_, v) => values[((Math.floor(v / 9) + 1) * 5 + (Math.floor(v / 3) % 3) + 1) * 5 + (v % 3) + 1],
      )
    expect(inner(frame.semantics)).toEqual([...same.semantics])
    expect(inner(seen(frame, larger))).toEqual(seen(same, given.grid))
    expect(seen(frame, larger).reduce((sum, bit) => sum + bit)).toBe(observed.reduce((sum, bit) => sum + bit))
  },
)

test('a grid that the source does not meet, and a log without voxels, are refused', async () => {
  const far = { ...cube(1, 2, [100, 0, 0]), name: 'far' }
  await expect(built({ grid: cube(1, 2), codes: new Array(8).fill(0) }, far)).rejects.toThrow(
    "log: grid 'far' does not meet the log's own",
  )
  expect(() => voxelOccupancy.offeredNs(logOf(null))).toThrow('no voxel grids to take occupancy from')
})
