import { afterAll, beforeAll, expect, test } from 'vitest'
import { balancedKl, klDivergence, sampleGaussian, stopGradient } from '../../../models/dynamics/gaussian.js'
import { tf } from '../../../models/engine/tensorflow.js'

beforeAll(() => tf.engine().startScope())
afterAll(() => tf.engine().endScope())

const one = (mean: number, std: number) => ({ mean: tf.tensor([mean]), logStd: tf.tensor([Math.log(std)]) })

test.each([
  // Equal Gaussians; a mean one σ away: ½; twice as wide: ½·(4 − 1) − ln 2; half as wide: ½·(¼ − 1) + ln 2.
  [one(0.3, 2), one(0.3, 2), 0],
  [one(1, 1), one(0, 1), 0.5],
  [one(0, 2), one(0, 1), 1.5 - Math.LN2],
  [one(0, 0.5), one(0, 1), -0.375 + Math.LN2],
  [one(3, 1), one(1, 2), Math.LN2 + (1 + 4) / 8 - 0.5],
])('closed form, case %#', (q, p, expected) => {
  expect(klDivergence(q, p).dataSync()[0]).toBeCloseTo(expected, 5)
})

test('the closed form is what numeric integration gives', () => {
  const [muQ, sigmaQ, muP, sigmaP] = [0.7, 0.6, -0.4, 1.3]
  const density = (x: number, mu: number, sigma: number) =>
    Math.exp(-0.5 * ((x - mu) / sigma) ** 2) / (sigma * Math.sqrt(2 * Math.PI))
  let integral = 0
  for (let x = -8; x < 8; x += 1e-3) {
    const q = density(x, muQ, sigmaQ)
    if (q > 0) integral += q * Math.log(q / density(x, muP, sigmaP)) * 1e-3
  }
  expect(klDivergence(one(muQ, sigmaQ), one(muP, sigmaP)).dataSync()[0]).toBeCloseTo(integral, 4)
})

test('balancing sends its share of the gradient to the prior and the rest to the posterior', () => {
  const maps = (value: number) => tf.fill([1, 2, 2, 1], value)
  const kl = (q: ReturnType<typeof maps>, p: ReturnType<typeof maps>, freeNats: number) =>
    balancedKl({ mean: q, logStd: maps(0) }, { mean: p, logStd: maps(0) }, { klBalance: 0.8, freeNats })
  const [dq, dp] = tf.grads((q, p) => kl(q, p, 0))([maps(2), maps(0)])
  // KL = ½(μq − μp)² = 2 a cell; dKL/dμq = 2, and each of four cells has a quarter of the mean.
  expect(kl(maps(2), maps(0), 0).dataSync()[0]).toBeCloseTo(2, 5)
  expect(dq.dataSync()[0]).toBeCloseTo(0.2 * 2 * 0.25, 5)
  expect(dp.dataSync()[0]).toBeCloseTo(-0.8 * 2 * 0.25, 5)
  // Under the free nats nothing pulls.
  const [freeQ, freeP] = tf.grads((q, p) => kl(q, p, 3))([maps(2), maps(0)])
  expect([...freeQ.dataSync(), ...freeP.dataSync()].every((g) => Math.abs(g) === 0)).toBe(true)
})

test('samples follow their seed and their moments', () => {
  const wide = { mean: tf.fill([20_000], 3), logStd: tf.fill([20_000], Math.log(2)) }
  const sample = sampleGaussian(wide, 11)
  expect(sampleGaussian(wide, 11).dataSync()).toEqual(sample.dataSync())
  expect(sampleGaussian(wide, 12).dataSync()).not.toEqual(sample.dataSync())
  const { mean, variance } = tf.moments(sample)
  expect(mean.dataSync()[0]).toBeCloseTo(3, 1)
  expect(Math.sqrt(variance.dataSync()[0])).toBeCloseTo(2, 1)
})

test('a stopped gradient is 0 and its value unchanged', () => {
  const x = tf.tensor1d([2, -3])
  const gradient = tf.grad((v) => tf.sum(tf.add(tf.square(stopGradient(v)), v)))(x)
  expect([...stopGradient(x).dataSync()]).toEqual([2, -3])
  expect([...gradient.dataSync()]).toEqual([1, 1])
})
