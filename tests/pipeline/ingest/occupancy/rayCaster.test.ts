import { describe, expect, test } from 'vitest'
import { PlainRays } from '../../../../bench/ingest/plainRays.js'
import { type Grid, grids, voxelCount } from '../../../../pipeline/grid.js'
import type { Rays } from '../../../../pipeline/ingest/occupancy/kernels/voxelKernel.js'
import { RayCaster } from '../../../../pipeline/ingest/occupancy/rayCaster.js'
import { type Rng, stream } from '../../../../pipeline/random.js'

type Point = readonly [number, number, number]
type Ray = readonly [from: Point, to: Point]

const small: Grid = { name: 'small', originM: [0, 0, 0], voxelM: 1, dims: [4, 4, 2] }

function raysOf(rays: readonly Ray[]): Rays {
  return {
    count: rays.length,
    fromM: Float32Array.from(rays.flatMap(([from]) => from)),
    toM: Float32Array.from(rays.flatMap(([, to]) => to)),
  }
}

/** Passed voxels as `ijk`, in index order. */
function passed(grid: Grid, ...rays: Ray[]): string[] {
  const caster = new RayCaster(grid)
  const voxels = new Uint8Array(voxelCount(grid))
  caster.cast(raysOf(rays))
  caster.markPassed(voxels)
  const [, Y, Z] = grid.dims
  return [...voxels.keys()]
    .filter((v) => voxels[v] === 1)
    .map((v) => `${Math.floor(v / (Y * Z))}${Math.floor(v / Z) % Y}${v % Z}`)
}

describe('through a grid of 4×4×2 voxels of 1 m', () => {
  test.each<[string, Ray, string[]]>([
    [
      'along x, without its end',
      [
        [0.5, 0.5, 0.5],
        [3.5, 0.5, 0.5],
      ],
      ['000', '100', '200'],
    ],
    [
      'against x',
      [
        [3.5, 2.5, 1.5],
        [0.5, 2.5, 1.5],
      ],
      ['121', '221', '321'],
    ],
    [
      'along y',
      [
        [1.5, 0.5, 0.5],
        [1.5, 2.5, 0.5],
      ],
      ['100', '110'],
    ],
    [
      'against y',
      [
        [1.5, 3.5, 0.5],
        [1.5, 1.5, 0.5],
      ],
      ['120', '130'],
    ],
    [
      'straight up',
      [
        [2.5, 2.5, 0.5],
        [2.5, 2.5, 1.5],
      ],
      ['220'],
    ],
    [
      'straight down',
      [
        [2.5, 2.5, 1.5],
        [2.5, 2.5, 0.5],
      ],
      ['221'],
    ],
    // x = 1 at y = 0.75, y = 1 at x = 1.5, x = 2 at y = 1.25.
    [
      'two to the side of one',
      [
        [0.5, 0.5, 0.5],
        [2.5, 1.5, 0.5],
      ],
      ['000', '100', '110'],
    ],
    // x = 1 at z = 0.75, z = 1 at x = 1.5, x = 2 at z = 1.25.
    [
      'into the upper layer',
      [
        [0.5, 0.5, 0.5],
        [3.5, 0.5, 2],
      ],
      ['000', '100', '101', '201', '301'],
    ],
    [
      'within one voxel',
      [
        [1.2, 1.2, 0.2],
        [1.8, 1.7, 0.9],
      ],
      [],
    ],
    [
      'of no length',
      [
        [1.5, 1.5, 0.5],
        [1.5, 1.5, 0.5],
      ],
      [],
    ],
    [
      'from outside to outside',
      [
        [-2, 1.5, 0.5],
        [6, 1.5, 0.5],
      ],
      ['010', '110', '210', '310'],
    ],
    [
      'from outside to the inside',
      [
        [-1, 0.5, 0.5],
        [1.5, 1.5, 0.5],
      ],
      // x = 0 at y = 0.9, y = 1 at x = 0.25, x = 1 at y = 1.3.
      ['000', '010'],
    ],
    [
      'from inside to outside',
      [
        [2.5, 2.5, 0.5],
        [2.5, 9.5, 0.5],
      ],
      ['220', '230'],
    ],
    [
      'that leaves through the top',
      [
        [0.5, 0.5, 1.5],
        [1, 0.5, 9],
      ],
      ['001'],
    ],
    // Through edges all the way; at each one y first, and out of the grid in its corner.
    [
      'through the edges of voxels',
      [
        [0.5, 0.5, 0.5],
        [5, 5, 0.5],
      ],
      ['000', '010', '110', '120', '220', '230', '330'],
    ],
    [
      'against that',
      [
        [3.5, 3.5, 0.5],
        [-1, -1, 0.5],
      ],
      ['330', '320', '220', '210', '110', '100', '000'].sort(),
    ],
    [
      'past the grid',
      [
        [-1, -1, 0.5],
        [5, -0.5, 0.5],
      ],
      [],
    ],
    // The grid's upper borders are outside of it.
    [
      'along a border of the grid',
      [
        [-1, 4, 0.5],
        [5, 4, 0.5],
      ],
      [],
    ],
    [
      'along a border and out past a corner',
      [
        [0.2, 4, 0.5],
        [-0.7, 4, 0.5],
      ],
      [],
    ],
    [
      'that stops before the grid',
      [
        [-3, 0.5, 0.5],
        [-1, 0.5, 0.5],
      ],
      [],
    ],
  ])('a ray %s', (_name, ray, expected) => {
    expect(passed(small, ray)).toEqual(expected)
  })

  test('one ray ends where another passes: the voxel is passed', () => {
    const rays: Ray[] = [
      [
        [0.5, 0.5, 0.5],
        [2.5, 0.5, 0.5],
      ],
      [
        [2.5, 0.5, 0.5],
        [2.5, 3.5, 0.5],
      ],
    ]
    expect(passed(small, ...rays)).toEqual(['000', '100', '200', '210', '220'])
  })

  test('and in whichever order the two come', () => {
    const rays: Ray[] = [
      [
        [2.5, 0.5, 0.5],
        [2.5, 3.5, 0.5],
      ],
      [
        [0.5, 0.5, 0.5],
        [2.5, 0.5, 0.5],
      ],
    ]
    expect(passed(small, ...rays)).toEqual(['000', '100', '200', '210', '220'])
  })

  test.each<[string, Ray, string[]]>([
    [
      'in a plane between voxels: it is at home in the upper ones',
      [
        [0.5, 2, 0.5],
        [3.5, 2, 0.5],
      ],
      ['020', '120', '220'],
    ],
    [
      'down onto a plane: it does not pass it',
      [
        [0.5, 3.5, 0.5],
        [3.5, 2, 0.5],
      ],
      // x = 1, 2, 3 at y = 3.25, 2.75, 2.25; y = 3 at x = 1.5.
      ['030', '120', '130', '220'],
    ],
    [
      'up from a plane',
      [
        [0.5, 2, 0.5],
        [2.5, 2.5, 0.5],
      ],
      ['020', '120'],
    ],
    [
      'steeply up through several layers a column',
      [
        [1.5, 1.5, 0.25],
        [1.75, 1.5, 9],
      ],
      ['110', '111'],
    ],
  ])('a ray %s', (_name, ray, expected) => {
    expect(passed(small, ray)).toEqual(expected)
  })

  test('clear forgets, and marking keeps what was marked', () => {
    const caster = new RayCaster(small)
    const voxels = new Uint8Array(voxelCount(small))
    caster.cast(
      raysOf([
        [
          [0.5, 0.5, 0.5],
          [1.5, 0.5, 0.5],
        ],
      ]),
    )
    caster.markPassed(voxels)
    caster.clear()
    caster.cast(
      raysOf([
        [
          [3.5, 3.5, 1.5],
          [3.5, 2.5, 1.5],
        ],
      ]),
    )
    caster.markPassed(voxels)
    expect([...voxels.keys()].filter((v) => voxels[v] === 1)).toEqual([0, voxelCount(small) - 1])
  })
})

describe('through rows longer than a machine word', () => {
  const long: Grid = { name: 'long', originM: [0, 0, 0], voxelM: 1, dims: [96, 70, 1] }
  const alongX = (...rays: [fromX: number, toX: number][]) =>
    marked(
      rays.map(
        ([fromX, toX]): Ray => [
          [fromX, 2.5, 0.5],
          [toX, 2.5, 0.5],
        ],
      ),
    ).map((v) => Math.floor(v / 70))
  const marked = (rays: Ray[]) => {
    const caster = new RayCaster(long)
    const voxels = new Uint8Array(voxelCount(long))
    caster.cast(raysOf(rays))
    caster.markPassed(voxels)
    return [...voxels.keys()].filter((v) => voxels[v] === 1)
  }
  const from = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, n) => first + n)

  test.each<[string, [number, number], number[]]>([
    ['within the first word', [3.5, 9.5], from(3, 8)],
    ['up to the end of a word', [3.5, 32.5], from(3, 31)],
    ['from one word into the next', [30.5, 34.5], from(30, 33)],
    ['and back', [34.5, 30.5], from(31, 34)],
    ['over a whole word in between', [31.5, 64.5], from(31, 63)],
    ['and back', [64.5, 31.5], from(32, 64)],
    ['through the whole row and out', [-5, 200], from(0, 95)],
    ['and back', [200, -5], from(0, 95)],
  ])('a run %s', (_name, ray, expected) => {
    expect(alongX(ray)).toEqual(expected)
  })

  test('a run along y, over two borders of words', () => {
    const ray: Ray = [
      [7.5, 1.5, 0.5],
      [7.5, 69.5, 0.5],
    ]
    expect(marked([ray])).toEqual(from(7 * 70 + 1, 7 * 70 + 68))
  })

  test('runs in one row add up', () => {
    expect(alongX([1.5, 4.5], [3.5, 6.5], [40.5, 38.5])).toEqual([1, 2, 3, 4, 5, 39, 40])
  })
})

const coarse: Grid = { name: 'coarse', originM: [-3.1, 2, -1], voxelM: 0.7, dims: [9, 6, 5] }
/** Less of a voxel than this, in metres, is left to rounding. */
const slackM = 1e-5

/**
 * How much of a ray lies in a voxel, metres, by the slab method: negative when it misses it. The same question asked of
 * every voxel, without any walk.
 */
function lengthIn(grid: Grid, [from, to]: Ray, ijk: Point): number {
  let [enter, leave] = [0, 1]
  for (let axis = 0; axis < 3; axis++) {
    const low = grid.originM[axis] + ijk[axis] * grid.voxelM
    const direction = to[axis] - from[axis]
    if (direction === 0) {
      const depth = Math.min(from[axis] - low, low + grid.voxelM - from[axis])
      if (depth < 0) return -1
      continue
    }
    const [a, b] = [(low - from[axis]) / direction, (low + grid.voxelM - from[axis]) / direction]
    enter = Math.max(enter, Math.min(a, b))
    leave = Math.min(leave, Math.max(a, b))
  }
  return (leave - enter) * Math.hypot(to[0] - from[0], to[1] - from[1], to[2] - from[2])
}

function randomRay(rng: Rng): Ray {
  const { originM, voxelM, dims } = coarse
  const point = (share: number) =>
    dims.map((size, axis) => {
      const metres = originM[axis] + voxelM * size * rng.uniform(-share, 1 + share)
      // Some coordinates on planes between voxels: where a walk goes wrong.
      return Math.fround(
        rng.int(6) === 0 ? originM[axis] + voxelM * Math.round((metres - originM[axis]) / voxelM) : metres,
      )
    }) as unknown as Point
  const from = point(rng.int(4) === 0 ? 0.5 : 0)
  const to = point(0.8)
  // Some along an axis.
  return [from, rng.int(8) === 0 ? [from[0], to[1], from[2]] : to]
}

/** On a plane between voxels or in its neighbourhood, either side may claim the ray. */
function isOnAPlane(value: number, axis: number): boolean {
  const inVoxels = (value - coarse.originM[axis]) / coarse.voxelM
  return Math.abs(inVoxels - Math.round(inVoxels)) < 1e-5
}

test.each([1, 2, 3, 4, 5, 6])('agrees with asking every voxel for 400 rays, seed %i', (seed) => {
  const rng = stream(seed, 'rays')
  const [X, Y, Z] = coarse.dims
  const mistakes: string[] = []
  let asked = 0
  for (let n = 0; n < 400; n++) {
    const ray = randomRay(rng)
    // A ray within a plane between voxels, or that ends on one, is at home on either side.
    const inPlane = [0, 1, 2].some((axis) => ray[0][axis] === ray[1][axis] && isOnAPlane(ray[0][axis], axis))
    if (inPlane || ray[1].some(isOnAPlane)) continue
    const marks = new Set(passed(coarse, ray))
    const end = ray[1].map((metres, axis) => Math.floor((metres - coarse.originM[axis]) / coarse.voxelM)).join('')
    for (let i = 0; i < X; i++)
      for (let j = 0; j < Y; j++)
        for (let k = 0; k < Z; k++) {
          const name = `${i}${j}${k}`
          const length = lengthIn(coarse, ray, [i, j, k])
          if (Math.abs(length) < slackM && name !== end) continue
          asked++
          const wanted = length > 0 && name !== end
          if (marks.has(name) !== wanted) mistakes.push(`${name} of ${JSON.stringify(ray)}: ${length} m`)
        }
  }
  expect(mistakes).toEqual([])
  expect(asked).toBeGreaterThan(50_000)
})

describe.each(['x', 'y', 'z'])('along %s', (name) => {
  const axis = ['x', 'y', 'z'].indexOf(name)
  const dims = [0, 1, 2].map((along) => (along === axis ? 41 : 2)) as unknown as Grid['dims']

  // Whole metres are at planes between voxels but for rounding, which may differ between an end and the way to it.
  test.each([1, 2, 3])('a ray to a plane passes what lies before the voxel that a vote falls into, seed %i', (seed) => {
    const rng = stream(seed, 'planes', name)
    for (let n = 0; n < 300; n++) {
      const tenVoxelsM = [1, 2, 3, 7, 11, 13][rng.int(6)]
      const originM = [0, 1, 2].map(() => -rng.int(30)) as unknown as Point
      const grid: Grid = { name: 'planes', originM, voxelM: tenVoxelsM / 10, dims }
      const voxelOf = (metres: number, along: number) => Math.floor((metres - originM[along]) * (1 / grid.voxelM))
      const from = originM.map((low) => Math.fround(low + grid.voxelM * rng.uniform(0.1, 0.9)))
      from[axis] = Math.fround(originM[axis] + tenVoxelsM * rng.uniform(-20, 20))
      const to = from.map((metres, along) => (along === axis ? originM[axis] + tenVoxelsM * (1 + rng.int(3)) : metres))
      const end = voxelOf(to[axis], axis)
      const start = Math.min(Math.max(voxelOf(from[axis], axis), 0), dims[axis] - 1)
      const expected = Array.from({ length: Math.abs(end - start) }, (_, i) =>
        [0, 0, 0].with(axis, end > start ? start + i : start - i).join(''),
      )
      expect(passed(grid, [from, to] as unknown as Ray).sort()).toEqual(expected.sort())
    }
  })
})

/** One sensor in the middle, rays to all sides: what a LiDAR does, at the size of a frame. */
function fan(rng: Rng, grid: Grid, count: number): Rays {
  const at = (axis: number, share: number) => grid.originM[axis] + share * grid.dims[axis] * grid.voxelM
  const from = [0, 1, 2].map((axis) => at(axis, rng.uniform(0.3, 0.7)))
  return {
    count,
    fromM: Float32Array.from({ length: 3 * count }, (_, n) => from[n % 3]),
    toM: Float32Array.from({ length: 3 * count }, (_, n) => at(n % 3, rng.uniform(0, 1))),
  }
}

/** The last grid has more voxels along x than the plan of a ray can hold: there rays are walked one by one. */
test.each([
  [9, grids.occ3d, 2001],
  [10, { ...grids.occ3d, dims: [40, 40, 90] }, 701],
  [11, { ...grids.occ3d, dims: [600, 50, 20] }, 500],
] as [number, Grid, number][])('marks what the same algorithm in TypeScript does, seed %i', (seed, grid, count) => {
  const rays = fan(stream(seed, 'fan'), grid, count)
  const [marks, expected] = [new Uint8Array(voxelCount(grid)), new Uint8Array(voxelCount(grid))]
  const caster = new RayCaster(grid)
  caster.cast(rays)
  caster.markPassed(marks)
  new PlainRays(grid).cast(rays, expected)
  expect(expected.reduce((sum, mark) => sum + mark)).toBeGreaterThan(10_000)
  expect([...marks.keys()].filter((voxel) => marks[voxel] !== expected[voxel])).toEqual([])
})

test.each([7, 8])('many rays at once mark the union of what each marks, seed %i', (seed) => {
  const rng = stream(seed, 'rays')
  const rays = Array.from({ length: 60 }, () => randomRay(rng))
  const union = new Set(rays.flatMap((ray) => passed(coarse, ray)))
  expect(new Set(passed(coarse, ...rays))).toEqual(union)
})
