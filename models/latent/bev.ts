import type { Tensor } from '@tensorflow/tfjs-core'
import { oneHot } from '../engine/oneHot.js'
import { tf } from '../engine/tensorflow.js'

/**
 * Logits of columns seen from above, from those of their voxels: a column is of a class as far as any of its voxels
 * is, and free as far as all of them are.
 *
 * @param logits [B, X, Y, Z, K] float32
 * @param free index of the class that means empty
 * @returns log-probabilities before normalisation, [B, X, Y, K] float32
 */
export function bevLogits(logits: Tensor, free: number): Tensor {
  const K = logits.shape[4]!
  const logProbabilities = tf.logSoftmax(logits)
  const isFree = oneHot(tf.tensor1d([free], 'int32'), K) // [1, K]
  const [highest, lowest] = [tf.max(logProbabilities, 3), tf.min(logProbabilities, 3)]
  return tf.add(tf.mul(lowest, isFree), tf.mul(highest, tf.sub(1, isFree)))
}
