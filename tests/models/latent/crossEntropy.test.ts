import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import { afterEach, expect, test } from 'vitest'
import { crossEntropy } from '../../../models/engine/crossEntropy.js'
import { tf } from '../../../models/engine/tensorflow.js'

afterEach(() => tf.setBackend('tensorflow'))

test('by hand: ln 2 for two equal logits, and the row of zeros is free', () => {
  tf.tidy(() => {
    const logits: Tensor2D = tf.tensor2d([5, 5, 0, Math.log(3), 1, 2], [3, 2])
    const onehot = tf.oneHot(tf.tensor1d([0, 1, 9], 'int32'), 2, 1, 0, 'float32') as Tensor2D
    const nats = crossEntropy(logits, onehot).dataSync()
    expect(nats[0]).toBeCloseTo(Math.log(2), 6)
    expect(nats[1]).toBeCloseTo(Math.log(4 / 3), 6)
    expect(nats[2]).toBeCloseTo(0, 9)
  })
})

test.each(['tensorflow', 'cpu'])('value and gradient agree with plain operations on backend %s', async (backend) => {
  await tf.setBackend(backend)
  tf.tidy(() => {
    const logits = tf.randomNormal([7, 5], 0, 3, 'float32', 1) as Tensor2D
    const onehot = tf.oneHot(tf.tensor1d([0, 1, 2, 3, 4, 0, 1], 'int32'), 5, 1, 0, 'float32') as Tensor2D
    const weights: Tensor1D = tf.tensor1d([1, 0, 2, 0.5, 1, 3, 1])
    const plain = (x: Tensor2D) => tf.neg(tf.sum(tf.mul(tf.log(tf.softmax(x)), onehot), 1))
    const [ours, theirs] = [crossEntropy, plain].map((entropy) =>
      tf.valueAndGrad((x) => tf.sum(tf.mul(entropy(x as Tensor2D, onehot), weights)))(logits),
    )
    expect(ours.value.dataSync()[0]).toBeCloseTo(theirs.value.dataSync()[0], 4)
    const largest = tf.max(tf.abs(tf.sub(ours.grad, theirs.grad))).dataSync()[0]
    expect(largest).toBeLessThan(1e-5)
  })
})

test('by hand: shares that do not sum to 1 pull by as much as they are, and a row of zeros does not pull', () => {
  tf.tidy(() => {
    const truth: Tensor2D = tf.tensor2d([0.25, 0.25, 0, 0], [2, 2])
    const gradient = tf.grad((x) => tf.sum(crossEntropy(x as Tensor2D, truth)))(
      tf.tensor2d([0, Math.log(3), 1, 2], [2, 2]),
    )
    // p is ¼ and ¾: ¼·½ − ¼, ¾·½ − ¼.
    const expected = [-0.125, 0.125, 0, 0]
    gradient.dataSync().forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 6)
    })
  })
})

test('logits far apart stay finite', () => {
  tf.tidy(() => {
    const onehot = tf.tensor2d([1, 0], [1, 2])
    expect(crossEntropy(tf.tensor2d([-500, 500], [1, 2]), onehot).dataSync()[0]).toBe(1000)
  })
})
