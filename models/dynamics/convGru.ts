import type { Tensor4D } from '@tensorflow/tfjs-core'
import type { ConvLayer } from '../convLayer.js'
import { tf } from '../engine/tensorflow.js'

/**
 * One step of a convolutional GRU (https://arxiv.org/abs/1511.06432, eq. 5–8). Deviation: one convolution gives the
 * gates and the candidate together and the reset gate acts on the candidate's pre-activation, as in Dreamer's GRU
 * (https://arxiv.org/abs/2010.02193): half the calls. The update gate starts near σ(−1) ≈ 0.27, so a map keeps most
 * of what it holds until it has learned better.
 *
 * @param state [B, h, w, d] float32
 * @param input [B, h, w, n] float32
 * @param layer from d + n channels to 3d
 * @returns the next state, [B, h, w, d] float32, within (−1, 1)
 */
export function convGru(state: Tensor4D, input: Tensor4D, layer: ConvLayer): Tensor4D {
  const all = tf.concat([state, input], -1)
  const [reset, candidate, update] = tf.split(layer.apply(all), 3, -1)
  const next = tf.tanh(tf.mul(tf.sigmoid(reset), candidate))
  const gate = tf.sigmoid(tf.sub(update, 1))
  return tf.add(state, tf.mul(gate, tf.sub(next, state)))
}
