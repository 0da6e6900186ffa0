import { expect, test } from 'vitest'
import { type Pass, pairsOf } from '../../../../eval/probes/studies/passPairs.js'
import { poseFromYaw } from '../../../../pipeline/pose.js'

/** A pass through these places, [x in metres, yaw in radians, site]. */
function pass(logId: string, ...places: [number, number?, string?][]): Pass {
  return {
    logId,
    places: places.map(([xM, yawRad = 0, siteId = 's'], i) => ({
      ...{ frame: i, code: i, siteId },
      cityFromEgo: poseFromYaw(yawRad, [xM, 0, 0]),
    })),
  }
}

function numbers(a: Pass, b: Pass): [number, number][] {
  return pairsOf(a, b).map(([here, there]) => [here.frame, there.frame])
}

test('the nearest within 2 m, not the first; who is farther away has no pair', () => {
  expect(numbers(pass('a', [0], [10]), pass('b', [-1.5], [0.5], [1], [12.1]))).toEqual([[0, 1]])
  expect(numbers(pass('a', [10]), pass('b', [12]))).toEqual([[0, 0]])
})

test('of two that are equally near the first', () => {
  expect(numbers(pass('a', [0]), pass('b', [1], [-1]))).toEqual([[0, 0]])
})

test('who came the other way, or was at another site, does not count, however near', () => {
  expect(numbers(pass('a', [0]), pass('b', [0, Math.PI], [0, 0.3], [1, 0.1]))).toEqual([[0, 2]])
  expect(numbers(pass('a', [0]), pass('b', [0, 0, 'elsewhere']))).toEqual([])
})

test('no more than ten pairs of two logs, evenly along the first', () => {
  const places = Array.from({ length: 40 }, (_, i): [number] => [5 * i])
  expect(numbers(pass('a', ...places), pass('b', ...places))).toEqual(
    [0, 4, 8, 12, 16, 20, 24, 28, 32, 36].map((i) => [i, i]),
  )
})
