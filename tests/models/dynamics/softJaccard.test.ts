import type { Tensor2D } from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { softJaccardLoss } from '../../../models/dynamics/softJaccard.js'
import { tf } from '../../../models/engine/tensorflow.js'

beforeAll(() => tf.engine().startScope())
afterAll(() => tf.engine().endScope())

/** Logits so sure that the softmax is the class itself. */
const sure = (classes: number[]) => tf.mul(tf.oneHot(tf.tensor1d(classes, 'int32'), 3), 50) as Tensor2D
const onehot = (classes: number[]) => tf.cast(tf.oneHot(tf.tensor1d(classes, 'int32'), 3), 'float32') as Tensor2D
const all = (n: number) => tf.ones([n]) as never
const value = (predicted: number[], truth: number[], counted = all(predicted.length)) =>
  softJaccardLoss(sure(predicted), onehot(truth), counted).dataSync()[0]

test('is one minus the mean IoU over the classes that are there, up to a voxel each', () => {
  // Class 0: 2 of 3 + 1; class 1: 1 of 2 + 1; class 2 is nowhere.
  expect(value([0, 0, 1, 1], [0, 0, 0, 1])).toBeCloseTo(1 - (2 / 4 + 1 / 3) / 2, 5)
})

test('rows that are not counted change nothing', () => {
  const counted = tf.tensor1d([1, 1, 1, 1, 0, 0]) as never
  expect(value([0, 0, 1, 1, 2, 2], [0, 0, 0, 1, 0, 1], counted)).toBeCloseTo(value([0, 0, 1, 1], [0, 0, 0, 1]), 6)
})

test('no counted row at all is a loss of 1, and finite', () => {
  expect(value([0, 1], [0, 1], tf.zeros([2]) as never)).toBe(1)
})
