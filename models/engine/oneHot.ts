import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import { tf } from './tensorflow.js'

/**
 * A row with a one at its label, zeros elsewhere; a label that is no class gives zeros. In WebAssembly `tf.oneHot` writes whole
 * numbers whatever type it is asked for (tfjs 4.22), and float32 reads their bits as almost nothing: there it is cast.
 *
 * @param labels int32 [N]
 * @returns [N, K] float32
 */
export function oneHot(labels: Tensor1D, K: number): Tensor2D {
  if (tf.getBackend() !== 'wasm') return tf.oneHot(labels, K, 1, 0, 'float32') as Tensor2D
  return tf.tidy(() => tf.cast(tf.oneHot(labels, K, 1, 0, 'int32'), 'float32')) as Tensor2D
}
