import { describe, expect, test } from 'vitest'
import { deskew } from '../../../pipeline/ingest/deskew.js'
import { PoseTrack } from '../../../pipeline/ingest/poseTrack.js'
import { compose, identity, invert, type Pose, poseFromYaw, transform, type Vec3 } from '../../../pipeline/pose.js'
import { stream } from '../../../pipeline/random.js'

/** Poses every 10 ms from 0 to `untilS`. */
function trackOf(cityFromEgo: (timeS: number) => Pose, untilS: number): PoseTrack {
  const times = Array.from({ length: Math.round(untilS * 100) + 1 }, (_, i) => i / 100)
  const poses = times.map(cityFromEgo)
  return new PoseTrack({
    file: 'poses',
    timestampNs: BigInt64Array.from(times, (s) => BigInt(Math.round(s * 1e9))),
    q: [0, 1, 2, 3].map((i) => Float64Array.from(poses, ({ q }) => q[i])),
    t: [0, 1, 2].map((i) => Float64Array.from(poses, ({ t }) => t[i])),
  })
}

const rounded = (values: ArrayLike<number>) => Array.from(values, (v) => Math.round(v * 1e4) / 1e4 + 0)

describe('by hand: 10 m/s ahead, a sweep whose time is its end', () => {
  const poses = trackOf((s) => poseFromYaw(0, [10 * s, 0, 0]), 1)

  test('a point taken 100 ms before lies a metre further back, one taken then where it was', () => {
    const points = Float32Array.of(20, 1, 2, 20, 1, 2, 20, 1, 2)
    deskew(points, Int32Array.of(-100_000_000, -50_000_000, 0), 3, 5e8, identity, poses)
    expect(rounded(points)).toEqual([19, 1, 2, 19.5, 1, 2, 20, 1, 2])
  })

  test('and ahead of it what was taken after', () => {
    const points = Float32Array.of(20, 1, 2)
    deskew(points, Int32Array.of(30_000_000), 1, 5e8, identity, poses)
    expect(rounded(points)).toEqual([20.3, 1, 2])
  })

  test('from the sensor’s frame: mounted at (1, 0, 2), looking left', () => {
    const points = Float32Array.of(20, 0, 0)
    deskew(points, Int32Array.of(0), 1, 5e8, poseFromYaw(Math.PI / 2, [1, 0, 2]), poses)
    expect(rounded(points)).toEqual([1, 20, 2])
  })

  test('points without times of their own need no pose but that of the sweep', () => {
    const keyframes = new PoseTrack({
      ...{ file: 'poses', timestampNs: BigInt64Array.of(0n, 2_000_000_000n, 4_000_000_000n) },
      q: [1, 0, 0, 0].map((value) => Float64Array.of(value, value, value)),
      t: [20, 0, 0].map((value) => Float64Array.of(0, value, 2 * value)),
    })
    const points = Float32Array.of(5, 6, 7)
    deskew(points, Int32Array.of(0), 1, 2e9, poseFromYaw(0, [1, 0, 2]), keyframes)
    expect(rounded(points)).toEqual([6, 6, 9])
  })

  test('only the points that count are touched; none is fine', () => {
    const points = Float32Array.of(20, 1, 2, 7, 7, 7)
    deskew(points, Int32Array.of(-100_000_000, 1_000_000_000), 1, 5e8, identity, poses)
    expect(rounded(points)).toEqual([19, 1, 2, 7, 7, 7])
    deskew(points, new Int32Array(2), 0, 5e8, identity, poses)
    expect(rounded(points)).toEqual([19, 1, 2, 7, 7, 7])
  })

  test('points later than the poses reach are refused', () => {
    const points = Float32Array.of(20, 1, 2)
    expect(() => deskew(points, Int32Array.of(1_000_000_000), 1, 9e8, identity, poses)).toThrow('no pose at a time')
  })
})

test('by hand: a quarter turn a second on the spot; what was straight ahead 0.5 s ago is 45° to the right', () => {
  const poses = trackOf((s) => poseFromYaw((Math.PI / 2) * s), 1)
  const points = Float32Array.of(10, 0, 0)
  deskew(points, Int32Array.of(-500_000_000), 1, 1e9, identity, poses)
  expect(rounded(points)).toEqual(rounded([Math.SQRT1_2 * 10, -Math.SQRT1_2 * 10, 0]))
})

test.each([1, 2, 3, 4])('seed %i: a wall seen by a sensor that drives and turns is flat again to 1 mm', (seed) => {
  const random = stream(seed, 'deskew')
  const [speedMps, yawRateRadS] = [random.uniform(-15, 15), random.uniform(-0.8, 0.8)]
  // Along a circle, exactly: what the track interpolates between its poses is not what the points are made from.
  const cityFromEgo = (s: number): Pose => {
    const [radiusM, yaw] = [speedMps / yawRateRadS, yawRateRadS * s]
    return poseFromYaw(yaw, [radiusM * Math.sin(yaw), radiusM * (1 - Math.cos(yaw)), 0])
  }
  const poses = trackOf(cityFromEgo, 0.4)
  const egoFromSensor = poseFromYaw(random.uniform(-3, 3), [random.uniform(-1, 1), random.uniform(-1, 1), 1.8])
  const [timeS, count] = [0.2, 2000]
  const wall = Array.from({ length: count }, (): Vec3 => [25, random.uniform(-20, 20), random.uniform(0, 4)])
  const offsetNs = Int32Array.from({ length: count }, () => Math.round(random.uniform(-1e8, 1e8)))
  const points = new Float32Array(3 * count)
  wall.forEach((place, p) => {
    const cityFromSensor = compose(cityFromEgo(timeS + offsetNs[p] / 1e9), egoFromSensor)
    points.set(transform(invert(cityFromSensor), place), 3 * p)
  })
  const untouched = points.slice()
  deskew(points, offsetNs, count, timeS * 1e9, egoFromSensor, poses)
  const cityFromEgoNow = cityFromEgo(timeS)
  const errorM = (of: Float32Array, cityFrom: Pose) =>
    Math.max(
      ...wall.map((place, p) => {
        const seen = transform(cityFrom, of.subarray(3 * p, 3 * p + 3) as unknown as Vec3)
        return Math.hypot(...seen.map((metres, axis) => metres - place[axis]))
      }),
    )
  expect(errorM(points, cityFromEgoNow)).toBeLessThan(1e-3)
  // Left as they were, the same points are off by far more: the test can fail.
  expect(errorM(untouched, compose(cityFromEgoNow, egoFromSensor))).toBeGreaterThan(0.05)
})
