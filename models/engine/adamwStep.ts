import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core'
import { FLOAT32, intAttr, withIds } from './nativeOps.js'
import { hasOwnKernels } from './tensorflow.js'

/** What a step of AdamW reads. Shape letter: P, the number of scalars in all weights. */
export interface AdamWInputs {
  /** Float32, of any shape each. */
  weights: readonly Tensor[]
  /** All weights' gradients in their order, and running means of it and of its square, float32 [P]. */
  gradient: Tensor1D
  mean: Tensor1D
  square: Tensor1D
  /** What `rate` and `decay` are multiplied by for each of `weights`, [N]. */
  rates: readonly number[]
  decays: readonly number[]
}

export interface AdamWFactors {
  beta1: number
  beta2: number
  epsilon: number
  /** What the gradient is multiplied by first: below 1 where it is clipped. */
  gradientScale: number
  /** Learning rate over the first bias correction, and the root of one over the second. */
  rate: number
  squareScale: number
  /** Share of a weight that decays. */
  decay: number
}

export interface AdamWOutputs {
  weights: Tensor[]
  mean: Tensor1D
  square: Tensor1D
}

/**
 * One step of AdamW in one pass over memory: with g the scaled gradient, m ← β₁·m + (1 − β₁)·g,
 * v ← β₂·v + (1 − β₂)·g², w ← w − decay·w − rate·m / (√v·squareScale + ε). The formula is `AdamW`'s; the caller disposes
 * the outputs. Null where our own kernels are not: the caller then takes tfjs-core's operations.
 */
export function adamwStep(inputs: AdamWInputs, factors: AdamWFactors): AdamWOutputs | null {
  const { weights, gradient, mean, square, rates, decays } = inputs
  if (!hasOwnKernels()) return null
  const { beta1, beta2, gradientScale, rate, squareScale, epsilon, decay } = factors
  return withIds((ids) => {
    const numbers = ids.floats(Float32Array.of(beta1, beta2, gradientScale, rate, squareScale, epsilon, decay))
    const given = ids.native.getInputTensorIds([...weights, gradient, mean, square])
    const shares = [rates, decays].map((each) => ids.own(ids.floats(Float32Array.from(each))))
    const outputs = ids.native.binding
      .executeOp(
        'OcclabAdamW',
        [intAttr('N', weights.length)],
        [...given, ...shares, ids.own(numbers)],
        weights.length + 2,
      )
      .map((output) => ids.tensor({ ...output, dtype: FLOAT32 }))
    const [nextMean, nextSquare] = outputs.slice(weights.length) as Tensor1D[]
    return { weights: outputs.slice(0, weights.length), mean: nextMean, square: nextSquare }
  })
}
