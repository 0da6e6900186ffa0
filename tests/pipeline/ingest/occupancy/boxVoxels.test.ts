import { expect, test } from 'vitest'
import type { Grid } from '../../../../pipeline/grid.js'
import { forEachBoxVoxel } from '../../../../pipeline/ingest/occupancy/boxVoxels.js'
import { invert, type Pose, poseFromYaw, quaternionFromEuler, transform, type Vec3 } from '../../../../pipeline/pose.js'
import { stream } from '../../../../pipeline/random.js'

const grid: Grid = { name: 'test', originM: [0, 0, 0], voxelM: 1, dims: [8, 8, 4] }

function voxelsOf(pose: Pose, sizeM: Vec3, inGrid = grid): string[] {
  const [, Y, Z] = inGrid.dims
  const found: string[] = []
  forEachBoxVoxel(inGrid, pose, sizeM, (v) => {
    found.push(`${Math.floor(v / (Y * Z))}${Math.floor(v / Z) % Y}${v % Z}`)
  })
  return found.sort()
}

test('a box along the axes: the voxels whose centres it holds', () => {
  // x from 1 to 3 holds the centres 1.5 and 2.5; y from 2.6 to 4.6 those at 3.5 and 4.5; z from 0 to 1 that at 0.5.
  expect(voxelsOf(poseFromYaw(0, [2, 3.6, 0.5]), [2, 2, 1])).toEqual(['130', '140', '230', '240'])
})

test('a quarter turn swaps length and width', () => {
  const turned = voxelsOf(poseFromYaw(Math.PI / 2, [4, 4, 0.5]), [4, 2, 1])
  expect(turned).toEqual(voxelsOf(poseFromYaw(0, [4, 4, 0.5]), [2, 4, 1]))
  expect(turned).toHaveLength(8)
})

test('half an eighth turn: a square of side 2√2 becomes a diamond', () => {
  const side = 2 * Math.SQRT2
  const diamond = voxelsOf(poseFromYaw(Math.PI / 4, [4.5, 4.5, 0.5]), [side, side, 1])
  // |x − 4.5| + |y − 4.5| ≤ 2 for the centre's indices.
  expect(diamond).toEqual(
    ['240', '330', '340', '350', '420', '430', '440', '450', '460', '530', '540', '550', '640'].sort(),
  )
})

test('a thin box marks every voxel that it shares a volume with', () => {
  // A pole of 0.2 m at a corner of four voxels, from z = 0.5 to 2.5.
  const pole = voxelsOf(poseFromYaw(0, [3, 3, 1.5]), [0.2, 0.2, 2])
  expect(pole).toHaveLength(4 * 3)
  // Wholly inside one column, between centres: the centre rule alone would lose it.
  expect(voxelsOf(poseFromYaw(0.3, [3.2, 3.2, 0.3]), [0.2, 0.2, 0.4])).toEqual(['330'])
})

test('touching is not sharing', () => {
  expect(voxelsOf(poseFromYaw(0, [3.5, 3.5, 0.25]), [1, 1, 0.5])).toEqual(['330'])
})

test('a box that holds no centre marks the voxel of its own', () => {
  // A unit square turned by 45° about a corner of voxels: all four centres lie 0.71 m away, its faces 0.5 m.
  expect(voxelsOf(poseFromYaw(Math.PI / 4, [3.01, 3.01, 0.5]), [1, 1, 1])).toEqual(['330'])
})

test('what lies outside the grid is left out', () => {
  expect(voxelsOf(poseFromYaw(0, [0, 0.5, 0.5]), [2, 1, 1])).toEqual(['000'])
  expect(voxelsOf(poseFromYaw(0, [-9, 0, 0]), [2, 2, 2])).toEqual([])
  expect(voxelsOf(poseFromYaw(0, [4, 4, 9]), [4, 0.1, 4])).toEqual([])
})

test.each([1, 2, 3, 4])('a thin box marks just the voxels in which points of it lie, seed %i', (seed) => {
  const rng = stream(seed, 'thin boxes')
  let marked = 0
  const mistakes: string[] = []
  for (let n = 0; n < 20; n++) {
    const q = quaternionFromEuler(rng.uniform(-3, 3), rng.uniform(-1, 1), rng.uniform(-1, 1))
    const pose: Pose = { q, t: [rng.uniform(0, 8), rng.uniform(0, 8), rng.uniform(0, 4)] }
    const size: Vec3 = [rng.uniform(0.1, 4), rng.uniform(0.1, 2), rng.uniform(0.1, 0.9)]
    const marks = new Set(voxelsOf(pose, size))
    marked += marks.size
    // Points of the box lie in marked voxels.
    for (let p = 0; p < 3000; p++) {
      const inBox: Vec3 = [
        rng.uniform(-0.5, 0.5) * size[0],
        rng.uniform(-0.5, 0.5) * size[1],
        rng.uniform(-0.5, 0.5) * size[2],
      ]
      const ijk = transform(pose, inBox).map(Math.floor)
      if (ijk.every((index, axis) => index >= 0 && index < grid.dims[axis]) && !marks.has(ijk.join('')))
        mistakes.push(`${ijk} holds a point of box ${n}`)
    }
    // And every marked voxel comes within a hundredth of the box.
    for (const name of marks)
      if (distanceToBox(pose, size, [...name].map(Number)) > 0.01) mistakes.push(`${name} is apart from box ${n}`)
  }
  expect(mistakes).toEqual([])
  expect(marked).toBeGreaterThan(100)
})

/** Distance between a unit voxel and a box by alternating projections between the two convex sets. */
function distanceToBox(pose: Pose, size: Vec3, ijk: readonly number[]): number {
  const boxFromEgo = invert(pose)
  let point = ijk.map((index) => index + 0.5) as unknown as Vec3
  let distance = 0
  for (let step = 0; step < 300; step++) {
    const inBox = transform(boxFromEgo, point).map((c, a) => clamp(c, -size[a] / 2, size[a] / 2)) as unknown as Vec3
    const nearest = transform(pose, inBox)
    const inVoxel = nearest.map((c, a) => clamp(c, ijk[a], ijk[a] + 1)) as unknown as Vec3
    distance = Math.hypot(...nearest.map((c, a) => c - inVoxel[a]))
    if (distance < 1e-6) return 0
    point = inVoxel
  }
  return distance
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}
