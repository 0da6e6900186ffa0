import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import { tf } from '../engine/tensorflow.js'

/**
 * One minus the mean soft Jaccard index over the classes that are there: each class's IoU with probabilities in the
 * place of decisions (Bertels et al. 2019, https://arxiv.org/abs/1911.01685). It is the metric that forecasts
 * are judged by, made differentiable. It is bounded where cross-entropy is not: a frozen decoder is sure of itself,
 * and with cross-entropy the voxels nobody can foresee drowned the others (forecasts got worse).
 *
 * @param logits [N, K] float32
 * @param onehot the true class of each row, [N, K] float32
 * @param counted [N] float32: 0 leaves a row out, else 1
 * @returns within [0, 1]
 */
export function softJaccardLoss(logits: Tensor2D, onehot: Tensor2D, counted: Tensor1D): Scalar {
  const mask = tf.expandDims(counted, 1)
  const predicted = tf.mul(tf.softmax(logits), mask)
  const truth = tf.mul(onehot, mask)
  const both = tf.sum(tf.mul(predicted, truth), 0) // [K]
  const there = tf.sum(truth, 0)
  const either = tf.sub(tf.add(tf.sum(predicted, 0), there), both)
  // The 1 keeps an absent class at 0/1; of a class that is there it costs a share of a voxel.
  const jaccard = tf.div(both, tf.add(either, 1))
  const isThere = tf.cast(tf.greater(there, 0), 'float32')
  const mean = tf.div(tf.sum(tf.mul(jaccard, isThere)), tf.maximum(tf.sum(isThere), 1))
  return tf.sub(1, mean) as Scalar
}
