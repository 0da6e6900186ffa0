import type { Tensor, Tensor1D, Variable } from '@tensorflow/tfjs-core'
import { DataError } from '../../pipeline/errors.js'
import { stream } from '../../pipeline/random.js'
import { tf } from '../engine/tensorflow.js'
import type { NamedTensors } from './safetensors.js'

/** One trainable tensor of a model. */
export interface Parameter {
  readonly name: string
  readonly variable: Variable
  /** Whether weight decay applies: to matrices and filters, not to biases and embeddings. */
  readonly decay: boolean
  /** How many inputs an output of the layer sums: of filters all dimensions but the last; 1 for biases and embeddings. */
  readonly fanIn: number
}

/** How a parameter starts: `normal` has mean 0 and the given standard deviation, `constant` is that value. */
export type Start = { normal: number } | { constant: number }

/**
 * The trainable tensors of one model, float32, in the order they were made. Each starts from a stream of its own under
 * the seed, so that adding a layer never moves the start of another, and the start is the same on every backend.
 */
export class Parameters {
  private readonly byName = new Map<string, Parameter>()

  constructor(private readonly seed: number) {}

  make(name: string, shape: readonly number[], start: Start, decay = true): Variable {
    if (this.byName.has(name)) throw new Error(`parameter '${name}' is made twice`)
    const size = shape.reduce((product, n) => product * n, 1)
    const values = new Float32Array(size)
    if ('constant' in start) values.fill(start.constant)
    else fillNormal(values, start.normal, this.seed, name)
    const initial = tf.tensor(values, [...shape], 'float32')
    const variable = tf.variable(initial, true)
    initial.dispose()
    this.byName.set(name, { name, variable, decay, fanIn: decay ? size / shape[shape.length - 1] : 1 })
    return variable
  }

  get all(): Parameter[] {
    return [...this.byName.values()]
  }

  /** Number of scalars in all parameters together. */
  get size(): number {
    return this.all.reduce((sum, { variable }) => sum + variable.size, 0)
  }

  /** All values in one vector [P], parameter after parameter; the caller disposes it. */
  flat(): Tensor1D {
    return tf.tidy(() => tf.concat(this.all.map(({ variable }) => tf.reshape(variable, [-1]) as Tensor1D)))
  }

  /** Takes over the values of a vector as `flat` gives it. */
  assignFlat(values: Tensor1D): void {
    tf.tidy(() => {
      const variables = this.all.map(({ variable }) => variable)
      const parts = tf.split(
        values,
        variables.map(({ size }) => size),
      )
      variables.forEach((variable, i) => {
        variable.assign(tf.reshape(parts[i], variable.shape))
      })
    })
  }

  /** A copy of the values, by name. */
  values(): NamedTensors {
    return Object.fromEntries(this.all.map(({ name, variable }) => [name, valuesOf(variable)]))
  }

  /** Takes over values of the same names and shapes. Throws DataError that names `file` and the first that differs. */
  load(values: NamedTensors, file: string): void {
    for (const name of Object.keys(values))
      if (!this.byName.has(name)) throw new DataError('the model has no such parameter', { file, place: name })
    for (const { name, variable } of this.all) {
      const found = values[name]
      if (!found) throw new DataError('a parameter is missing', { file, place: name })
      const [expected, actual] = [variable.shape.join('×'), found.shape.join('×')]
      if (expected !== actual || !(found.values instanceof Float32Array))
        throw new DataError('a parameter does not fit the model', { file, place: name, expected, actual })
      tf.tidy(() => variable.assign(tf.tensor(found.values, variable.shape, 'float32')))
    }
  }

  dispose(): void {
    for (const { variable } of this.all) variable.dispose()
    this.byName.clear()
  }
}

/** A tensor's shape and float32 values, copied out of the engine. */
export function valuesOf(tensor: Tensor): { shape: number[]; values: Float32Array } {
  return { shape: [...tensor.shape], values: Float32Array.from(tensor.dataSync()) }
}

function fillNormal(values: Float32Array, deviation: number, seed: number, name: string): void {
  const rng = stream(seed, 'parameter', name)
  for (let i = 0; i < values.length; i++) values[i] = deviation * rng.normal()
}
