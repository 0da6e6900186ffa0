import { describe, expect, test } from 'vitest'
import {
  type Agent,
  type Dynamics,
  newAgent,
  passesOf,
  settle,
  speedLimits,
  stretchesWhere,
} from '../../../pipeline/simulate/agent.js'
import { isNearLoop, type Loop, loopThrough, type Point, reversed, shifted } from '../../../pipeline/simulate/loop.js'
import { step, tickS } from '../../../pipeline/simulate/traffic.js'

const driving: Dynamics = {
  cruiseMps: 9,
  accelMps2: 1.8,
  brakeMps2: 6,
  lateralMps2: 1.8,
  yawRateRadps: 0.8,
  headwayS: 1.2,
  minGapM: 2.5,
}
const walking: Dynamics = { ...driving, cruiseMps: 1.4, accelMps2: 1, brakeMps2: 3, headwayS: 0.3, minGapM: 0.3 }
const car = { frontM: 2.25, rearM: 2.25, halfWidthM: 0.92 }
const person = { frontM: 0.3, rearM: 0.3, halfWidthM: 0.3 }

function square(fromX: number, fromY: number, sizeM: number, radiusM: number): Loop {
  const corners: Point[] = [
    [fromX, fromY],
    [fromX + sizeM, fromY],
    [fromX + sizeM, fromY + sizeM],
    [fromX, fromY + sizeM],
  ]
  return loopThrough(corners, radiusM)
}

/** Runs the agents; after every tick, looks. */
function run(agents: readonly Agent[], seconds: number, look: () => void): void {
  const traffic = { agents, claims: new Map() }
  agents.forEach((agent, train) => {
    agent.train = train
    settle(agent)
  })
  for (let k = 0; k < seconds / tickS; k++) {
    step(traffic)
    look()
  }
}

/** Between a car's body and a person's. */
function gapM({ at, frontM, halfWidthM }: Agent, walker: Agent): number {
  const [dx, dy] = [walker.at.xM - at.xM, walker.at.yM - at.yM]
  const along = Math.abs(Math.cos(at.yawRad) * dx + Math.sin(at.yawRad) * dy)
  const across = Math.abs(Math.cos(at.yawRad) * dy - Math.sin(at.yawRad) * dx)
  return Math.hypot(Math.max(0, along - frontM), Math.max(0, across - halfWidthM)) - walker.halfWidthM
}

const apartM = ({ at: a }: Agent, { at: b }: Agent) => Math.hypot(a.xM - b.xM, a.yM - b.yM)

describe('on a circle of radius 10 m', () => {
  const circle = loopThrough(
    Array.from(
      { length: 360 },
      (_, k): Point => [10 * Math.cos((k * Math.PI) / 180), 10 * Math.sin((k * Math.PI) / 180)],
    ),
  )

  test.each([
    ['the lateral acceleration', { lateralMps2: 1.6, yawRateRadps: 9 }, 4],
    // Four fifths of the yaw rate, so that the controller's overshoot stays within it.
    ['the yaw rate', { lateralMps2: 9, yawRateRadps: 0.3 }, 2.4],
    ['the cruising speed', { lateralMps2: 9, yawRateRadps: 9, cruiseMps: 3 }, 3],
  ])('%s limits the speed', (_, change, expected) => {
    for (const limit of speedLimits(circle, { ...driving, ...change })) expect(limit).toBeCloseTo(expected, 1)
  })
})

test('before a bend the limit falls as gentle braking allows', () => {
  const loop = square(0, 0, 200, 8)
  const limits = speedLimits(loop, driving)
  const gentle = 0.25 * driving.brakeMps2
  for (let i = 0; i < limits.length; i++) {
    const next = limits[(i + 1) % limits.length]
    expect(limits[i] ** 2 - next ** 2).toBeLessThanOrEqual(2 * gentle * loop.stepM + 1e-9)
  }
  expect(Math.max(...limits)).toBe(9)
})

test('a faster car closes up to a slower one and stays behind it', () => {
  const loop = square(0, 0, 150, 10)
  const slow = newAgent('driver', loop, car, { ...driving, cruiseMps: 4 }, 60)
  const fast = newAgent('driver', loop, car, driving, 10)
  let nearest = Number.POSITIVE_INFINITY
  run([slow, fast], 60, () => {
    nearest = Math.min(nearest, slow.sM - fast.sM - 4.5)
  })
  expect(nearest).toBeGreaterThan(1.5)
  expect(slow.sM - fast.sM).toBeLessThan(20)
})

describe('a junction of two loops', () => {
  // They cross at right angles at (80, 40) and (40, 80).
  const [one, other] = [square(0, 0, 80, 10), square(40, 40, 80, 10)]
  const junctions = [
    { xM: 80, yM: 40, radiusM: 10 },
    { xM: 40, yM: 80, radiusM: 10 },
  ]
  const passes = passesOf([one, other], junctions)
  const driver = (loop: Loop, sM: number) =>
    Object.assign(newAgent('driver', loop, car, driving, sM), { passes: passes.get(loop) })

  test('its passes conflict, each with the other loop’s there', () => {
    for (const loop of [one, other]) {
      expect(passes.get(loop)).toHaveLength(2)
      for (const { conflicts } of passes.get(loop)!) expect(conflicts.size).toBe(1)
    }
  })

  test.each(Array.from({ length: 11 }, (_, k) => 2 * k - 10))(
    'is driven by one at a time, and by both in the end (head start %d m)',
    (headStartM) => {
      // Both are on the straight 30 m before (80, 40).
      const [a, b] = [driver(one, 91.4 + headStartM), driver(other, 15.7)]
      let nearest = Number.POSITIVE_INFINITY
      let both = 0
      run([a, b], 60, () => {
        nearest = Math.min(nearest, apartM(a, b))
        const isIn = ({ at }: Agent) =>
          junctions.map(({ xM, yM }) => Math.hypot(at.xM - xM, at.yM - yM) < 7).indexOf(true)
        if (isIn(a) >= 0 && isIn(a) === isIn(b)) both++
      })
      expect(both).toBe(0)
      expect(nearest).toBeGreaterThan(4.5)
      for (const { sM } of [a, b]) expect(sM).toBeGreaterThan(250)
    },
  )
})

describe('a footpath over a road of two lanes', () => {
  const lane = square(0, 0, 150, 10)
  const oncoming = reversed(shifted(lane, -3.5))
  // Crosses the lanes, y = 0 and y = −3.5, at x = 60 and x = 90.
  const path = loopThrough(
    [
      [60, -14],
      [90, -14],
      [90, 10],
      [60, 10],
    ],
    1,
  )
  const crossings = stretchesWhere(path, (x, y) => [lane, oncoming].some((each) => isNearLoop(each, x, y, 2.2)))

  test('has two crossings', () => {
    expect(crossings).toHaveLength(2)
    for (const { lengthM } of crossings) expect(lengthM).toBeCloseTo(7.9, 0)
  })

  const starts = Array.from({ length: 12 }, (_, k) => 4 * k)
  test.each(starts.flatMap((sM) => [1.4, 0.45].map((speedMps) => [sM, speedMps] as const)))(
    'nobody walks into a car or is driven into, and all get on (walker at %d m, %d m/s)',
    (sM, cruiseMps) => {
      const walker = Object.assign(newAgent('walker', path, person, { ...walking, cruiseMps }, sM), { crossings })
      const cars = [lane, oncoming].flatMap((loop) => [0, 35].map((at) => newAgent('driver', loop, car, driving, at)))
      const seen = { nearestM: Number.POSITIVE_INFINITY, hardestMps2: 0 }
      run([walker, ...cars], 80, () => {
        for (const driver of cars) {
          seen.nearestM = Math.min(seen.nearestM, gapM(driver, walker))
          seen.hardestMps2 = Math.min(seen.hardestMps2, driver.accelMps2)
        }
      })
      expect(seen.nearestM).toBeGreaterThan(0.5)
      expect(seen.hardestMps2).toBeGreaterThanOrEqual(-6)
      expect(walker.sM - sM).toBeGreaterThan(0.3 * 80 * cruiseMps)
      for (const { sM: drivenM } of cars) expect(drivenM).toBeGreaterThan(120)
    },
  )
})
