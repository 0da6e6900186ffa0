import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import { tf } from '../engine/tensorflow.js'

/** Cells along each side of the coarse map that is left: where something is matters as much as whether it is. */
const side = 4

/**
 * A latent map as one vector for linear probes: mean and maximum of every channel in each of side×side regions.
 *
 * @param z [B, h, w, c] float32; h and w at least `side`
 * @returns [B, 2·side·side·c] float32
 */
export function pooledFeatures(z: Tensor4D): Tensor2D {
  const [B, h, w] = z.shape
  const [size, stride] = [
    [h - (side - 1) * Math.floor(h / side), w - (side - 1) * Math.floor(w / side)] as [number, number],
    [Math.floor(h / side), Math.floor(w / side)] as [number, number],
  ]
  return tf.tidy(() => {
    const pools = [tf.avgPool(z, size, stride, 'valid'), tf.maxPool(z, size, stride, 'valid')]
    return tf.concat(
      pools.map((pool) => tf.reshape(pool, [B, -1]) as Tensor2D),
      1,
    )
  })
}
