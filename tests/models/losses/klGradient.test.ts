import type { Tensor4D } from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { tf } from '../../../models/engine/tensorflow.js'
import { freeBitsKl, GaussianCode, klPerChannel } from '../../../models/latent/gaussianCode.js'
import { stream } from '../../../pipeline/random.js'

test.each([
  [1, 0],
  [2, 0.4],
  [3, 100],
])('the gradient of the charged KL is that of finite differences (seed %i, %d free nats)', (seed, freeNats) => {
  const rng = stream(seed, 'kl gradient')
  // Two cells of three channels; the last channel is nearly the prior.
  const scale = [1, 2, 0.05]
  const draw = () => Array.from({ length: 6 }, (_, d) => scale[d % 3] * rng.normal())
  const moments = [draw(), draw()]
  const map = (values: number[]) => tf.tensor4d(values, [1, 1, 2, 3])
  const charge = (mean: Tensor4D, logvar: Tensor4D) =>
    freeBitsKl(klPerChannel(new GaussianCode(mean, logvar).kl()), freeNats)
  const value = (m: number[], v: number[]) => tf.tidy(() => charge(map(m), map(v)).dataSync()[0])
  const gradients = tf.tidy(() =>
    tf
      .grads((m, v) => charge(m as Tensor4D, v as Tensor4D))(moments.map(map))
      .map((gradient) => [...gradient.dataSync()]),
  )
  const h = 1e-2
  for (const which of [0, 1])
    for (let d = 0; d < 6; d++) {
      const moved = (by: number) =>
        moments.map((values, m) => values.map((x, i) => (m === which && i === d ? x + by : x)))
      const [up, down] = [moved(h), moved(-h)].map(([m, v]) => value(m, v))
      expect(gradients[which][d]).toBeCloseTo((up - down) / (2 * h), 3)
    }
  // All is free below a hundred nats.
  if (freeNats === 100) expect(gradients.flat().map(Math.abs)).toEqual(Array(12).fill(0))
})
