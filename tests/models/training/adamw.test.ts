import type { Tensor1D } from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { tf } from '../../../models/engine/tensorflow.js'
import { AdamW, type AdamWConfig } from '../../../models/training/adamw.js'
import { Parameters } from '../../../models/training/parameters.js'

const config: AdamWConfig = {
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 1e-8,
  weightDecay: 0.1,
  clipNorm: 100,
  fullRateFanIn: 0,
}

function near(actual: ArrayLike<number>, expected: number[]): void {
  expect(actual.length).toBe(expected.length)
  expected.forEach((value, i) => {
    expect(actual[i]).toBeCloseTo(value, 6)
  })
}

function setUp(overrides: Partial<AdamWConfig> = {}) {
  const parameters = new Parameters(1)
  const weight = parameters.make('weight', [1], { constant: 1 })
  const bias = parameters.make('bias', [1], { constant: -2 }, false)
  const optimiser = new AdamW(parameters, { ...config, ...overrides })
  const step = (gradient: number[], at: number) => {
    const flat: Tensor1D = tf.tensor1d(gradient)
    optimiser.apply(flat, Math.hypot(...gradient), 0.1, at)
    flat.dispose()
  }
  return { parameters, optimiser, weight, bias, step }
}

test('two steps, by hand', () => {
  const { weight, bias, step } = setUp()
  // Bias-corrected moments of the first step are g and g²: the change is 0.1·sign(g). Only the weight decays:
  // 1·(1 − 0.1·0.1) − 0.1 and −2 + 0.1.
  step([0.5, -0.1], 0)
  near(weight.dataSync(), [0.89])
  near(bias.dataSync(), [-1.9])
  // m = 0.9·0.05 + 0.1·0.1 = 0.055, m̂ = 0.055 / 0.19; v = 0.99·0.0025 + 0.01·0.01 = 0.002575, v̂ = 0.002575 / 0.0199.
  step([0.1, -0.1], 1)
  near(weight.dataSync(), [0.89 * 0.99 - (0.1 * (0.055 / 0.19)) / Math.sqrt(0.002575 / 0.0199)])
  near(bias.dataSync(), [-1.8])
})

test('a gradient longer than clipNorm is scaled down to it', () => {
  const { optimiser, step } = setUp({ clipNorm: 1 })
  step([3, 4], 0)
  // (3, 4) / 5, times 1 − beta1.
  near(optimiser.state()['adamw.mean'].values, [0.06, 0.08])
  near(optimiser.state()['adamw.square'].values, [0.01 * 0.36, 0.01 * 0.64])
})

test('a layer that sums four times as many inputs as learn at the full rate learns and decays at a quarter of it', () => {
  const parameters = new Parameters(1)
  const [narrow, wide, bias] = [
    parameters.make('narrow', [2, 1], { constant: 1 }),
    parameters.make('wide', [2, 2, 2, 1], { constant: 1 }),
    parameters.make('bias', [1], { constant: 1 }, false),
  ]
  const optimiser = new AdamW(parameters, { ...config, fullRateFanIn: 2 })
  optimiser.apply(tf.ones([parameters.size]), 1, 0.1, 0)
  near(narrow.dataSync(), [0.89, 0.89])
  near(wide.dataSync(), Array(8).fill(1 - 0.025 * 0.1 - 0.025))
  near(bias.dataSync(), [0.9])
})

test('a step keeps the number of tensors, and dispose frees them all', () => {
  const before = tf.memory().numTensors
  const { parameters, optimiser, step } = setUp()
  step([1, 1], 0)
  const during = tf.memory().numTensors
  step([1, 1], 1)
  expect(tf.memory().numTensors).toBe(during)
  optimiser.dispose()
  parameters.dispose()
  expect(tf.memory().numTensors).toBe(before)
})
