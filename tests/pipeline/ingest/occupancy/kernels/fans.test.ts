import { expect, test } from 'vitest'
import { type Grid, grids, voxelCount } from '../../../../../pipeline/grid.js'
import type { Rays } from '../../../../../pipeline/ingest/occupancy/kernels/voxelKernel.js'
import { RayCaster } from '../../../../../pipeline/ingest/occupancy/rayCaster.js'
import { type Rng, stream } from '../../../../../pipeline/random.js'

type Point = [number, number, number]

/** A thing that stops rays: from one corner to the other, as shares of the grid. */
type Thing = [low: Point, high: Point]

/** More than two blocks of the kernel, and not a whole number of them. */
const count = 17_001

/** The share of the way from one point to another at which it meets a thing; 1 if it does not. */
function shareTo([low, high]: Thing, from: Point, to: Point): number {
  let [enter, leave] = [0, 1]
  for (const axis of [0, 1, 2]) {
    const d = to[axis] - from[axis]
    const shares = [(low[axis] - from[axis]) / d, (high[axis] - from[axis]) / d]
    enter = Math.max(enter, Math.min(...shares))
    leave = Math.min(leave, Math.max(...shares))
  }
  return enter < leave ? enter : 1
}

/**
 * A street as a LiDAR sees it that drives along: ground below, walls and things around it, of which many rays meet the same. `turns`
 * is how often it turns while it takes the rays; some of which it takes at random.
 */
function street(rng: Rng, { dims, originM, voxelM }: Grid, at: Point, turns: number): Rays {
  const near = (share: number, by: number) => share + rng.uniform(-by, by)
  const ground: Thing = [
    [-9, -9, -9],
    [9, 9, 0.2],
  ]
  const things = Array.from({ length: 12 }, (): Thing => {
    const low: Point = [near(at[0], 0.5), near(at[1], 0.5), rng.uniform(0, 0.9)]
    return [low, low.map((v) => v + rng.uniform(0.02, 0.3)) as Point]
  })
  const rays = { count, fromM: new Float32Array(3 * count), toM: new Float32Array(3 * count) }
  for (let n = 0; n < count; n++) {
    const angle = 2 * Math.PI * (n % 5 === 0 ? rng.uniform(0, 1) : (turns * n) / count)
    const from: Point = [at[0] + (0.02 * n) / count, at[1], at[2]]
    const end: Point = [from[0] + 0.9 * Math.cos(angle), from[1] + 0.9 * Math.sin(angle), near(at[2], 1.2)]
    const share = Math.min(...[ground, ...things].map((thing) => shareTo(thing, from, end)))
    for (const axis of [0, 1, 2]) {
      const metres = (place: number) => originM[axis] + place * dims[axis] * voxelM
      rays.fromM[3 * n + axis] = metres(from[axis])
      rays.toM[3 * n + axis] = metres(from[axis] + share * (end[axis] - from[axis]))
    }
  }
  return rays
}

/** Rays from a corner of voxels to centres of others: many go through edges, where order alone tells what is passed. */
function edges(rng: Rng, { originM, voxelM }: Grid): Rays {
  const metres = (voxels: number, axis: number) => originM[axis] + voxels * voxelM
  const ends = [() => rng.int(64), () => 20 + rng.int(60), () => rng.int(12)]
  return {
    count,
    fromM: Float32Array.from({ length: 3 * count }, (_, n) => metres([0, 50, 11][n % 3], n % 3)),
    toM: Float32Array.from({ length: 3 * count }, (_, n) => metres(ends[n % 3]() + 0.5, n % 3)),
  }
}

function marksTogether(grid: Grid, rays: Rays): Uint8Array {
  return marksOf(grid, (caster) => caster.cast(rays))
}

/** A single ray is marked whole: it has no other to follow. */
function marksAlone(grid: Grid, { fromM, toM }: Rays): Uint8Array {
  return marksOf(grid, (caster) => {
    for (let n = 0; n < 3 * count; n += 3)
      caster.cast({ count: 1, fromM: fromM.subarray(n, n + 3), toM: toM.subarray(n, n + 3) })
  })
}

function marksOf(grid: Grid, cast: (caster: RayCaster) => void): Uint8Array {
  const [caster, marks] = [new RayCaster(grid), new Uint8Array(voxelCount(grid))]
  cast(caster)
  caster.markPassed(marks)
  return marks
}

const { occ3d } = grids
const inside: Point = [0.5, 0.45, 0.4]
/** The last grid but one has one level more than fans know. */
test.each<[string, number, Grid, Point, number]>([
  ['in the middle of a grid of 16 levels', 1, occ3d, inside, 1],
  ['that turns many times', 2, occ3d, inside, 23],
  ['that turns by a tenth', 11, occ3d, inside, 0.1],
  ['at the border', 3, occ3d, [0.01, 0.99, 0.5], 2],
  ['outside', 4, occ3d, [-0.1, 0.5, 0.5], 2],
  ['above', 5, occ3d, [0.5, 0.5, 1.1], 2],
  ['7 levels', 6, { ...occ3d, dims: [61, 80, 7] }, inside, 2],
  ['40 levels', 7, { ...occ3d, dims: [90, 70, 40] }, inside, 2],
  ['64 levels', 8, { ...occ3d, dims: [60, 60, 64], voxelM: 0.1 }, inside, 2],
  ['65 levels', 9, { ...occ3d, dims: [60, 60, 65] }, inside, 2],
  ['slabs beyond a byte', 10, { ...occ3d, dims: [500, 40, 10] }, [0.2, 0.5, 0.6], 2],
])('many rays mark what each marks alone: %s, seed %i', (_, seed, grid, at, turns) => {
  const rays = street(stream(seed, 'street'), grid, at, turns)
  const [together, alone] = [marksTogether(grid, rays), marksAlone(grid, rays)]
  expect(alone.reduce((sum, mark) => sum + mark, 0)).toBeGreaterThan(1_000)
  expect([...alone.keys()].filter((voxel) => alone[voxel] !== together[voxel])).toEqual([])
})

test.each([12, 13])('also where rays go through edges, seed %i', (seed) => {
  const grid: Grid = { name: 'edges', originM: [0, -10, -2.2], voxelM: 0.2, dims: [80, 100, 32] }
  const rays = edges(stream(seed, 'edges'), grid)
  const [together, alone] = [marksTogether(grid, rays), marksAlone(grid, rays)]
  expect([...alone.keys()].filter((voxel) => alone[voxel] !== together[voxel])).toEqual([])
})

/** Moves half of the coordinates of the ends to planes between voxels, as near as float32 comes. */
function ontoPlanes(rng: Rng, { originM, voxelM }: Grid, rays: Rays): Rays {
  const toM = rays.toM.map((metres, n) => {
    const plane = originM[n % 3] + voxelM * Math.round((metres - originM[n % 3]) / voxelM)
    return rng.int(2) === 0 ? plane : metres
  })
  return { ...rays, toM }
}

/** Neither the corners nor what is a voxel's share of a metre are numbers of float32, which tells how far marks are looked up. */
test.each<[number, Grid]>([
  [6, { name: 'planes', originM: [-5.1, -52.1, -36.6], voxelM: 0.7, dims: [60, 60, 12] }],
  [21, { name: 'planes', originM: [-5.1, -52.1, -36.6], voxelM: 0.7, dims: [60, 60, 12] }],
  [10, { name: 'planes', originM: [-20.3, -10.7, -1.1], voxelM: 0.3, dims: [100, 100, 10] }],
  [17, { name: 'planes', originM: [-20.3, -10.7, -1.1], voxelM: 0.3, dims: [100, 100, 10] }],
])('also where they end on planes between voxels, seed %i', (seed, grid) => {
  const rng = stream(seed, 'planes')
  const at: Point = grid.voxelM === 0.7 ? [0.5, 0.5, 0.6] : [0.5, 0.45, 0.5]
  const rays = ontoPlanes(rng, grid, street(rng, grid, at, 2))
  const [together, alone] = [marksTogether(grid, rays), marksAlone(grid, rays)]
  expect([...alone.keys()].filter((voxel) => alone[voxel] !== together[voxel])).toEqual([])
})
