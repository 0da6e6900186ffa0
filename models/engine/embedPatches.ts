import type { GradConfig, KernelConfig, Tensor, Tensor1D, Tensor2D, Tensor4D, TensorInfo } from '@tensorflow/tfjs-core'
import { toPatches } from '../latent/patches.js'
import { allowHalves, idIn, isHalf } from './halfStorage.js'
import { BFLOAT16, FLOAT32, intAttr, type NativeIds, typeAttr, withIds } from './nativeOps.js'
import { oneHot } from './oneHot.js'
import { hasOwnKernels, tf } from './tensorflow.js'

const KERNEL = 'OcclabEmbedPatches'

/** A batch's voxels, both int32 [B, X, Y, Z]: classes, and 1 where something observed the voxel, else 0. */
export interface Voxels {
  semantics: Tensor4D
  observed: Tensor4D
}

/**
 * The row of `table` for each voxel's class (its last row for a voxel that nothing observed), all voxels of a square of
 * columns as the channels of one cell, in the order of `toPatches`; differentiable in the table. Our own kernel looks
 * the rows up without a one-hot matrix, an index check in JavaScript or a transposed copy.
 *
 * @param table [K + 1, e] float32
 * @param half whether the cells are to be stored as bfloat16
 * @returns [B, X/patch, Y/patch, patch·patch·Z·e]
 */
export function embedPatches(voxels: Voxels, table: Tensor2D, patch: number, half: boolean): Tensor4D {
  if (!hasOwnKernels()) return portable(voxels, table, patch)
  if (tf.getKernel(KERNEL, 'tensorflow') === undefined) {
    allowHalves()
    tf.registerKernel(forward)
    tf.registerGradient(backward)
  }
  const attrs = { patch, dtype: half ? BFLOAT16 : FLOAT32 }
  return tf.engine().runKernel(KERNEL, { ...voxels, table }, attrs) as Tensor4D
}

const forward: KernelConfig = {
  kernelName: KERNEL,
  backendName: 'tensorflow',
  kernelFunc: ({ inputs, attrs }) => {
    const { semantics, observed, table } = inputs as Record<string, TensorInfo>
    const { patch, dtype } = attrs as { patch: number; dtype: number }
    return withIds((ids) => {
      const given = ids.native.getInputTensorIds([semantics, observed, table])
      return ids.tensor(ids.run('OcclabEmbedPatches', [typeAttr(dtype), intAttr('patch', patch)], given))
    })
  },
}

const backward: GradConfig = {
  kernelName: KERNEL,
  inputsToSave: ['semantics', 'observed', 'table'],
  gradFunc: (dy, [semantics, observed, table], attrs) => {
    const { patch } = attrs as unknown as { patch: number }
    return {
      table: () => withIds((ids) => tableGradient(ids, semantics, observed, dy as Tensor, table, patch)),
    }
  },
}

function tableGradient(ids: NativeIds, semantics: Tensor, observed: Tensor, dy: Tensor, table: Tensor, patch: number) {
  const dtype = isHalf(dy) ? BFLOAT16 : FLOAT32
  const [s, o, t] = ids.native.getInputTensorIds([semantics, observed, table])
  const attributes = [typeAttr(dtype), intAttr('patch', patch)]
  return ids.tensor(ids.run('OcclabEmbedPatchesGrad', attributes, [s, o, idIn(dtype, dy, ids), t]))
}

function portable({ semantics, observed }: Voxels, table: Tensor2D, patch: number): Tensor4D {
  const [rows, e] = table.shape
  const unknown = tf.scalar(rows - 1, 'int32')
  const seen: Tensor4D = tf.add(tf.mul(tf.sub(semantics, unknown), observed), unknown)
  const ids = toPatches(seen, patch) // [B, h, w, n]
  const [B, h, w, n] = ids.shape
  const onehot = oneHot(tf.reshape(ids, [-1]) as Tensor1D, rows) // [B·V, K + 1]
  return tf.reshape(tf.matMul(onehot, table), [B, h, w, n * e])
}
