import { afterAll, beforeAll, expect, test } from 'vitest'
import { channelWeights, LatentScale, StatisticsFit } from '../../../models/dynamics/latentScale.js'
import { tf } from '../../../models/engine/tensorflow.js'

beforeAll(() => tf.engine().startScope())
afterAll(() => tf.engine().endScope())

test('fits mean, deviation and noise per channel', () => {
  const fit = new StatisticsFit(2)
  // Channel 0: 1, 3, 5, 7; channel 1: constant 4.
  fit.add(Float32Array.of(1, 4, 3, 4), Float32Array.of(0, -2, 0, -2))
  fit.add(Float32Array.of(5, 4, 7, 4), Float32Array.of(Math.log(3), -2, Math.log(3), -2))
  const { mean, std, noise } = fit.result()
  expect(mean).toEqual([4, 4])
  expect(std[0]).toBeCloseTo(Math.sqrt(5), 6)
  expect(std[1]).toBe(1)
  expect(noise[0]).toBeCloseTo(2, 6)
  expect(noise[1]).toBeCloseTo(Math.exp(-2), 6)
})

test('a channel that is all noise counts little, and the weights have mean 1', () => {
  const weights = channelWeights({ mean: [0, 0], std: [1, 0.1], noise: [0, 0.99] })
  // Shares 1 and 0.01 / (0.01 + 0.99).
  expect(weights[0]).toBeCloseTo(1 / 0.505, 5)
  expect(weights[1]).toBeCloseTo(0.01 / 0.505, 5)
})

test('scales and scales back', () => {
  const scale = new LatentScale({ mean: [1, -2], std: [2, 0.5], noise: [0, 0] })
  const z = tf.tensor4d([3, -1], [1, 1, 1, 2])
  expect([...scale.apply(z).dataSync()]).toEqual([1, 2])
  expect([...scale.invert(scale.apply(z)).dataSync()]).toEqual([3, -1])
  scale.dispose()
})

test('the distance is half the square within one deviation and linear beyond', () => {
  const scale = new LatentScale({ mean: [0], std: [1], noise: [0] })
  const at = (x: number) => scale.distance(tf.tensor4d([x], [1, 1, 1, 1]), tf.zeros([1, 1, 1, 1])).dataSync()[0]
  expect(at(0.5)).toBeCloseTo(0.125, 6)
  expect(at(-3)).toBeCloseTo(2.5, 6)
  scale.dispose()
})
