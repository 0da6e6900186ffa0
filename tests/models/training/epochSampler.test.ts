import { expect, test } from 'vitest'
import { EpochSampler } from '../../../models/training/epochSampler.js'

test('every example comes once an epoch, and epochs differ', () => {
  const sampler = new EpochSampler(6, 2, 1)
  const epoch = (first: number) => [0, 1, 2].flatMap((step) => sampler.at(first + step))
  expect(epoch(0).toSorted()).toEqual([0, 1, 2, 3, 4, 5])
  expect(epoch(3).toSorted()).toEqual([0, 1, 2, 3, 4, 5])
  expect(epoch(0)).not.toEqual(epoch(3))
})

test('a step depends on the seed and the step alone, not on the steps before it', () => {
  const walked = new EpochSampler(5, 3, 1)
  for (let step = 0; step < 40; step++) walked.at(step)
  expect(new EpochSampler(5, 3, 1).at(40)).toEqual(walked.at(40))
  expect(new EpochSampler(50, 3, 2).at(40)).not.toEqual(new EpochSampler(50, 3, 1).at(40))
})

test('a batch may be larger than the whole set', () => {
  expect(new EpochSampler(2, 5, 1).at(0)).toHaveLength(5)
})
