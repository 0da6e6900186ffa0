import type { GradConfig, KernelConfig, Tensor, Tensor1D, Tensor2D, TensorInfo } from '@tensorflow/tfjs-core'
import { crossEntropy } from './crossEntropy.js'
import { allowHalves, idIn, isHalf } from './halfStorage.js'
import { BFLOAT16, FLOAT32, typeAttr, withIds } from './nativeOps.js'
import { oneHot } from './oneHot.js'
import { hasOwnKernels, tf } from './tensorflow.js'

const KERNEL = 'OcclabSparseCrossEntropy'

/**
 * Softmax cross-entropy of each row, −log softmax(logits)[its label], in nats; differentiable in the logits. Our own
 * kernel makes no other [N, K] tensor than the gradient, which it works out from the logits again, and leaves out the
 * rows that do not count; logits that are stored as bfloat16 get a gradient that is, too, with sums in float32.
 *
 * @param logits [N, K] float32, or stored as bfloat16
 * @param labels the class of each row, int32 [N]; a row whose label is no class costs nothing
 * @param counted rows where it is 0 cost nothing and have no gradient, float32 [N]; null counts all
 * @returns [N] float32
 */
export function sparseCrossEntropy(logits: Tensor2D, labels: Tensor1D, counted: Tensor1D | null = null): Tensor1D {
  if (!hasOwnKernels()) return portable(logits, labels, counted)
  if (tf.getKernel(KERNEL, 'tensorflow') === undefined) {
    allowHalves()
    tf.registerKernel(forward)
    tf.registerGradient(backward)
  }
  return tf.tidy(() =>
    tf.engine().runKernel(KERNEL, { logits, labels, counted: counted ?? tf.zeros([0]) }, {}),
  ) as unknown as Tensor1D
}

const forward: KernelConfig = {
  kernelName: KERNEL,
  backendName: 'tensorflow',
  kernelFunc: ({ inputs }) => {
    const { logits, labels, counted } = inputs as Record<string, TensorInfo>
    const dtype = isHalf(logits) ? BFLOAT16 : FLOAT32
    return withIds((ids) => {
      const given = [idIn(dtype, logits, ids), ...ids.native.getInputTensorIds([labels, counted])]
      return ids.tensor(ids.run('OcclabCrossEntropy', [typeAttr(dtype)], given))
    })
  },
}

const backward: GradConfig = {
  kernelName: KERNEL,
  inputsToSave: ['logits', 'labels', 'counted'],
  gradFunc: (dy, [logits, labels, counted]) => ({
    logits: () => {
      const dtype = isHalf(logits) ? BFLOAT16 : FLOAT32
      // A row without a gradient is passed over.
      const masked = counted.size === 0 ? (dy as Tensor) : tf.where(tf.notEqual(counted, 0), dy as Tensor, 0)
      return withIds((ids) => {
        const given = [idIn(dtype, logits, ids), ...ids.native.getInputTensorIds([labels, masked])]
        return ids.tensor(ids.run('OcclabCrossEntropyGrad', [typeAttr(dtype)], given))
      })
    },
  }),
}

function portable(logits: Tensor2D, labels: Tensor1D, counted: Tensor1D | null): Tensor1D {
  const onehot = oneHot(labels, logits.shape[1])
  return crossEntropy(logits, counted ? tf.mul(onehot, tf.expandDims(tf.cast(counted, 'bool'), 1)) : onehot)
}
