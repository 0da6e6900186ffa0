import type { GradConfig, KernelConfig, Tensor, TensorInfo } from '@tensorflow/tfjs-core'
import { type Activation, activations } from './convBias.js'
import { allowHalves, halfId, isHalf } from './halfStorage.js'
import { BFLOAT16, intAttr, typeAttr, withIds } from './nativeOps.js'
import { hasOwnKernels, tf } from './tensorflow.js'

const KERNEL = 'OcclabActivate'

/** An activation by itself. What is stored as bfloat16 stays so; all else is tfjs-core's. The shape is kept. */
export function activate<T extends Tensor>(x: T, activation: Exclude<Activation, 'none'>): T {
  if (!hasOwnKernels() || !isHalf(x)) return tf[activation](x)
  if (tf.getKernel(KERNEL, 'tensorflow') === undefined) {
    allowHalves()
    tf.registerKernel(forward)
    tf.registerGradient(backward)
  }
  return tf.engine().runKernel(KERNEL, { x }, { activation: activations[activation] }) as T
}

const forward: KernelConfig = {
  kernelName: KERNEL,
  backendName: 'tensorflow',
  kernelFunc: ({ inputs, attrs }) => {
    const x = inputs.x as TensorInfo
    return withIds((ids) => {
      const noBias = ids.own(ids.floats(new Float32Array(x.shape.at(-1)!)))
      return ids.tensor(ids.run('OcclabBiasActivation', attributes(attrs), [halfId(x, ids), noBias]))
    })
  },
}

const backward: GradConfig = {
  kernelName: KERNEL,
  outputsToSave: [true],
  gradFunc: (dy, [y], attrs) => ({
    x: () =>
      withIds((ids) => {
        const given = [halfId(y, ids), halfId(dy as Tensor, ids)]
        const [dx, unused] = ids.native.binding.executeOp('OcclabBiasActivationGrad', attributes(attrs), given, 2)
        ids.own(unused.id)
        return ids.tensor(dx)
      }),
  }),
}

function attributes(attrs: unknown) {
  return [typeAttr(BFLOAT16), intAttr('activation', (attrs as { activation: number }).activation)]
}
