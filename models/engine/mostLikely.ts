import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import { idIn, isHalf } from './halfStorage.js'
import { BFLOAT16, FLOAT32, typeAttr, withIds } from './nativeOps.js'
import { hasOwnKernels, tf } from './tensorflow.js'

/**
 * The class with the highest logit in each row, the first of several; nothing is widened on the way.
 *
 * @param logits [N, K] float32, or stored as bfloat16
 * @returns int32 [N]
 */
export function mostLikely(logits: Tensor2D): Tensor1D {
  if (!hasOwnKernels()) return tf.cast(tf.argMax(logits, 1), 'int32')
  const dtype = isHalf(logits) ? BFLOAT16 : FLOAT32
  return withIds((ids) =>
    ids.tensor(ids.run('OcclabMostLikely', [typeAttr(dtype)], [idIn(dtype, logits, ids)])),
  ) as Tensor1D
}
