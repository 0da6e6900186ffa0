import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core'
import { afterEach, expect, test } from 'vitest'
import { adamwStep } from '../../../models/engine/adamwStep.js'
import { tf } from '../../../models/engine/tensorflow.js'
import { AdamW } from '../../../models/training/adamw.js'
import { Parameters } from '../../../models/training/parameters.js'
import { nativeTensors } from './deviation.js'

afterEach(() => tf.setBackend('tensorflow'))

const factors = { beta1: 0.5, beta2: 0.75, epsilon: 0, gradientScale: 2, rate: 0.1, squareScale: 2, decay: 0.25 }

test('by hand: one weight that decays and one that does not, at a quarter of the rate', () => {
  tf.tidy(() => {
    const weights: Tensor[] = [tf.tensor2d([8], [1, 1]), tf.tensor1d([8])]
    const [gradient, mean, square]: Tensor1D[] = [tf.tensor1d([1, 2]), tf.tensor1d([4, 0]), tf.tensor1d([4, 0])]
    const shares = { rates: [1, 0.25], decays: [1, 0] }
    const stepped = adamwStep({ weights, gradient, mean, square, ...shares }, factors)!
    // g = (2, 4); m = (2 + 1, 2); v = (3 + 1, 4).
    expect([...stepped.mean.dataSync()]).toEqual([3, 2])
    expect([...stepped.square.dataSync()]).toEqual([4, 4])
    expect(stepped.weights.map(({ shape }) => shape)).toEqual([[1, 1], [1]])
    expect(stepped.weights[0].dataSync()[0]).toBeCloseTo(8 - 2 - (0.1 * 3) / (2 * 2), 6)
    expect(stepped.weights[1].dataSync()[0]).toBeCloseTo(8 - (0.025 * 2) / (2 * 2), 6)
  })
})

test('without our kernels there is none', async () => {
  await tf.setBackend('cpu')
  tf.tidy(() => {
    const one: Tensor1D = tf.tensor1d([1])
    const inputs = { weights: [one], gradient: one, mean: one, square: one, rates: [1], decays: [1] }
    expect(adamwStep(inputs, factors)).toBeNull()
  })
})

test('moments that do not fit are refused', () => {
  tf.tidy(() => {
    const [one, two]: Tensor1D[] = [tf.tensor1d([1]), tf.tensor1d([1, 2])]
    const refused = (inputs: object) =>
      expect(() =>
        adamwStep(
          { weights: [one], gradient: one, mean: one, square: one, rates: [1], decays: [1], ...inputs },
          factors,
        ),
      )
    refused({ mean: two }).toThrow(/moments, rates, decays and factors that fit/)
    refused({ weights: [two] }).toThrow(/a gradient for each weight/)
  })
})

/** Three steps over more scalars than one piece of work holds. */
async function threeSteps(backend: string): Promise<number[][]> {
  await tf.setBackend(backend)
  const parameters = new Parameters(1)
  parameters.make('filter', [3, 3, 40, 60], { normal: 1 })
  parameters.make('bias', [60], { constant: 0.5 }, false)
  const settings = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1, clipNorm: 10, fullRateFanIn: 90 }
  const optimiser = new AdamW(parameters, settings)
  for (let step = 0; step < 3; step++) {
    const gradient = tf.tidy(() => tf.sin(tf.range(0, parameters.size)) as Tensor1D)
    optimiser.apply(gradient, 20, 0.01, step)
    gradient.dispose()
  }
  const values = parameters.all.map(({ variable }) => [...variable.dataSync()])
  optimiser.dispose()
  parameters.dispose()
  return values
}

test('AdamW by the kernel and by tfjs-core on its CPU backend agree', async () => {
  const [native, portable] = [await threeSteps('tensorflow'), await threeSteps('cpu')]
  native.forEach((values, n) => {
    values.forEach((value, i) => {
      expect(Math.abs(value - portable[n][i])).toBeLessThan(2e-6)
    })
  })
})

test('nothing is left behind', async () => {
  await threeSteps('tensorflow')
  const before = [tf.memory().numTensors, nativeTensors()]
  await threeSteps('tensorflow')
  expect([tf.memory().numTensors, nativeTensors()]).toEqual(before)
})
