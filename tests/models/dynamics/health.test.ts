import { expect, test } from 'vitest'
import { dynamicsDefaults } from '../../../models/dynamics/config.js'
import { gainOverWarp, healthOf } from '../../../models/dynamics/health.js'

const means = (open: number[], warp: number[]) =>
  Object.fromEntries(
    open.flatMap((value, t) => [
      [`open_step/${t}`, value],
      [`warp_step/${t}`, warp[t]],
    ]),
  )

test('the gain is the share of the distance that the model takes off, step by step', () => {
  const gains = gainOverWarp(means([0.1, 0.3], [0.2, 0.2]))
  expect(gains[0]).toBeCloseTo(0.5, 12)
  expect(gains[1]).toBeCloseTo(-0.5, 12)
})

test('a model that is behind persistence is named, once it had time to learn', () => {
  const config = { ...dynamicsDefaults, decodedWeight: 0, warmupSteps: 20, logEvery: 20 }
  const behind = means([0.1, 0.3], [0.2, 0.2])
  expect(healthOf(behind, 100, config)).toContain('step 2 ahead')
  expect(healthOf(behind, 40, config)).toBe(null)
  expect(healthOf(means([0.1], [0.2]), 100, config)).toBe(null)
})

test('one that learns from occupancy too is not judged by its latents', () => {
  const config = { ...dynamicsDefaults, decodedWeight: 8, warmupSteps: 20, logEvery: 20 }
  expect(healthOf(means([0.1, 0.3], [0.2, 0.2]), 100, config)).toBe(null)
})
