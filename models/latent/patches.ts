import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import { tf } from '../engine/tensorflow.js'

/**
 * A grid cut into squares of `patch`×`patch` columns: every voxel of a square becomes a channel of its cell, in the
 * order (column x, column y, z). Losses are taken in this order, so that full-size logits are never transposed.
 *
 * @param grid [B, X, Y, n]
 * @returns [B, X/patch, Y/patch, patch·patch·n]
 */
export function toPatches(grid: Tensor4D, patch: number): Tensor4D {
  const [B, X, Y, n] = grid.shape
  const [h, w] = [X / patch, Y / patch]
  const split = tf.reshape(grid, [B, h, patch, w, patch, n])
  return tf.reshape(tf.transpose(split, [0, 1, 3, 2, 4, 5]), [B, h, w, patch * patch * n])
}

/** The way back: [B, h, w, patch·patch·n] to [B, h·patch, w·patch, n]. */
export function fromPatches(cells: Tensor4D, patch: number): Tensor4D {
  const [B, h, w, all] = cells.shape
  const n = all / patch ** 2
  const split: Tensor = tf.reshape(cells, [B, h, w, patch, patch, n])
  return tf.reshape(tf.transpose(split, [0, 1, 3, 2, 4, 5]), [B, h * patch, w * patch, n])
}
