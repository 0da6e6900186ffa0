/**
 * Convolution in bfloat16, which tfjs-core has no name for: on processors with AVX-512 BF16 or AMX (and on GPUs) the
 * native kernel does about twice the work per second of the float32 one, at 8 bits of mantissa.
 *
 * Weights, activations and gradients stay float32 outside: each call casts its inputs, computes, and casts back. The
 * bfloat16 tensors live only inside one call, as native ids that the tfjs engine never sees. This is the way without our
 * own kernels, and what `doctor` times; with them `convBias` keeps activations bfloat16 between layers.
 */
import type { GradConfig, KernelConfig, NamedAttrMap, Tensor, Tensor4D, TensorInfo } from '@tensorflow/tfjs-core'
import { conv2d, type Padding, type Strides } from './conv2d.js'
import { BFLOAT16, convAttributes, FLOAT32, withIds } from './nativeOps.js'
import { type NativeBackend, nativeBackend, tf } from './tensorflow.js'

const KERNEL = 'OcclabConv2DBfloat16'

export interface Bf16Measurement {
  float32GflopS: number
  /** null where this machine cannot convolve in bfloat16 at all. */
  bfloat16GflopS: number | null
  /** Whether bfloat16, casts included, is at least a tenth faster than float32 here. */
  pays: boolean
}

/**
 * `tf.conv2d` computed in bfloat16, forward and backward; plain `conv2d` where the native backend is absent.
 *
 * @param x [B, h, w, c] float32
 * @param filter [kh, kw, c, cOut] float32
 * @returns [B, h', w', cOut] float32
 */
export function conv2dBf16(x: Tensor4D, filter: Tensor4D, strides: Strides, pad: Padding): Tensor4D {
  if (nativeBackend() === null) return conv2d(x, filter, strides, pad)
  registerOnce()
  const [strideH, strideW] = typeof strides === 'number' ? [strides, strides] : strides
  return tf.engine().runKernel(KERNEL, { x, filter }, { strideH, strideW, pad }) as Tensor4D
}

/** A kernel of its own rather than `tf.customGrad`: the engine then skips the gradients that nobody asked for. */
function registerOnce(): void {
  if (tf.getKernel(KERNEL, 'tensorflow') !== undefined) return
  tf.registerKernel(forward)
  tf.registerGradient(backward)
}

const forward: KernelConfig = {
  kernelName: KERNEL,
  backendName: 'tensorflow',
  kernelFunc: ({ inputs, attrs, backend }) => {
    const { x, filter } = inputs as { x: TensorInfo; filter: TensorInfo }
    return inBfloat16(backend as unknown as NativeBackend, 'Conv2D', attrs!, [x, filter])
  },
}

const backward: GradConfig = {
  kernelName: KERNEL,
  inputsToSave: ['x', 'filter'],
  gradFunc: (dy, saved, attrs) => {
    const [x, filter] = saved
    const native = nativeBackend()!
    return {
      x: () => inBfloat16(native, 'Conv2DBackpropInput', attrs, [x.shape, filter, dy as Tensor]),
      filter: () => inBfloat16(native, 'Conv2DBackpropFilter', attrs, [x, filter.shape, dy as Tensor]),
    }
  },
}

/**
 * Runs one convolution op on bfloat16 copies of its float32 inputs (a shape among them stays an int32 vector) and
 * returns its output as float32.
 */
function inBfloat16(native: NativeBackend, op: string, attrs: NamedAttrMap, inputs: (TensorInfo | number[])[]): Tensor {
  const { strideH, strideW, pad } = attrs as { strideH: number; strideW: number; pad: Padding }
  return withIds((ids) => {
    const given = inputs.map((input) =>
      Array.isArray(input)
        ? ids.own(ids.ints(input))
        : ids.own(ids.cast(native.getInputTensorIds([input])[0], FLOAT32, BFLOAT16)),
    )
    const output = ids.own(ids.run(op, convAttributes(BFLOAT16, [strideH, strideW], pad), given).id)
    return ids.tensor(ids.castOutput(output, BFLOAT16, FLOAT32))
  })
}

/** A middle layer's size: large enough to be bound by arithmetic, small enough for a tenth of a second. */
const NATIVE_PROBE = { batch: 4, size: 100, channels: 64 }
/** Portable backends do a thousandth of the work per second. */
const PORTABLE_PROBE = { batch: 1, size: 8, channels: 16 }

/** Times one 3×3 convolution in both precisions, casts included, and says whether bfloat16 pays on this machine. */
export function measureBf16(): Bf16Measurement {
  const native = nativeBackend() !== null
  const { batch, size, channels } = native ? NATIVE_PROBE : PORTABLE_PROBE
  const gflop = (2 * batch * size ** 2 * 3 ** 2 * channels ** 2) / 1e9
  const x: Tensor4D = tf.randomNormal([batch, size, size, channels], 0, 1, 'float32', 1)
  const filter: Tensor4D = tf.randomNormal([3, 3, channels, channels], 0, 1, 'float32', 2)
  try {
    const float32GflopS = gflop / bestSeconds(() => tf.conv2d(x, filter, 1, 'same'))
    const bfloat16GflopS = native ? bfloat16Rate(gflop, x, filter) : null
    return { float32GflopS, bfloat16GflopS, pays: bfloat16GflopS !== null && bfloat16GflopS > 1.1 * float32GflopS }
  } finally {
    tf.dispose([x, filter])
  }
}

function bfloat16Rate(gflop: number, x: Tensor4D, filter: Tensor4D): number | null {
  try {
    return gflop / bestSeconds(() => conv2dBf16(x, filter, 1, 'same'))
  } catch {
    // Some devices have no bfloat16 kernel: that is an answer, not a failure.
    return null
  }
}

/** The best of several runs, since other processes only ever add time. Reading one value waits for a GPU. */
function bestSeconds(convolve: () => Tensor4D): number {
  let best = Number.POSITIVE_INFINITY
  for (let run = 0; run < 8; run++) {
    const startMs = performance.now()
    tf.tidy(() => tf.slice(convolve(), [0, 0, 0, 0], [1, 1, 1, 1]).dataSync())
    const tookS = (performance.now() - startMs) / 1000
    // The first two runs also choose and compile the kernels.
    if (run >= 2) best = Math.min(best, tookS)
  }
  return best
}
