import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tf } from '../../../models/engine/tensorflow.js'
import { AveragedWeights, decayAt } from '../../../models/training/averagedWeights.js'
import { train } from '../../../models/training/loop.js'
import { Parameters } from '../../../models/training/parameters.js'
import { readSafetensors } from '../../../models/training/safetensors.js'
import { tempFolder } from '../../support/tempFolder.js'
import { regressionRun } from './regression.js'

test.each([
  [0, 0.99, 0.1],
  [8, 0.99, 0.5],
  [890, 0.99, 0.99],
  [100_000, 0.99, 0.99],
  [0, 0.05, 0.05],
])('the memory after step %i with at most %d is %d', (step, decay, expected) => {
  expect(decayAt(step, decay)).toBeCloseTo(expected, 12)
})

/** Two parameters of two and of one scalar, at 0. */
function zeros() {
  const parameters = new Parameters(1)
  parameters.make('a', [2], { constant: 0 })
  parameters.make('b', [1], { constant: 0 })
  const set = (...values: number[]) => tf.tidy(() => parameters.assignFlat(tf.tensor1d(values)))
  return { parameters, set }
}

const meanOf = (averaged: AveragedWeights) => [...averaged.state()['ema.weights'].values]

test('three steps by hand: each mean is memory · mean + (1 − memory) · weights', () => {
  const { parameters, set } = zeros()
  const averaged = new AveragedWeights(parameters, 0.99)
  const steps = [
    // Memory 0.1, then 2/11, then 3/12.
    { weights: [1, -2, 10], mean: [0.9, -1.8, 9] },
    { weights: [0.9, -1.8, 20], mean: [0.9, -1.8, 18] },
    { weights: [0.9, 0.2, 2], mean: [0.9, -0.3, 6] },
  ]
  steps.forEach(({ weights, mean }, step) => {
    set(...weights)
    averaged.add(step)
    meanOf(averaged).forEach((value, i) => {
      expect(value).toBeCloseTo(mean[i], 5)
    })
  })
  averaged.dispose()
  parameters.dispose()
})

test('during a run of something the model has the mean, afterwards its own weights bit for bit, also on failure: seed 5', async () => {
  const { parameters, set } = zeros()
  const averaged = new AveragedWeights(parameters, 0.9)
  const finite = fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 })
  const bits = () => Buffer.from(parameters.flat().dataSync().slice().buffer).toString('hex')
  await fc.assert(
    fc.asyncProperty(fc.tuple(finite, finite, finite), fc.nat(30), async (weights, step) => {
      set(...weights)
      averaged.add(step)
      const own = bits()
      let seen: number[] = []
      await averaged.during(async () => {
        seen = [...parameters.flat().dataSync()]
      })
      expect(seen).toEqual(meanOf(averaged))
      expect(bits()).toBe(own)
      await expect(averaged.during(() => Promise.reject(new Error('halted')))).rejects.toThrow('halted')
      expect(bits()).toBe(own)
    }),
    { seed: 5, numRuns: 25 },
  )
})

test('a run validates and keeps the mean, and leaves the weights behind it beside it', async () => {
  const [dir, plainDir] = [tempFolder(), tempFolder()]
  const plain = regressionRun(plainDir)
  const without = await train(plain.run)
  const { run, parameters } = regressionRun(dir)
  const validated: number[][] = []
  const { loss } = run.validation!
  run.validation!.loss = (batch, step) => {
    validated.push([...parameters.flat().dataSync()])
    return loss(batch, step)
  }
  const outcome = await train({ ...run, config: { ...run.config, ema: 0.95 } })
  const raw = (await readSafetensors(join(dir, 'rawWeights.safetensors'))).tensors
  // The mean follows the weights and changes nothing about them.
  expect(raw).toEqual(plain.parameters.values())
  expect(outcome.train).toEqual(without.train)
  expect(outcome.val).not.toEqual(without.val)
  const kept = [...parameters.flat().dataSync()]
  expect(validated.at(-1)).toEqual(kept)
  expect(kept).not.toEqual([...plain.parameters.flat().dataSync()])
  expect(outcome.weights).toEqual({ keep: 'last', step: 12, averaged: 0.95, chosenBy: null })
  expect(without.weights.averaged).toBeNull()
  await expect(readFile(join(plainDir, 'rawWeights.safetensors'))).rejects.toThrow('ENOENT')
})

test('averaging leaves no tensor behind', async () => {
  const { run, parameters } = regressionRun(tempFolder())
  const before = tf.memory().numTensors
  await train({ ...run, config: { ...run.config, ema: 0.9 } })
  expect(tf.memory().numTensors).toBe(before)
  parameters.dispose()
})
