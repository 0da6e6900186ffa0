import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { sparseCrossEntropy } from '../../../models/engine/sparseCrossEntropy.js'
import { tf } from '../../../models/engine/tensorflow.js'
import { focal } from '../../../models/losses/focal.js'
import { noNumpy } from '../../support/numpy.js'
import { byDefinition } from './definitions.js'
import { randomCase } from './randomLogits.js'

const values = (nats: number[], gamma: number) =>
  tf.tidy(() => [...focal(tf.tensor1d(nats) as Tensor1D, gamma).dataSync()])

test('by hand: γ = 2, p = ½ and ¼; γ = 0 is the cross-entropy', () => {
  const [half, quarter] = values([Math.log(2), Math.log(4)], 2)
  expect(half).toBeCloseTo(0.25 * Math.log(2), 6)
  expect(quarter).toBeCloseTo(0.5625 * Math.log(4), 6)
  expect(values([0.3, 7], 0)).toEqual([0.3, 7].map(Math.fround))
})

test.each([0.5, 1, 2, 5])('γ = %d: certain rows cost nothing and pull nothing, hopeless ones cost all', (gamma) => {
  tf.tidy(() => {
    const { value, grad } = tf.valueAndGrad((x) => tf.sum(focal(x as Tensor1D, gamma)))(tf.tensor1d([0, 60]))
    expect(value.dataSync()[0]).toBeCloseTo(60, 4)
    expect(Math.abs(grad.dataSync()[0])).toBeLessThan(1e-5)
    expect(grad.dataSync()[1]).toBeCloseTo(1, 5)
  })
})

test.skipIf(noNumpy)(`is the definition on 200 random cases (seeds 1–200)${noNumpy}`, () => {
  const cases = Array.from({ length: 200 }, (_, i) => ({ ...randomCase(i + 1), counted: [] as number[] }))
  for (const one of cases) one.counted = one.labels.map(() => 1)
  const answers = byDefinition(cases)
  cases.forEach(({ logits, labels, gamma }, i) => {
    const ours = tf.tidy(() =>
      focal(sparseCrossEntropy(tf.tensor2d(logits) as Tensor2D, tf.tensor1d(labels, 'int32')), gamma).dataSync(),
    )
    // Of a row that is all but certain float32 knows 1 − p only so well.
    ours.forEach((value, row) => {
      expect(Math.abs(value - answers[i].focal[row]), `seed ${i + 1}`).toBeLessThan(2e-5 * (1 + value))
    })
  })
})

test.each([0.5, 1, 2, 3.5])('γ = %d: the gradient in the logits is that of finite differences', (gamma) => {
  const { logits, labels } = randomCase(11)
  const [flat, shape] = [Float32Array.from(logits.flat()), [logits.length, logits[0].length] as [number, number]]
  const loss = (x: Tensor2D) => tf.sum(focal(sparseCrossEntropy(x, tf.tensor1d(labels, 'int32')), gamma))
  const gradient = tf.tidy(() =>
    tf
      .grad((x) => loss(x as Tensor2D))(tf.tensor2d(flat, shape))
      .dataSync(),
  )
  const h = 1e-2
  for (let i = 0; i < flat.length; i++) {
    const at = (by: number) =>
      tf.tidy(
        () =>
          loss(
            tf.tensor2d(
              flat.map((x, j) => (j === i ? x + by : x)),
              shape,
            ),
          ).dataSync()[0],
      )
    expect(Math.abs(gradient[i] - (at(h) - at(-h)) / (2 * h))).toBeLessThan(4e-3)
  }
})
