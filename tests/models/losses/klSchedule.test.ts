import { expect, test } from 'vitest'
import { type KlSchedule, klWeightAt } from '../../../models/losses/klSchedule.js'

const config: KlSchedule = {
  ...{ steps: 40, beta: 0.5, klSchedule: 'linear', klWarmupSteps: 10, klCycles: 4, klRamp: 0.5 },
}

test('linear: a tenth of the target after the first of ten steps, all of it from the tenth on', () => {
  expect([0, 4, 9, 10, 39].map((step) => klWeightAt(step, config))).toEqual([0.05, 0.25, 0.5, 0.5, 0.5])
  expect(klWeightAt(0, { ...config, klWarmupSteps: 0 })).toBe(0.5)
})

test('cyclical: four cycles of ten steps, each from 0, rising for five', () => {
  const cyclical = { ...config, klSchedule: 'cyclical' }
  const weights = Array.from({ length: 40 }, (_, step) => klWeightAt(step, cyclical))
  expect(weights.slice(0, 10)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.5, 0.5, 0.5, 0.5])
  for (let step = 10; step < 40; step++) expect(weights[step]).toBe(weights[step - 10])
  // A validation after the last step is weighed as that step was, not as the start of a fifth cycle.
  expect(klWeightAt(40, cyclical)).toBe(0.5)
})

test('steps that cycles do not divide lengthen the last one', () => {
  const weights = Array.from({ length: 11 }, (_, step) =>
    klWeightAt(step, { ...config, klSchedule: 'cyclical', steps: 11 }),
  )
  expect(weights).toEqual([0, 0.5, 0, 0.5, 0, 0.5, 0, 0.5, 0.5, 0.5, 0.5])
})

test('one cycle that rises all along is a warm-up over the whole run; one without a rise is constant', () => {
  const once = { ...config, klSchedule: 'cyclical', klCycles: 1, klRamp: 1 }
  expect([0, 20, 39].map((step) => klWeightAt(step, once))).toEqual([0, 0.25, 0.4875])
  expect(klWeightAt(0, { ...once, klRamp: 0 })).toBe(0.5)
})
