import type { NamedTensorMap, Tensor1D } from '@tensorflow/tfjs-core'
import { tf } from '../engine/tensorflow.js'
import { type LossTerms, packScalars } from './lossTerms.js'
import type { Parameters } from './parameters.js'

export interface Gradient {
  /** All parameters' gradients in their order, float32 [P]; the caller disposes it. */
  gradient: Tensor1D
  /** The scalars of the loss, and `gradient_norm`, the Euclidean norm of [P]. */
  names: string[]
  values: number[]
}

/** The flat gradient of a loss, and its scalars, which are read from the device all at once. */
export function gradientOf(parameters: Parameters, loss: () => LossTerms): Gradient {
  let names: string[] = []
  const [gradient, scalars] = tf.tidy(() => {
    let packed: Tensor1D | null = null
    const variables = parameters.all.map(({ variable }) => variable)
    const { grads } = tf.variableGrads(() => {
      const terms = loss()
      const scalars = packScalars(terms)
      names = scalars.names
      packed = tf.keep(scalars.packed)
      return terms.total
    }, variables)
    const flat = flatten(parameters, grads)
    const all = tf.concat([packed!, tf.reshape(tf.sqrt(tf.sum(tf.square(flat))), [1]) as Tensor1D])
    tf.dispose(packed!)
    return [flat, all]
  })
  const values = Array.from(scalars.dataSync())
  scalars.dispose()
  return { gradient, names: [...names, 'gradient_norm'], values }
}

function flatten(parameters: Parameters, gradients: NamedTensorMap): Tensor1D {
  const parts = parameters.all.map(({ name, variable }) => {
    const gradient = gradients[variable.name]
    if (!gradient) throw new Error(`the loss does not depend on parameter '${name}'`)
    return tf.reshape(gradient, [-1]) as Tensor1D
  })
  return tf.concat(parts)
}
