import fc from 'fast-check'
import { expect, test } from 'vitest'
import { castSweep, castSweepExhaustively, hitGround, hitNothing, newHits } from '../../../pipeline/simulate/cast.js'
import { Primitives } from '../../../pipeline/simulate/primitives.js'
import { box, cylinder, type Shape } from '../../../pipeline/simulate/shapes.js'
import { aimSweep, newSweepRays } from '../../../pipeline/simulate/sweepRays.js'
import { evenTrack, plainLidar, plainRig } from './plainSensor.js'

/** Casts one sweep of a plain sensor 2 m above the ground against shapes that stand still. */
function cast(shapes: readonly Shape[], track = evenTrack(), maxRangeM = 100) {
  const lidar = plainLidar()
  const rays = newSweepRays(lidar)
  aimSweep(rays, lidar, plainRig(lidar), track, 0)
  const primitives = new Primitives(shapes.length)
  for (const shape of shapes) primitives.add(shape, shape)
  const hits = newHits(rays)
  castSweep(rays, primitives, maxRangeM, hits)
  return { at: (column: number, beam: number) => [hits.rangeM[2 * column + beam], hits.what[2 * column + beam]] }
}

const wall = box('BUILDING', [11, 0, 0], [2, 10, 3])
/** Column 4 of 9 looks ahead, column 5 is 40° to its left. Beam 0 looks 30° down, beam 1 level. */
const [ahead, left40] = [4, 5]

test('a wall 10 m ahead is met at 10 m, the ground before it at 2 / sin 30° = 4 m, and past its end nothing', () => {
  const { at } = cast([wall])
  expect(at(ahead, 1)).toEqual([10, 0])
  expect(at(ahead, 0)).toEqual([4, hitGround])
  // 40° to the left, the wall's face is crossed at y = 10 tan 40° = 8.4 m, beyond its end at 5 m.
  expect(at(left40, 1)).toEqual([100, hitNothing])
})

test('the nearer of two shapes hides the farther, whatever their order', () => {
  const post = cylinder('POLE', [5, 0, 0], 0.5, 4)
  expect(cast([wall, post]).at(ahead, 1)).toEqual([4.5, 1])
  expect(cast([post, wall]).at(ahead, 1)).toEqual([4.5, 0])
})

test('each column is cast from where the sensor is at its own time', () => {
  // Column 4 of 9 fires 4/9 of 0.1 s into the sweep; at 9 m/s the sensor is 0.4 m on by then.
  const { at } = cast([wall], { ...evenTrack(9), yM: new Float64Array(60) })
  expect(at(ahead, 1)[0]).toBeCloseTo(9.6, 5)
})

test('a shape is met where it is at the time of the column', () => {
  const lidar = plainLidar()
  const rays = newSweepRays(lidar)
  aimSweep(rays, lidar, plainRig(lidar), evenTrack(), 0)
  const primitives = new Primitives(1)
  primitives.add(wall, { ...wall, xM: wall.xM + 1.8 })
  const hits = newHits(rays)
  castSweep(rays, primitives, 100, hits)
  // 4/9 of the way: 0.8 m farther.
  expect(hits.rangeM[2 * ahead + 1]).toBeCloseTo(10.8, 5)
})

const shape = fc
  .record({
    isBox: fc.boolean(),
    // Half of them close by, where a sensor's motion and tilt matter most.
    nearness: fc.constantFrom(0.12, 1),
    at: fc.tuple(fc.integer({ min: -60, max: 60 }), fc.integer({ min: -60, max: 60 }), fc.integer({ min: 0, max: 4 })),
    size: fc.tuple(...[1, 2, 3].map(() => fc.integer({ min: 1, max: 250 }))),
    yawRad: fc.double({ min: -7, max: 7, noNaN: true }),
    move: fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -20, max: 20 })),
    turnRad: fc.double({ min: -0.3, max: 0.3, noNaN: true }),
  })
  .map(({ isBox, nearness, at: [farX, farY, z], size: [l, w, h], yawRad, move, turnRad }) => {
    const [x, y] = [nearness * farX, nearness * farY]
    const start: Shape = isBox
      ? box('CAR', [x, y, z], [l / 10, w / 10, h / 10], yawRad)
      : cylinder('POLE', [x, y, z], l / 20, h / 10)
    const moved = { ...start, xM: x + move[0] / 10, yM: y + move[1] / 10 }
    return { start, end: moved.kind === 'box' ? { ...moved, yawRad: yawRad + turnRad } : moved }
  })

const sweep = fc.record({
  shapes: fc.array(shape, { maxLength: 25 }),
  speedMps: fc.double({ min: -15, max: 15, noNaN: true }),
  yawRateRadps: fc.double({ min: -3, max: 3, noNaN: true }),
  pitchRateRadps: fc.double({ min: -0.3, max: 0.3, noNaN: true }),
  pitchDeg: fc.double({ min: -6, max: 15, noNaN: true }),
  positionM: fc.tuple(...[-1, 0, 0.5].map((min) => fc.double({ min, max: 3, noNaN: true }))) as fc.Arbitrary<
    [number, number, number]
  >,
})

const seed = 20240304
test(`windows lose no hit: random worlds are seen as by casting every ray at everything (seed ${seed})`, () => {
  fc.assert(
    fc.property(sweep, ({ shapes, speedMps, yawRateRadps, pitchRateRadps, pitchDeg, positionM }) => {
      const beamsDeg = [-25, -12, -3, 0, 6, 15]
      const lidar = plainLidar({ beamsDeg, columns: 400, pitchDeg, positionM })
      const rays = newSweepRays(lidar)
      aimSweep(rays, lidar, plainRig(lidar), evenTrack(speedMps, yawRateRadps, pitchRateRadps), 20)
      const primitives = new Primitives(shapes.length)
      for (const { start, end } of shapes) primitives.add(start, end)
      const [windowed, exhaustive] = [newHits(rays), newHits(rays)]
      castSweep(rays, primitives, 80, windowed)
      castSweepExhaustively(rays, primitives, 80, exhaustive)
      // What was hit may differ only where two shapes are met at the very same range.
      expect(windowed.rangeM).toEqual(exhaustive.rangeM)
    }),
    { seed, numRuns: 150 },
  )
})
