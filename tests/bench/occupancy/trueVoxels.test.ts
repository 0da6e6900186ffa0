import { describe, expect, test } from 'vitest'
import { trueVoxels, truth } from '../../../bench/occupancy/trueVoxels.js'
import type { Grid } from '../../../pipeline/grid.js'
import { type Pose, poseFromYaw } from '../../../pipeline/pose.js'
import { codeOf } from '../../../pipeline/simulate/categories.js'
import { box, cylinder, type Shape } from '../../../pipeline/simulate/shapes.js'
import { rasteriseGround } from '../../../pipeline/simulate/surface.js'
import type { Actor, World } from '../../../pipeline/simulate/world.js'

/** Voxels of 1 m from (−4, −4, −2) to (4, 4, 4); the ego stands 0.5 m above the ground unless said otherwise. */
const grid: Grid = { name: 'test', originM: [-4, -4, -2], voxelM: 1, dims: [8, 8, 6] }
const standing = poseFromYaw(0, [0, 0, 0.5])

function worldOf(structures: Shape[], actors: Partial<Actor>[] = []): World {
  return { site: { structures, ground: rasteriseGround('TERRAIN', []) }, actors } as unknown as World
}

function seen(world: World, pose: Pose = standing) {
  const { what, categories, nearCategories } = trueVoxels(world, grid, 0, pose)
  const index = (xM: number, yM: number, zM: number) => {
    const [i, j, k] = [xM + 4, yM + 4, zM + 2].map(Math.floor)
    return (i * grid.dims[1] + j) * grid.dims[2] + k
  }
  return {
    has: (bits: number, ...place: [number, number, number]) => (what[index(...place)] & bits) === bits,
    here: (...place: [number, number, number]) => categories[index(...place)],
    near: (...place: [number, number, number]) => nearCategories[index(...place)],
    touched: [...what].filter((bits) => bits & truth.touched && !(bits & truth.centreBelow)).length,
  }
}

describe('truth of a simulated world in voxels', () => {
  test('the ground lies in one layer, is solid below, and near the layers beside it', () => {
    const { has, here } = seen(worldOf([]))
    // The ground is at z = −0.5 of the ego: the middle of the layer from −1 to 0.
    expect(has(truth.touched | truth.near, 0.5, 0.5, -0.5)).toBe(true)
    expect(has(truth.inside, 0.5, 0.5, -0.5)).toBe(false)
    expect(here(0.5, 0.5, -0.5)).toBe(1 << codeOf.TERRAIN)
    expect(has(truth.inside | truth.centreBelow, 0.5, 0.5, -1.5)).toBe(true)
    expect(has(truth.touched, 0.5, 0.5, 0.5)).toBe(false)
    const raised = seen(worldOf([]), poseFromYaw(0, [0, 0, 0.2]))
    // Now it is at z = −0.2: near the layer from 0 to 1, half a voxel up, and not the one from −2 to −1.
    expect(raised.has(truth.near, 0.5, 0.5, 0.5)).toBe(true)
    expect(raised.has(truth.near, 0.5, 0.5, 1.5)).toBe(false)
    expect(raised.has(truth.centreBelow, 0.5, 0.5, -0.5)).toBe(true)
  })

  test('a box touches what it shares a volume with; what lies in it wholly has no surface', () => {
    // From (0.8, −1.2, 0) to (3.2, 1.2, 3) of the site: its top is at z = 2.5 of the ego.
    const { has, here, near } = seen(worldOf([box('BUILDING', [2, 0, 0], [2.4, 2.4, 3])]))
    expect(has(truth.touched | truth.standing, 0.9, -1.1, 0.5)).toBe(true)
    expect(has(truth.inside, 0.9, -1.1, 0.5)).toBe(false)
    expect(has(truth.inside | truth.centreInside, 1.5, 0.5, 0.5)).toBe(true)
    expect(has(truth.inside, 1.5, 0.5, 2.2)).toBe(false)
    expect(has(truth.centreInside, 1.5, 0.5, 2.2)).toBe(true)
    expect(has(truth.touched, 1.5, 0.5, 3.5)).toBe(false)
    expect(here(0.9, 0.5, 0.5)).toBe(1 << codeOf.BUILDING)
    // The voxel from −1 to 0 ends 0.8 m before the box: not within half a voxel; that from 3 to 4 is touched.
    expect(near(-0.5, 0.5, 0.5)).toBe(0)
    expect(has(truth.touched, 3.5, 0.5, 0.5)).toBe(true)
    expect(has(truth.near, 1.5, 2.2, 0.5)).toBe(false)
  })

  test('a box turned by 45° leaves the voxel beyond its edge alone', () => {
    // A diamond with its corners 2 m from (0, 0): the voxel from (1, 1) to (2, 2) begins where its edge passes.
    const side = 2 * Math.SQRT2
    const just = seen(worldOf([box('BUILDING', [0, 0, 0], [side - 0.02, side - 0.02, 1], Math.PI / 4)]))
    expect(just.has(truth.touched, 1.5, 1.5, 0.2)).toBe(false)
    const over = seen(worldOf([box('BUILDING', [0, 0, 0], [side + 0.02, side + 0.02, 1], Math.PI / 4)]))
    expect(over.has(truth.touched, 1.5, 1.5, 0.2)).toBe(true)
  })

  test('a thin pole touches the column that it stands in, and is near the next when less than half a voxel off', () => {
    const { has, touched } = seen(worldOf([cylinder('POLE', [0.7, 0.5, 0], 0.1, 2)]))
    expect(has(truth.touched, 0.5, 0.5, 1.2)).toBe(true)
    expect(has(truth.touched, 1.5, 0.5, 1.2)).toBe(false)
    expect(has(truth.near, 1.5, 0.5, 1.2)).toBe(true)
    expect(has(truth.near, -0.5, 0.5, 1.2)).toBe(false)
    // From −0.5 to 1.5 of the ego's z: the ground's layer, which the ground touches anyway, and two more.
    expect(touched).toBe(64 + 2)
  })

  test('the grid turns and drives with the ego', () => {
    const pole = worldOf([cylinder('POLE', [10, 5.5, 0], 0.1, 2)])
    // Facing +y from (10.5, 3): the pole is 2.5 m ahead and 0.5 m to the left.
    const { has } = seen(pole, poseFromYaw(Math.PI / 2, [10.5, 3, 0.5]))
    expect(has(truth.touched | truth.standing, 2.5, 0.5, 0.5)).toBe(true)
    expect(has(truth.touched, 2.5, -0.5, 0.5)).toBe(false)
  })

  test('what moves is told from what stands', () => {
    const body = { category: 'CAR', lengthM: 2, widthM: 2, heightM: 2, shapes: [box('CAR', [0, 0, 0], [2, 2, 2])] }
    const stationAt = (_: number, out: object) => Object.assign(out, { xM: 2, yM: 2, yawRad: 0 })
    const actor = { body, stationAt, motion: {} } as unknown as Actor
    const moving = seen(worldOf([], [actor]))
    expect(moving.has(truth.mover | truth.touched, 1.5, 1.5, 0.5)).toBe(true)
    expect(moving.has(truth.standing, 1.5, 1.5, 0.5)).toBe(false)
    const parked = seen(worldOf([], [{ ...actor, motion: null }]))
    expect(parked.has(truth.standing, 1.5, 1.5, 0.5)).toBe(true)
    expect(parked.has(truth.mover, 1.5, 1.5, 0.5)).toBe(false)
  })
})
