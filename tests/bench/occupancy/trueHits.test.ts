import { expect, test } from 'vitest'
import { TrueHits } from '../../../bench/occupancy/trueHits.js'
import { trueVoxels, truth } from '../../../bench/occupancy/trueVoxels.js'
import { grids } from '../../../pipeline/grid.js'
import { simulateDefaults } from '../../../pipeline/simulate/config.js'
import { poseStepS, siteFromEgo } from '../../../pipeline/simulate/egoTrack.js'
import { planFleet } from '../../../pipeline/simulate/plan.js'
import { simulateWorld } from '../../../pipeline/simulate/world.js'

const [plan] = planFleet({ ...simulateDefaults, logs: 1, rigs: ['sedan64'], durationS: 2, weatherShare: 0 }, 4)
const world = simulateWorld({ ...plan, crowding: 1.5 })
const grid = grids.occ3d

/** Of a sweep's true hits on what stands and on what moves: voxels, and those that the world at `frameStep` touches. */
function hitsOf(sweepStep: number, carriedToStep: number, frameStep: number) {
  const pose = siteFromEgo(world.ego, frameStep)
  const { what } = trueVoxels(world, grid, frameStep * poseStepS, pose)
  const found = new Uint8Array(what.length)
  new TrueHits(world, grid).add(sweepStep, carriedToStep * poseStepS, pose, found)
  return [1, 2].map((kind) => {
    const voxels = [...found.keys()].filter((v) => found[v] === kind)
    const wanted = kind === 1 ? truth.touched : truth.mover
    return { count: voxels.length, touched: voxels.filter((v) => what[v] & wanted).length / voxels.length }
  })
}

test('true hits lie in voxels that the world touches: those of the frame’s sweep and of one 0.4 s before', () => {
  for (const sweepStep of [100, 60]) {
    const [standing, moving] = hitsOf(sweepStep, 100, 100)
    expect(standing.count).toBeGreaterThan(3000)
    expect(moving.count).toBeGreaterThan(30)
    // The rest lies on a face that two voxels share.
    expect(standing.touched).toBeGreaterThan(0.995)
    expect(moving.touched).toBeGreaterThan(0.98)
  }
})

test('movers that are carried to another time do not fit', () => {
  const [, moving] = hitsOf(60, 60, 100)
  expect(moving.touched).toBeLessThan(0.9)
})
