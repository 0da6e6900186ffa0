import type { Tensor2D, Tensor3D, Tensor4D, Tensor5D } from '@tensorflow/tfjs-core'
import { tf } from '../engine/tensorflow.js'
import type { DynamicsModel } from './dynamicsModel.js'

/**
 * Shows the model some frames and forecasts those after them under the given ego motion.
 *
 * @param past [B, T, h, w, c] float32: latents of the frames that are seen
 * @param pastActions [B, T, A] float32, m, rad, s: `[:, t]` led to frame t; the first one has no effect
 * @param futureActions [B, T', A] float32: the motions to forecast under
 * @param seed draws a random future; without it the most likely one
 * @returns [B, T', h, w, c] float32
 */
export function forecast(
  model: DynamicsModel,
  past: Tensor5D,
  pastActions: Tensor3D,
  futureActions: Tensor3D,
  seed?: number,
): Tensor5D {
  return tf.tidy(() => {
    const frames = tf.unstack(past, 1) as Tensor4D[]
    const actions = tf.unstack(pastActions, 1) as Tensor2D[]
    let carry = model.initial(past.shape[0])
    frames.forEach((z, t) => {
      carry = model.observe(carry, z, actions[t])
    })
    return model.imagine(carry, futureActions, seed).z
  })
}
