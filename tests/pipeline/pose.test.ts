import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  compose,
  identity,
  interpolate,
  invert,
  normalise,
  type Pose,
  poseFromYaw,
  type Quaternion,
  quaternionFromEuler,
  rotate,
  rotationMatrix,
  transform,
  type Vec3,
  yawOf,
} from '../../pipeline/pose.js'

const seed = 1618
const quarter = Math.PI / 2

/** Equal up to the rounding of a few operations on numbers of this size. */
function expectNear(actual: readonly number[], expected: readonly number[], tolerance = 1e-9): void {
  expect(actual.length).toBe(expected.length)
  actual.forEach((value, i) => {
    expect(Math.abs(value - expected[i]), `${actual} against ${expected}`).toBeLessThanOrEqual(tolerance)
  })
}

const metres = fc.double({ min: -1000, max: 1000, noNaN: true })
const point: fc.Arbitrary<Vec3> = fc.tuple(metres, metres, metres)
const part = fc.double({ min: -1, max: 1, noNaN: true })
const quaternion = fc
  .tuple(part, part, part, part)
  .filter((q) => Math.hypot(...q) > 0.1)
  .map((q) => normalise(q as Quaternion))
const pose: fc.Arbitrary<Pose> = fc.record({ q: quaternion, t: point })

test('a quarter turn to the left takes forward to left and left to back', () => {
  const turned = poseFromYaw(quarter, [10, 20, 0])
  expectNear(transform(turned, [1, 0, 0]), [10, 21, 0])
  expectNear(transform(turned, [0, 1, 0]), [9, 20, 0])
  expect(yawOf(turned.q)).toBeCloseTo(quarter, 12)
})

test('compose, by hand: two quarter turns with a step of 1 m each', () => {
  const step = poseFromYaw(quarter, [1, 0, 0])
  const two = compose(step, step)
  // The second step goes along the axis that the first turn made of x: +y.
  expectNear(two.t, [1, 1, 0])
  expect(Math.abs(yawOf(two.q))).toBeCloseTo(Math.PI, 12)
})

test('invert, by hand: 5 m forward and a quarter left, seen from there', () => {
  const back = invert(poseFromYaw(quarter, [5, 0, 0]))
  // The origin lies 5 m to the left of a vehicle that looks left.
  expectNear(back.t, [0, 5, 0])
  expect(yawOf(back.q)).toBeCloseTo(-quarter, 12)
})

test('interpolate, by hand: a third of the way through a right angle', () => {
  const between = interpolate(identity, poseFromYaw(quarter, [3, -6, 9]), 1 / 3)
  expectNear(between.t, [1, -2, 3])
  expect(yawOf(between.q)).toBeCloseTo(Math.PI / 6, 12)
})

test('interpolate takes the short way, whatever the sign of the quaternions', () => {
  const [from, to] = [poseFromYaw(0.9 * Math.PI), poseFromYaw(-0.9 * Math.PI)]
  expect(Math.abs(yawOf(interpolate(from, to, 0.5).q))).toBeCloseTo(Math.PI, 9)
  const flipped: Pose = { q: to.q.map((v) => -v) as unknown as Quaternion, t: to.t }
  expect(Math.abs(yawOf(interpolate(from, flipped, 0.5).q))).toBeCloseTo(Math.PI, 9)
})

test('equal rotations interpolate to themselves', () => {
  const same = poseFromYaw(1.2, [1, 2, 3])
  expectNear(interpolate(same, same, 0.3).q, same.q)
})

test('yaw, pitch, roll, by hand: nose down is a positive pitch about y, left', () => {
  // Pitch turns x (forward) to −z (down); roll turns y (left) to z (up).
  expectNear(rotate(quaternionFromEuler(0, quarter, 0), [1, 0, 0]), [0, 0, -1])
  expectNear(rotate(quaternionFromEuler(0, 0, quarter), [0, 1, 0]), [0, 0, 1])
  // Intrinsic: yaw first, then pitch about the turned y axis.
  expectNear(rotate(quaternionFromEuler(quarter, quarter, 0), [1, 0, 0]), [0, 0, -1])
  expectNear(rotate(quaternionFromEuler(quarter, 0, quarter), [0, 1, 0]), [0, 0, 1])
})

test('the matrix of a quarter turn about z', () => {
  expectNear([...rotationMatrix(poseFromYaw(quarter).q)], [0, -1, 0, 1, 0, 0, 0, 0, 1])
})

test(`a pose and its inverse cancel, both ways (seed ${seed})`, () => {
  const property = fc.property(pose, point, (p, at) => {
    expectNear(transform(compose(p, invert(p)), at), at, 1e-7)
    expectNear(transform(invert(p), transform(p, at)), at, 1e-7)
  })
  fc.assert(property, { seed })
})

test(`composing is transforming twice, and associative (seed ${seed})`, () => {
  const property = fc.property(pose, pose, pose, point, (a, b, c, at) => {
    expectNear(transform(compose(a, b), at), transform(a, transform(b, at)), 1e-7)
    expectNear(transform(compose(compose(a, b), c), at), transform(compose(a, compose(b, c)), at), 1e-7)
  })
  fc.assert(property, { seed })
})

test(`transforms keep distances (seed ${seed})`, () => {
  const property = fc.property(pose, point, point, (p, a, b) => {
    const distance = (u: Vec3, v: Vec3) => Math.hypot(u[0] - v[0], u[1] - v[1], u[2] - v[2])
    expect(distance(transform(p, a), transform(p, b))).toBeCloseTo(distance(a, b), 6)
  })
  fc.assert(property, { seed })
})

test(`interpolation starts at a, ends at b, and turns at a constant rate (seed ${seed})`, () => {
  const angle = (a: Quaternion, b: Quaternion) =>
    2 * Math.acos(Math.min(1, Math.abs(a.reduce((sum, v, i) => sum + v * b[i], 0))))
  const property = fc.property(pose, pose, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, u) => {
    const between = interpolate(a, b, u)
    expect(Math.hypot(...between.q)).toBeCloseTo(1, 12)
    expect(angle(a.q, between.q)).toBeCloseTo(u * angle(a.q, b.q), 5)
    expectNear(rotate(interpolate(a, b, 1).q, [1, 2, 3]), rotate(b.q, [1, 2, 3]), 1e-6)
    expectNear(interpolate(a, b, 0).t, a.t)
  })
  fc.assert(property, { seed })
})

test(`the yaw of Euler angles comes back (seed ${seed})`, () => {
  const yaw = fc.double({ min: -3.1, max: 3.1, noNaN: true })
  const tilt = fc.double({ min: -1.4, max: 1.4, noNaN: true })
  const property = fc.property(yaw, tilt, tilt, (yawRad, pitchRad, rollRad) => {
    expect(yawOf(quaternionFromEuler(yawRad, pitchRad, rollRad))).toBeCloseTo(yawRad, 9)
  })
  fc.assert(property, { seed })
})
