import type { Tensor } from '@tensorflow/tfjs-core'
import { type NativeBackend, type NativeOutput, nativeBackend, type OpAttribute } from './tensorflow.js'

/** Element types by their numbers in TensorFlow's types.proto. */
export const FLOAT32 = 1
export const INT32 = 3
export const BFLOAT16 = 14

/** Which of `TF_AttrType` (tensorflow/c/tf_attrtype.h) an attribute is. */
const STRING_ATTR = 0
const INT_ATTR = 1
const BOOL_ATTR = 3
const TYPE_ATTR = 4

export const typeAttr = (value: number, name = 'T'): OpAttribute => ({ name, type: TYPE_ATTR, value })
export const boolAttr = (name: string, value: boolean): OpAttribute => ({ name, type: BOOL_ATTR, value })
export const intAttr = (name: string, value: number | number[]): OpAttribute => ({ name, type: INT_ATTR, value })
const stringAttr = (name: string, value: string): OpAttribute => ({ name, type: STRING_ATTR, value })

/** Attributes of Conv2D and its two gradients. */
export function convAttributes(dtype: number, [strideH, strideW]: readonly number[], pad: string): OpAttribute[] {
  return [
    typeAttr(dtype),
    intAttr('strides', [1, strideH, strideW, 1]),
    stringAttr('padding', pad.toUpperCase()),
    stringAttr('data_format', 'NHWC'),
    boolAttr('use_cudnn_on_gpu', true),
    intAttr('dilations', [1, 1, 1, 1]),
  ]
}

/** Native tensors by their ids, which the tfjs engine never sees: what is owned here is freed when the work is done. */
export class NativeIds {
  private readonly owned = new Set<number>()

  constructor(readonly native: NativeBackend) {}

  /** Frees it at the end, whatever happens. */
  own(id: number): number {
    this.owned.add(id)
    return id
  }

  /** Takes an id back from what is freed at the end. */
  release(id: number): number {
    this.owned.delete(id)
    return id
  }

  /** Runs an op with one output, which nobody owns yet. */
  run(op: string, attributes: OpAttribute[], inputs: number[]): NativeOutput {
    return this.native.binding.executeOp(op, attributes, inputs, 1)[0]
  }

  ints(values: readonly number[]): number {
    return this.native.binding.createTensor([values.length], INT32, Int32Array.from(values))
  }

  floats(values: Float32Array): number {
    return this.native.binding.createTensor([values.length], FLOAT32, values)
  }

  castOutput(id: number, from: number, to: number): NativeOutput {
    return this.run('Cast', [typeAttr(from, 'SrcT'), typeAttr(to, 'DstT'), boolAttr('Truncate', false)], [id])
  }

  cast(id: number, from: number, to: number): number {
    return this.castOutput(id, from, to).id
  }

  reshaped(id: number, dtype: number, shape: readonly number[]): number {
    const attributes = [typeAttr(dtype), typeAttr(INT32, 'Tshape')]
    return this.own(this.run('Reshape', attributes, [id, this.own(this.ints(shape))]).id)
  }

  /** Hands an output over to the tfjs engine, which disposes it from then on. */
  tensor(output: NativeOutput): Tensor {
    this.release(output.id)
    return this.native.createOutputTensor(output)
  }

  free(): void {
    for (const id of this.owned) this.native.binding.deleteTensor(id)
    this.owned.clear()
  }
}

/** Runs native ops; whatever they own is freed afterwards. Only where the native backend is in use. */
export function withIds<T>(work: (ids: NativeIds) => T): T {
  const ids = new NativeIds(nativeBackend()!)
  try {
    return work(ids)
  } finally {
    ids.free()
  }
}
