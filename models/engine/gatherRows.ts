import type { GradSaveFunc, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import { tf } from './tensorflow.js'

/**
 * Some rows of a matrix, differentiable on every backend: that of WebAssembly has no kernel for the gradient of `tf.gather`,
 * which then puts the rows back into a matrix of zeros.
 *
 * @param x [N, K] float32
 * @param rows which of them, int32 [n], none twice
 * @returns [n, K] float32
 */
export function gatherRows(x: Tensor2D, rows: Tensor1D): Tensor2D {
  if (tf.getKernel('UnsortedSegmentSum', tf.getBackend()) !== undefined) return tf.gather(x, rows)
  const gather = tf.customGrad((matrix: Tensor | GradSaveFunc, save: Tensor | GradSaveFunc) => {
    ;(save as GradSaveFunc)([rows])
    return {
      value: tf.gather(matrix as Tensor2D, rows),
      gradFunc: (dy: Tensor, [saved]: Tensor[]) => tf.scatterND(tf.expandDims(saved, 1), dy, x.shape),
    }
  })
  return gather(x) as Tensor2D
}
