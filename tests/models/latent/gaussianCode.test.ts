import type { Tensor4D } from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { tf } from '../../../models/engine/tensorflow.js'
import { freeBitsKl, GaussianCode, klPerChannel } from '../../../models/latent/gaussianCode.js'

const map = (values: number[]): Tensor4D => tf.tensor4d(values, [1, 1, 1, values.length])

/** KL(N(μ, σ²) ‖ N(0, 1)) by the trapezoid rule over ±12 σ. */
function integratedKl(mean: number, logvar: number): number {
  const deviation = Math.exp(logvar / 2)
  const steps = 20_000
  const width = (24 * deviation) / steps
  let sum = 0
  for (let i = 0; i <= steps; i++) {
    const x = mean - 12 * deviation + i * width
    const logQ = -0.5 * ((x - mean) / deviation) ** 2 - Math.log(deviation) - 0.5 * Math.log(2 * Math.PI)
    const logP = -0.5 * x ** 2 - 0.5 * Math.log(2 * Math.PI)
    sum += Math.exp(logQ) * (logQ - logP) * width
  }
  return sum
}

test.each([
  [0, 0],
  [1, 0],
  [-0.7, -3],
  [2.5, 1.2],
  [0, -6],
])('the KL of N(%d, exp %d) is its integral', (mean, logvar) => {
  tf.tidy(() => {
    const [kl] = new GaussianCode(map([mean]), map([logvar])).kl().dataSync()
    expect(kl).toBeCloseTo(integratedKl(mean, logvar), 4)
  })
})

test('a code equal to the prior costs nothing; one whose σ² is taken for log σ² would', () => {
  tf.tidy(() => {
    expect(new GaussianCode(map([0]), map([0])).kl().dataSync()[0]).toBe(0)
    // The DOME fault: σ = 1 passed as the log variance.
    expect(new GaussianCode(map([0]), map([1])).kl().dataSync()[0]).toBeGreaterThan(0.3)
  })
})

test('the gradient through a sample is that of finite differences', () => {
  const [mean, logvar] = [
    [0.3, -1, 0.5],
    [-1, 0.2, 0.8],
  ]
  const objective = (m: number[], v: number[]) =>
    tf.tidy(() => tf.sum(tf.tanh(new GaussianCode(map(m), map(v)).sample(11))).dataSync()[0])
  const gradients = tf.tidy(() =>
    tf
      .grads((m, v) => tf.sum(tf.tanh(new GaussianCode(m as Tensor4D, v as Tensor4D).sample(11))))([
        map(mean),
        map(logvar),
      ])
      .map((gradient) => [...gradient.dataSync()]),
  )
  const h = 1e-2
  const moved = (values: number[], i: number, by: number) => values.map((value, j) => (j === i ? value + by : value))
  for (let i = 0; i < 3; i++) {
    const byMean = (objective(moved(mean, i, h), logvar) - objective(moved(mean, i, -h), logvar)) / (2 * h)
    const byLogvar = (objective(mean, moved(logvar, i, h)) - objective(mean, moved(logvar, i, -h))) / (2 * h)
    expect(gradients[0][i]).toBeCloseTo(byMean, 3)
    expect(gradients[1][i]).toBeCloseTo(byLogvar, 3)
  }
})

test('samples have the moments they should, and the seed decides them', () => {
  tf.tidy(() => {
    const code = new GaussianCode(tf.fill([1, 100, 100, 1], 3), tf.fill([1, 100, 100, 1], Math.log(4)))
    const { mean, variance } = tf.moments(code.sample(5))
    expect(mean.dataSync()[0]).toBeCloseTo(3, 1)
    expect(Math.abs(variance.dataSync()[0] - 4)).toBeLessThan(0.15)
    expect(code.sample(5).dataSync()).toEqual(code.sample(5).dataSync())
    expect(code.sample(6).dataSync()).not.toEqual(code.sample(5).dataSync())
    expect(new Set(code.mode().dataSync())).toEqual(new Set([3]))
  })
})

test('free bits: a channel under λ costs λ, whatever its cells do, and pulls no parameter', () => {
  tf.tidy(() => {
    // Two cells, two channels: means 1 and 0.05 nat.
    const kl = tf.tensor4d([2, 0.1, 0, 0], [1, 1, 2, 2])
    expect([...klPerChannel(kl).dataSync()].map((nats) => Math.round(nats * 1e6) / 1e6)).toEqual([1, 0.05])
    expect(freeBitsKl(klPerChannel(kl), 0.25).dataSync()[0]).toBeCloseTo(1.25, 6)
    expect(freeBitsKl(klPerChannel(kl), 0).dataSync()[0]).toBeCloseTo(1.05, 6)
    const gradient = tf.grad((x) => freeBitsKl(klPerChannel(x as Tensor4D), 0.25))(kl)
    expect([...gradient.dataSync()]).toEqual([0.5, 0, 0.5, 0])
  })
})
