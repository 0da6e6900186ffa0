import type { Scalar, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import type { Grid } from '../../pipeline/grid.js'
import { seedOf } from '../../pipeline/random.js'
import { batchOfArrays, type OccupancyBatch } from '../batch.js'
import { oneHot } from '../engine/oneHot.js'
import { tf } from '../engine/tensorflow.js'
import type { LatentModel } from '../latent/latentModel.js'
import type { Loaded } from '../training/loader/loader.js'
import type { TrainingBatch } from '../training/training.js'
import { actionSize } from './actions.js'
import type { DynamicsConfig } from './config.js'
import type { DynamicsBatch } from './dynamicsModel.js'
import { softJaccardLoss } from './softJaccard.js'
import type { WindowArrays } from './windowPreparer.js'

export type WindowBatch = TrainingBatch & DynamicsBatch

/** What the tensors of windows are made with. */
export interface WindowTensors {
  /** h, w, c */
  shape: readonly [number, number, number]
  grid: Grid
  /** Decodes what is forecast. */
  latent: LatentModel
  config: Pick<DynamicsConfig, 'past' | 'future'>
  seed: number
}

/**
 * The tensors of a prepared batch of windows; the caller disposes it.
 *
 * @param draw decides the samples of the loss
 */
export function windowBatch(
  { value, release }: Loaded<WindowArrays>,
  { shape, grid, latent, config, seed }: WindowTensors,
  draw: string | number,
): WindowBatch {
  const windows: [number, number] = [value.frames.length, config.past + config.future]
  const z = tf.tensor5d(value.z, [...windows, ...shape])
  const actions = tf.tensor3d(value.actions, [...windows, actionSize])
  const decoded = value.decoded.map(({ frame, truth: arrays }) => {
    const truth = batchOfArrays(arrays, grid)
    return { frame, truth, loss: (z: Tensor4D) => occupancyLoss(latent, z, truth) }
  })
  return {
    z,
    actions,
    past: config.past,
    seed: seedOf(seed, 'loss', draw),
    decoded,
    frames: value.frames,
    dispose() {
      tf.dispose([z, actions])
      for (const { truth } of decoded) truth.dispose()
      release()
    },
  }
}

/** How far what `z` decodes to is from the truth, over the voxels that were observed. */
function occupancyLoss(latent: LatentModel, z: Tensor4D, { semantics, observed }: OccupancyBatch): Scalar {
  const logits = latent.decode(z, 'occupancy') // [B, X, Y, Z, K]
  const K = logits.shape[4]!
  const labels = tf.reshape(semantics, [-1]) as Tensor1D
  const onehot = oneHot(labels, K)
  const counted = tf.cast(tf.reshape(observed, [-1]), 'float32') as Tensor1D
  return softJaccardLoss(tf.reshape(logits, [-1, K]) as Tensor2D, onehot, counted)
}
