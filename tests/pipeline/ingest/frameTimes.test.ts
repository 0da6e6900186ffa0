import { expect, test } from 'vitest'
import { frameTimes, motionBetween, nearestIndex } from '../../../pipeline/ingest/frameTimes.js'
import { compose, poseFromYaw } from '../../../pipeline/pose.js'

/** Times and choices in tenths of a second. */
function chosen(tenths: number[], frameRateHz: number): number[] {
  return frameTimes(
    Float64Array.from(tenths, (t) => t * 1e8),
    frameRateHz,
  ).map((ns) => Math.round(ns / 1e8))
}

const tenHz = (count: number) => Array.from({ length: count }, (_, i) => i)

test('2 Hz out of 10 Hz: every fifth', () => {
  expect(chosen(tenHz(21), 2)).toEqual([0, 5, 10, 15, 20])
})

test('2 Hz out of 2 Hz: all', () => {
  expect(chosen([0, 5, 10, 15], 2)).toEqual([0, 5, 10, 15])
})

test('2 Hz out of 5 Hz: the nearest to each half second, the earlier of two, so that n frames stay n periods', () => {
  expect(chosen([0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20], 2)).toEqual([0, 4, 10, 14, 20])
})

test('2 Hz out of 1 Hz: what there is', () => {
  expect(chosen([0, 10, 20], 2)).toEqual([0, 10, 20])
})

test('a time that is a little late is taken, and does not shift those after it', () => {
  expect(chosen([0, 5, 11, 15, 20], 2)).toEqual([0, 5, 11, 15, 20])
})

test('after a gap, counting starts again at the next time', () => {
  expect(chosen([0, 5, 10, 33, 34, 38, 43], 2)).toEqual([0, 5, 10, 33, 38, 43])
})

test('a time that is early and the last one is no frame: nothing says it stands for the period', () => {
  expect(chosen(tenHz(20), 2)).toEqual([0, 5, 10, 15])
  expect(chosen([0, 5, 10, 14.6], 2)).toEqual([0, 5, 10, 15])
})

test('nothing gives nothing, one gives one', () => {
  expect(chosen([], 2)).toEqual([])
  expect(chosen([7], 2)).toEqual([7])
})

test('nearest index, the earlier of two', () => {
  const times = Float64Array.of(0, 10, 20)
  expect([-5, 0, 4, 5, 6, 19, 99].map((t) => nearestIndex(times, t))).toEqual([0, 0, 0, 0, 1, 2, 2])
})

test('ego motion is in the axes of the frame before', () => {
  const before = poseFromYaw(Math.PI / 2, [100, 50, 3])
  // Heading north; one metre ahead is one metre of y.
  const now = poseFromYaw(Math.PI / 2 + 0.1, [99.5, 51, 3.25])
  const motion = motionBetween(before, now, 0.5, 2)
  expect(motion?.dxM).toBeCloseTo(1, 12)
  expect(motion?.dyM).toBeCloseTo(0.5, 12)
  expect(motion?.dzM).toBeCloseTo(0.25, 12)
  expect(motion?.dyawRad).toBeCloseTo(0.1, 12)
  expect(motion?.dtS).toBe(0.5)
})

test('ego motion composes: before · motion = now', () => {
  const before = poseFromYaw(0.7, [1, 2, 0])
  const now = poseFromYaw(1.9, [4, -3, 0])
  const motion = motionBetween(before, now, 0.5, 2)!
  const again = compose(before, poseFromYaw(motion.dyawRad, [motion.dxM, motion.dyM, motion.dzM]))
  again.t.forEach((metres, axis) => {
    expect(metres).toBeCloseTo(now.t[axis], 12)
  })
})

test('no ego motion over more than one and a half periods', () => {
  const pose = poseFromYaw(0)
  expect(motionBetween(pose, pose, 0.75, 2)).not.toBeNull()
  expect(motionBetween(pose, pose, 0.76, 2)).toBeNull()
})
