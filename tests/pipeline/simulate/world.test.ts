import { beforeAll, describe, expect, test } from 'vitest'
import { simulateDefaults } from '../../../pipeline/simulate/config.js'
import { wrapAngle } from '../../../pipeline/simulate/loop.js'
import { alongAt } from '../../../pipeline/simulate/motion.js'
import { planFleet } from '../../../pipeline/simulate/plan.js'
import { tickS } from '../../../pipeline/simulate/traffic.js'
import { simulateWorld, type World } from '../../../pipeline/simulate/world.js'

type Corner = readonly [number, number]

/** Corners of a footprint that reaches `frontM` and `rearM` from its place. */
function footprint(xM: number, yM: number, yawRad: number, frontM: number, rearM: number, halfM: number): Corner[] {
  const [cos, sin] = [Math.cos(yawRad), Math.sin(yawRad)]
  const at = (a: number, b: number): Corner => [xM + cos * a - sin * b, yM + sin * a + cos * b]
  return [at(frontM, halfM), at(frontM, -halfM), at(-rearM, -halfM), at(-rearM, halfM)]
}

/** Separating axes: two rectangles are apart when some edge's normal keeps them apart. */
function overlap(a: readonly Corner[], b: readonly Corner[]): boolean {
  return [a, b].every((of) =>
    [0, 1].every((i) => {
      const [nx, ny] = [of[i][1] - of[i + 1][1], of[i + 1][0] - of[i][0]]
      const [pa, pb] = [a, b].map((corners) => corners.map(([x, y]) => x * nx + y * ny))
      return Math.max(...pa) >= Math.min(...pb) && Math.max(...pb) >= Math.min(...pa)
    }),
  )
}

test('the test of overlap tells apart what touches from what does not', () => {
  const car = footprint(0, 0, 0, 2, 2, 1)
  expect(overlap(car, footprint(3.9, 0, 0, 2, 2, 1))).toBe(true)
  expect(overlap(car, footprint(4.1, 0, 0, 2, 2, 1))).toBe(false)
  // Turned by 45°, the nearest corner is 2.83 − 2 beyond its middle.
  expect(overlap(car, footprint(0, 3.2, Math.PI / 4, 2, 2, 1))).toBe(false)
  expect(overlap(car, footprint(0, 2.9, Math.PI / 4, 2, 2, 1))).toBe(true)
})

const everyS = 0.25

/** What of the world the ego's body touches at some time, as `category at time`. */
function touched({ ego, rig, actors, plan }: World): string[] {
  const at = { xM: 0, yM: 0, yawRad: 0 }
  const found: string[] = []
  for (let timeS = 0; timeS < plan.durationS; timeS += everyS) {
    const i = Math.round(timeS * 100) - ego.fromStep
    const own = footprint(ego.xM[i], ego.yM[i], ego.yawRad[i], rig.frontM, rig.rearM, rig.widthM / 2)
    for (const { body, stationAt } of actors) {
      stationAt(timeS, at)
      if (Math.hypot(at.xM - ego.xM[i], at.yM - ego.yM[i]) > 40) continue
      // An aircraft's box is mostly air; its stands lie off the service roads.
      if (body.category === 'AIRCRAFT') continue
      const its = footprint(at.xM, at.yM, at.yawRad, body.lengthM / 2, body.lengthM / 2, body.widthM / 2)
      if (overlap(own, its)) found.push(`${body.category} at ${timeS} s`)
    }
  }
  return found
}

const plans = planFleet({ ...simulateDefaults, logs: 12, durationS: 16 }, 7)

describe.each(plans.map((plan) => [plan.logId, plan] as const))('%s (seed 7)', (_, plan) => {
  let world: World
  beforeAll(() => {
    world = simulateWorld(plan)
  })

  test('the ego touches nothing', () => {
    expect(touched(world)).toEqual([])
  })

  test('the ego keeps to its limits of speed, acceleration and yaw rate', () => {
    const { ego, rig, egoMotion } = world
    for (let i = 1; i < ego.xM.length; i++) {
      const movedM = Math.hypot(ego.xM[i] - ego.xM[i - 1], ego.yM[i] - ego.yM[i - 1])
      expect(movedM).toBeLessThanOrEqual(rig.cruiseMps * 0.01 * 1.03)
      expect(Math.abs(ego.yawRad[i] - ego.yawRad[i - 1])).toBeLessThanOrEqual(rig.yawRateRadps * 0.01 + 1e-9)
      expect(Math.abs(ego.pitchRad[i])).toBeLessThan(0.03)
    }
    for (let k = 1; k < egoMotion.speedMps.length; k++) {
      const accel = (egoMotion.speedMps[k] - egoMotion.speedMps[k - 1]) / tickS
      expect(accel).toBeLessThanOrEqual(rig.accelMps2 + 1e-9)
      expect(accel).toBeGreaterThanOrEqual(-rig.brakeMps2 - 1e-9)
    }
  })

  test('nothing teleports, turns on the spot, or accelerates beyond its kind', () => {
    const [before, after] = [
      { xM: 0, yM: 0, yawRad: 0 },
      { xM: 0, yM: 0, yawRad: 0 },
    ]
    for (const { motion, stationAt } of world.actors) {
      if (!motion) continue
      const { dynamics } = motion.agent
      for (let timeS = 0; timeS < plan.durationS; timeS += tickS) {
        stationAt(timeS, before)
        stationAt(timeS + tickS, after)
        const movedM = Math.hypot(after.xM - before.xM, after.yM - before.yM)
        expect(movedM).toBeLessThanOrEqual(dynamics.cruiseMps * tickS * 1.03)
        const turned = Math.abs(wrapAngle(after.yawRad - before.yawRad))
        expect(turned).toBeLessThanOrEqual(1.25 * dynamics.yawRateRadps * tickS + 1e-9)
      }
      for (let k = 1; k < motion.speedMps.length; k++) {
        const accel = (motion.speedMps[k] - motion.speedMps[k - 1]) / tickS
        expect(accel).toBeLessThanOrEqual(dynamics.accelMps2 + 1e-9)
        expect(accel).toBeGreaterThanOrEqual(-dynamics.brakeMps2 - 1e-9)
      }
    }
  })

  test('most of what can move does, and tracks have names of their own', () => {
    const movers = world.actors.filter(({ motion }) => motion)
    const moved = movers.filter(({ motion }) => alongAt(motion!, plan.durationS) - alongAt(motion!, 0) > 1)
    expect(moved.length).toBeGreaterThan(0.8 * movers.length)
    expect(new Set(world.actors.map(({ trackUuid }) => trackUuid)).size).toBe(world.actors.length)
  })
})

test('most egos get somewhere', () => {
  const travelM = plans.map((plan) => {
    const { egoMotion } = simulateWorld(plan)
    return alongAt(egoMotion, plan.durationS) - alongAt(egoMotion, 0)
  })
  expect(travelM.filter((m) => m > 30).length).toBeGreaterThanOrEqual(10)
})
