import type { GradSaveFunc, Tensor, Tensor1D } from '@tensorflow/tfjs-core'
import { tf } from '../engine/tensorflow.js'

/**
 * Focal loss, (1 − p)^γ · (−ln p) for the probability p of a row's true class (Lin et al. 2017,
 * https://arxiv.org/abs/1708.02002, eq. 4; their α is our class weight). Rows that are already right count for less;
 * γ = 0 is the cross-entropy. It needs no more of a row than its cross-entropy, so it works on [N], not on [N, K].
 *
 * @param nats cross-entropy of each row, −ln p, float32 [N]
 * @param gamma γ, from 0
 * @returns float32 [N]
 */
export function focal(nats: Tensor1D, gamma: number): Tensor1D {
  if (gamma === 0) return nats
  const perRow = tf.customGrad((x: Tensor | GradSaveFunc, save: Tensor | GradSaveFunc) => {
    const n = x as Tensor1D
    const miss = tf.neg(tf.expm1(tf.neg(n))) // 1 − p, exact where p is nearly 1
    const weight = tf.pow(tf.maximum(miss, smallest), gamma)
    ;(save as GradSaveFunc)([n, miss, weight])
    return { value: tf.mul(weight, n), gradFunc: (dy: Tensor, saved: Tensor[]) => tf.mul(dy, slope(saved, gamma)) }
  })
  return perRow(nats) as Tensor1D
}

/** Keeps the power of a row that is certain, and the ratio beside it, finite. */
const smallest = 1e-12

/** d/dn of (1 − e⁻ⁿ)^γ · n = (1 − p)^γ · (1 + γ · p · n / (1 − p)), where n / (1 − p) goes to 1 with n. */
function slope([n, miss, weight]: Tensor[], gamma: number): Tensor {
  const rise = tf.div(tf.maximum(n, smallest), tf.maximum(miss, smallest))
  return tf.mul(weight, tf.add(1, tf.mul(tf.mul(tf.sub(1, miss), rise), gamma)))
}
