import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core'
import { tf } from '../engine/tensorflow.js'

/** What a model's `loss` returns: its named terms, the weights they were added up with, and their sum. */
export interface LossTerms {
  /** Σ weights[name] · terms[name]: what is minimised. */
  readonly total: Scalar
  readonly terms: Readonly<Record<string, Scalar>>
  readonly weights: Readonly<Record<string, number>>
  /** Quantities that are logged and not minimised; a vector is logged as `name/0`, `name/1`, … */
  readonly metrics: Readonly<Record<string, Scalar | Tensor1D>>
}

/** Adds the terms up. Throws when a term has no weight or a weight no term: one of the two lists was forgotten. */
export function weightedSum(
  terms: Readonly<Record<string, Scalar>>,
  weights: Readonly<Record<string, number>>,
  metrics: LossTerms['metrics'] = {},
): LossTerms {
  const [named, weighted] = [Object.keys(terms).sort(), Object.keys(weights).sort()]
  if (named.join() !== weighted.join())
    throw new Error(`loss terms (${named.join(', ')}) and weights (${weighted.join(', ')}) differ`)
  const total = tf.addN(named.map((name) => tf.mul(terms[name], weights[name]))) as Scalar
  return { total, terms, weights, metrics }
}

/** The scalars of a loss in one float32 vector, so that they are read from the device at once, and their names. */
export function packScalars({ total, terms, metrics }: LossTerms): { names: string[]; packed: Tensor1D } {
  const named: [string, Tensor][] = [['total', total], ...Object.entries(terms), ...Object.entries(metrics)]
  const names = named.flatMap(([name, tensor]) =>
    tensor.rank === 0 ? [name] : Array.from({ length: tensor.size }, (_, i) => `${name}/${i}`),
  )
  return { names, packed: tf.concat(named.map(([, tensor]) => tf.reshape(tensor, [-1]) as Tensor1D)) }
}
