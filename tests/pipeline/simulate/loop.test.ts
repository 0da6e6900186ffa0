import { describe, expect, test } from 'vitest'
import {
  isNearLoop,
  loopThrough,
  type Point,
  reversed,
  shifted,
  stationAt,
  wrapAngle,
} from '../../../pipeline/simulate/loop.js'

const square: Point[] = [
  [0, 0],
  [40, 0],
  [40, 40],
  [0, 40],
]

test('a square with corners of radius 10 is 4 · 20 m of edges and a circle of radius 10 long', () => {
  // Arcs are drawn as chords, and resampled.
  expect(loopThrough(square, 10).lengthM).toBeCloseTo(80 + 2 * Math.PI * 10, 1)
})

describe('along that square, counter-clockwise from the first arc', () => {
  const loop = loopThrough(square, 10)

  test('places lie on it, headings along it', () => {
    // The first arc ends after a quarter circle at (10, 0).
    const at = stationAt(loop, (Math.PI / 2) * 10 + 10)
    expect(at.xM).toBeCloseTo(20, 1)
    expect(at.yM).toBeCloseTo(0, 6)
    expect(wrapAngle(at.yawRad)).toBeCloseTo(0, 6)
  })

  test('after a whole turn the place is the same and the heading a turn on', () => {
    const [one, two] = [stationAt(loop, 7), stationAt(loop, 7 + loop.lengthM)]
    expect(two.xM).toBeCloseTo(one.xM, 9)
    expect(two.yM).toBeCloseTo(one.yM, 9)
    expect(loop.yawRad.at(-1)! - loop.yawRad[0]).toBeCloseTo(2 * Math.PI, 9)
  })

  test('its left is inside, and the other way round everything turns', () => {
    expect(shifted(loop, 2).lengthM).toBeCloseTo(loop.lengthM - 4 * Math.PI, 1)
    expect(shifted(loop, -2).lengthM).toBeCloseTo(loop.lengthM + 4 * Math.PI, 1)
    expect(shifted(reversed(loop), 2).lengthM).toBeCloseTo(loop.lengthM + 4 * Math.PI, 1)
  })

  test('nearness is to its samples', () => {
    expect(isNearLoop(loop, 20, 3, 3.01)).toBe(true)
    expect(isNearLoop(loop, 20, 3, 2.9)).toBe(false)
    expect(isNearLoop(loop, 20, 20, 19)).toBe(false)
  })
})

test('angles wrap to half-open turns', () => {
  expect(wrapAngle(Math.PI)).toBeCloseTo(Math.PI, 12)
  expect(wrapAngle(-Math.PI)).toBeCloseTo(Math.PI, 12)
  expect(wrapAngle(3 * Math.PI)).toBeCloseTo(Math.PI, 12)
  expect(wrapAngle(-0.5)).toBeCloseTo(-0.5, 12)
})
