import type { GradConfig, KernelConfig, Tensor, Tensor1D, Tensor4D, TensorInfo } from '@tensorflow/tfjs-core'
import { conv2dBf16 } from './bf16.js'
import { conv2d, type Padding, type Strides } from './conv2d.js'
import { allowHalves, idIn, isHalf } from './halfStorage.js'
import { BFLOAT16, boolAttr, convAttributes, FLOAT32, intAttr, type NativeIds, typeAttr, withIds } from './nativeOps.js'
import { hasOwnKernels, type NativeOutput, tf } from './tensorflow.js'

const KERNEL = 'OcclabConvBias'

/** The activations that fuse: their slope follows from their value, so the backward pass needs nothing else. */
export const activations = { none: 0, elu: 1, relu: 2 } as const
export type Activation = keyof typeof activations

export interface ConvBiasOptions {
  activation: Activation
  /** Whether to compute in bfloat16. The output is then stored so, too; sums and the bias stay float32. */
  half: boolean
  strides?: Strides
  pad?: Padding
}

/** `half` as a number, for a kernel's attributes are plain values. */
interface Attributes {
  activation: number
  dtype: number
  strideH: number
  strideW: number
  pad: Padding
}

/**
 * activation(conv2d(x, filter) + bias) with its gradients. Where our own kernels are, bias and activation are one pass,
 * and activations stay bfloat16 from layer to layer; elsewhere it is made of tfjs-core's operations.
 *
 * @param x [B, h, w, c] float32, or stored as bfloat16
 * @param filter [kh, kw, c, cOut] float32
 * @param bias [cOut] float32
 * @returns [B, h', w', cOut]
 */
export function convBias(x: Tensor4D, filter: Tensor4D, bias: Tensor1D, options: ConvBiasOptions): Tensor4D {
  const { activation, half, strides = 1, pad = 'same' } = options
  if (!hasOwnKernels()) return portable(x, filter, bias, { activation, half, strides, pad })
  registerOnce()
  const [strideH, strideW] = typeof strides === 'number' ? [strides, strides] : strides
  const attrs = { activation: activations[activation], dtype: half ? BFLOAT16 : FLOAT32, strideH, strideW, pad }
  return tf.engine().runKernel(KERNEL, { x, filter, bias }, attrs) as Tensor4D
}

function portable(x: Tensor4D, filter: Tensor4D, bias: Tensor1D, options: Required<ConvBiasOptions>): Tensor4D {
  const { activation, half, strides, pad } = options
  const convolved = half ? conv2dBf16(x, filter, strides, pad) : conv2d(x, filter, strides, pad)
  const sum: Tensor4D = tf.add(convolved, bias)
  return activation === 'none' ? sum : tf[activation](sum)
}

function registerOnce(): void {
  if (tf.getKernel(KERNEL, 'tensorflow') !== undefined) return
  allowHalves()
  tf.registerKernel(forward)
  tf.registerGradient(backward)
}

const forward: KernelConfig = {
  kernelName: KERNEL,
  backendName: 'tensorflow',
  kernelFunc: ({ inputs, attrs }) => {
    const { x, filter, bias } = inputs as Record<string, TensorInfo>
    const { dtype, activation, ...conv } = attrs as unknown as Attributes
    return withIds((ids) => {
      const convolved = convolve(ids, idIn(dtype, x, ids), idIn(dtype, filter, ids), filter.shape, x.shape, dtype, conv)
      const attributes = [typeAttr(dtype), intAttr('activation', activation)]
      return ids.tensor(ids.run('OcclabBiasActivation', attributes, [ids.own(convolved.id), idOf(bias, ids)]))
    })
  },
}

type Conv = Pick<Attributes, 'strideH' | 'strideW' | 'pad'>

/** A 1×1 filter at stride 1 is a matrix product over all places. */
function isProduct([kh, kw]: readonly number[], { strideH, strideW }: Conv): boolean {
  return kh === 1 && kw === 1 && strideH === 1 && strideW === 1
}

function convolve(
  ids: NativeIds,
  x: number,
  filter: number,
  filterShape: readonly number[],
  xShape: readonly number[],
  dtype: number,
  conv: Conv,
): NativeOutput {
  if (!isProduct(filterShape, conv))
    return ids.run('Conv2D', convAttributes(dtype, [conv.strideH, conv.strideW], conv.pad), [x, filter])
  const [c, cOut] = filterShape.slice(2)
  const rows = ids.reshaped(x, dtype, [-1, c])
  const product = multiply(ids, dtype, rows, ids.reshaped(filter, dtype, [c, cOut]))
  const shape = [...xShape.slice(0, 3), cOut]
  return { ...product, id: ids.release(ids.reshaped(ids.own(product.id), dtype, shape)), shape }
}

function multiply(ids: NativeIds, dtype: number, a: number, b: number, transposeA = false, transposeB = false) {
  const attributes = [typeAttr(dtype), boolAttr('transpose_a', transposeA), boolAttr('transpose_b', transposeB)]
  return ids.run('MatMul', attributes, [a, b])
}

const backward: GradConfig = {
  kernelName: KERNEL,
  inputsToSave: ['x', 'filter'],
  outputsToSave: [true],
  gradFunc: (dy, saved, attrs) => {
    const [x, filter, y] = saved
    const { dtype, activation, ...conv } = attrs as unknown as Attributes
    const [dSum, dBias] = throughActivation(y, dy as Tensor, activation, dtype)
    const gradient = (ofFilter: boolean) => convGradient(ofFilter, x, filter, dSum, dtype, conv)
    return {
      x: () => gradient(false),
      filter: () => gradient(true),
      // The last to be asked for. What is not asked for the tape's own tidy disposes.
      bias: () => {
        if (dSum !== dy) dSum.dispose()
        return dBias
      },
    }
  },
}

/** The gradients before the activation and of the bias. Without an activation the first is dy itself. */
function throughActivation(y: Tensor, dy: Tensor, activation: number, dtype: number): [Tensor, Tensor] {
  return withIds((ids) => {
    const attributes = [typeAttr(dtype), intAttr('activation', activation)]
    const [dSum, dBias] = ids.native.binding
      .executeOp('OcclabBiasActivationGrad', attributes, [idIn(dtype, y, ids), idIn(dtype, dy, ids)], 2)
      .map((output) => ids.tensor(output))
    if (activation !== activations.none) return [dSum, dBias]
    dSum.dispose()
    return [dy, dBias]
  })
}

function convGradient(ofFilter: boolean, x: Tensor, filter: Tensor, dy: Tensor, dtype: number, conv: Conv): Tensor {
  return withIds((ids) => {
    const [from, of] = ofFilter ? [x, filter] : [filter, x]
    const [given, change] = [idIn(dtype, from, ids), idIn(dtype, dy, ids)]
    const output = isProduct(filter.shape, conv)
      ? productGradient(ids, ofFilter, given, change, filter.shape, of.shape, dtype)
      : stridedGradient(ids, ofFilter, given, change, of.shape, dtype, conv)
    // Weights are float32, and so is what they change by; an input's gradient is stored as the input was.
    if (dtype === FLOAT32 || (!ofFilter && isHalf(x))) return ids.tensor(output)
    return ids.tensor(ids.castOutput(ids.own(output.id), BFLOAT16, FLOAT32))
  })
}

function stridedGradient(
  ids: NativeIds,
  ofFilter: boolean,
  given: number,
  change: number,
  shape: readonly number[],
  dtype: number,
  { strideH, strideW, pad }: Conv,
): NativeOutput {
  const sizes = ids.own(ids.ints(shape))
  const attributes = convAttributes(dtype, [strideH, strideW], pad)
  if (ofFilter) return ids.run('Conv2DBackpropFilter', attributes, [given, sizes, change])
  return ids.run('Conv2DBackpropInput', attributes, [sizes, given, change])
}

function productGradient(
  ids: NativeIds,
  ofFilter: boolean,
  given: number,
  change: number,
  filterShape: readonly number[],
  shape: readonly number[],
  dtype: number,
): NativeOutput {
  const [c, cOut] = filterShape.slice(2)
  const changes = ids.reshaped(change, dtype, [-1, cOut])
  const product = ofFilter
    ? multiply(ids, dtype, ids.reshaped(given, dtype, [-1, c]), changes, true)
    : multiply(ids, dtype, changes, ids.reshaped(given, dtype, [c, cOut]), false, true)
  return { ...product, id: ids.release(ids.reshaped(ids.own(product.id), dtype, shape)), shape: [...shape] }
}

function idOf(tensor: TensorInfo, ids: NativeIds): number {
  return ids.native.getInputTensorIds([tensor])[0]
}
