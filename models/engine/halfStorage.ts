import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core'
import { BFLOAT16, FLOAT32, INT32, type NativeIds, typeAttr, withIds } from './nativeOps.js'
import { type NativeBackend, nativeBackend, type StoredTensor, tf } from './tensorflow.js'

/**
 * Float32 tensors that are stored as bfloat16. tfjs has no name for bfloat16, so to tfjs they are float32 tensors like
 * any other; only the memory behind them is half as large. Kernels of this folder take them as they are. Every other
 * operation finds float32: at its first use the tensor is widened in place, which loses nothing.
 */

const installed = new WeakSet<NativeBackend>()

/** The native backend, taught to hold such tensors; null where another backend is in use. */
function backendWithHalves(): NativeBackend | null {
  const native = nativeBackend()
  if (native && !installed.has(native)) {
    installed.add(native)
    install(native)
  }
  return native
}

function install(native: NativeBackend): void {
  const { getInputTensorIds, readSync, createOutputTensor } = native
  native.getInputTensorIds = (tensors) => {
    for (const { dataId } of tensors) if (dataId && native.tensorMap.has(dataId)) widen(native.tensorMap.get(dataId))
    return getInputTensorIds.call(native, tensors)
  }
  native.readSync = (dataId) => {
    widen(native.tensorMap.get(dataId))
    return readSync.call(native, dataId)
  }
  native.createOutputTensor = (output) => {
    if (output.dtype !== BFLOAT16) return createOutputTensor.call(native, output)
    const tensor = createOutputTensor.call(native, { ...output, dtype: FLOAT32 })
    native.tensorMap.get(tensor.dataId).dtype = BFLOAT16
    return tensor
  }
  wrapKernel('Reshape', ({ x }, { shape }, ids) => {
    if (!isHalf(x)) return null
    const dims = tf.util.inferFromImplicitShape(shape as number[], tf.util.sizeFromShape(x.shape))
    return ids.run(
      'Reshape',
      [typeAttr(BFLOAT16), typeAttr(INT32, 'Tshape')],
      [halfId(x, ids), ids.own(ids.ints(dims))],
    )
  })
  // What adds up the gradients of a tensor that was used twice, and the two branches of a residual block.
  wrapKernel('Add', ({ a, b }, _attrs, ids) =>
    isHalf(a) && isHalf(b) ? ids.run('AddV2', [typeAttr(BFLOAT16)], [halfId(a, ids), halfId(b, ids)]) : null,
  )
}

function widen(stored: StoredTensor): void {
  if (stored.dtype !== BFLOAT16) return
  withIds((ids) => {
    const wide = ids.cast(stored.id, BFLOAT16, FLOAT32)
    ids.own(stored.id)
    Object.assign(stored, { id: wide, dtype: FLOAT32 })
  })
}

type HalfKernel = (
  inputs: Record<string, TensorInfo>,
  attrs: Record<string, unknown>,
  ids: NativeIds,
) => ReturnType<NativeIds['run']> | null

/** Lets a kernel of tfjs-node work on bfloat16 where `half` says how; where that gives null, all is as before. */
function wrapKernel(kernelName: string, half: HalfKernel): void {
  const given = tf.getKernel(kernelName, 'tensorflow') as KernelConfig
  tf.unregisterKernel(kernelName, 'tensorflow')
  tf.registerKernel({
    ...given,
    kernelFunc: (args) => {
      const inputs = args.inputs as Record<string, TensorInfo>
      const result = withIds((ids) => {
        const output = half(inputs, args.attrs ?? {}, ids)
        return output && ids.tensor(output)
      })
      return result ?? given.kernelFunc(args)
    },
  })
}

/** Whether a tensor is stored as bfloat16 now. */
export function isHalf({ dataId }: TensorInfo): boolean {
  return nativeBackend()?.tensorMap.get(dataId).dtype === BFLOAT16
}

/** A native id of the tensor as bfloat16: its own, or that of a copy, which `ids` frees. */
export function halfId(tensor: TensorInfo, ids: NativeIds): number {
  if (isHalf(tensor)) return backendWithHalves()!.tensorMap.get(tensor.dataId).id
  return ids.own(ids.cast(ids.native.getInputTensorIds([tensor])[0], FLOAT32, BFLOAT16))
}

/** A native id of the tensor in the asked precision; see `halfId`. */
export function idIn(dtype: number, tensor: TensorInfo, ids: NativeIds): number {
  return dtype === BFLOAT16 ? halfId(tensor, ids) : ids.native.getInputTensorIds([tensor])[0]
}

/** The kernels of this folder call it before they hand a bfloat16 output to the engine. */
export function allowHalves(): void {
  backendWithHalves()
}
