import { expect, test } from 'vitest'
import { learningRateAt } from '../../../models/training/schedule.js'

const schedule = { steps: 101, learningRate: 2, warmupSteps: 10, finalShare: 0.1 }

test.each([
  [0, 0.2],
  [4, 1],
  [9, 2],
  // Half-way down the cosine: the mean of the peak and a tenth of it.
  [55, 1.1],
  [100, 0.2],
])('step %i: %d', (step, expected) => {
  expect(learningRateAt(step, schedule)).toBeCloseTo(expected, 12)
})

test('a run that is all warm-up never divides by zero', () => {
  expect(learningRateAt(0, { ...schedule, steps: 1, warmupSteps: 0 })).toBe(2)
})
