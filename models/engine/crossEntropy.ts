import type { GradSaveFunc, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import { tf } from './tensorflow.js'

/**
 * Softmax cross-entropy of each row against a distribution, −Σ truth · log softmax(logits), in nats; differentiable in
 * the logits. Where the truth is one class, `sparseCrossEntropy` is faster and needs no [N, K] truth.
 *
 * The gradient is given in closed form, softmax(logits) · Σ truth − truth, so that the tape keeps no other [N, K] tensors.
 *
 * @param logits [N, K] float32; N rows, K classes
 * @param truth the share of each class in each row, [N, K] float32; a row of zeros costs nothing and has no gradient
 * @returns [N] float32
 */
export function crossEntropy(logits: Tensor2D, truth: Tensor2D): Tensor1D {
  const perRow = tf.customGrad((x: Tensor | GradSaveFunc, save: Tensor | GradSaveFunc) => {
    const logProbabilities = tf.logSoftmax(x as Tensor2D)
    ;(save as GradSaveFunc)([logProbabilities, truth])
    return {
      value: tf.neg(tf.sum(tf.mul(logProbabilities, truth), 1)),
      gradFunc: (dy: Tensor, [logP, wanted]: Tensor[]) => {
        const shares = tf.sum(wanted, 1, true) // [N, 1]
        return tf.mul(tf.sub(tf.mul(tf.exp(logP), shares), wanted), tf.expandDims(dy, 1))
      },
    }
  })
  return perRow(logits) as Tensor1D
}
