import type { Scalar, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import type { Grid } from '../../pipeline/grid.js'
import { seedOf, stream } from '../../pipeline/random.js'
import { type OccupancyBatch, occupancyBatch } from '../batch.js'
import { tf } from '../engine/tensorflow.js'
import type { FrameCache } from '../frameCache.js'
import type { LatentModel } from '../latent/latentModel.js'
import type { TrainingBatch } from '../training/loop.js'
import { actionOf, actionSize } from './actions.js'
import type { DynamicsConfig } from './config.js'
import type { DynamicsBatch } from './dynamicsModel.js'
import type { LatentCache } from './latentCache.js'
import { softJaccardLoss } from './softJaccard.js'
import type { SurveyedFrame } from './survey.js'
import type { Window } from './windows.js'

export type WindowBatch = TrainingBatch & DynamicsBatch

/** Where the tensors of windows come from. */
export interface WindowSource {
  /** The list that the windows were planned over. */
  frames: readonly SurveyedFrame[]
  latents: LatentCache
  /** h, w, c */
  shape: readonly [number, number, number]
  /** What decoded forecasts are held against; null leaves the decoder out. */
  occupancy: { frames: FrameCache; grid: Grid; latent: LatentModel } | null
  config: Readonly<DynamicsConfig>
  seed: number
}

/**
 * The tensors of a batch of windows. `draw` decides its random choices: the samples of the loss, and, with occupancy,
 * the future frames whose forecasts are decoded (decoding all of them would cost more than the rest of the step).
 */
export async function windowBatch(
  source: WindowSource,
  windows: readonly Window[],
  draw: string | number,
): Promise<WindowBatch> {
  const { config, shape, seed, frames: list } = source
  const length = config.past + config.future
  const places = windows.flatMap(({ first }) => Array.from({ length }, (_, t) => list[first + t]))
  const means = await Promise.all(windows.map((w) => source.latents.means(w.logId, list[w.first].row, length)))
  const decoded = await decodedLosses(source, windows, draw)
  const values = new Float32Array(places.length * shape[0] * shape[1] * shape[2])
  means.flat().forEach((mean, i) => {
    values.set(mean, i * mean.length)
  })
  const z = tf.tensor5d(values, [windows.length, length, ...shape])
  const motions = places.flatMap(({ egoMotion }) => actionOf(egoMotion))
  const actions = tf.tensor3d(motions, [windows.length, length, actionSize])
  return {
    z,
    actions,
    past: config.past,
    seed: seedOf(seed, 'loss', draw),
    decoded,
    frames: windows.map(({ logId, firstFrameIndex }) => `${logId}/${firstFrameIndex}`),
    dispose() {
      tf.dispose([z, actions])
      for (const { truth } of decoded) truth.dispose()
    },
  }
}

/** The frames to decode, and their truth, which the caller disposes. */
async function decodedLosses(
  { frames, occupancy, config, seed }: WindowSource,
  windows: readonly Window[],
  draw: string | number,
) {
  if (occupancy === null) return []
  const ahead = Array.from({ length: config.future }, (_, t) => config.past + t)
  const chosen = stream(seed, 'decoded', draw).shuffle(ahead).slice(0, config.decodedFrames)
  return Promise.all(
    chosen.map(async (frame) => {
      const found = await Promise.all(windows.map(({ first }) => occupancy.frames.get(frames[first + frame].number)))
      const truth = occupancyBatch(found, occupancy.grid)
      return { frame, truth, loss: (z: Tensor4D) => occupancyLoss(occupancy.latent, z, truth) }
    }),
  )
}

/** How far what `z` decodes to is from the truth, over the voxels that were observed. */
function occupancyLoss(latent: LatentModel, z: Tensor4D, { semantics, observed }: OccupancyBatch): Scalar {
  const logits = latent.decode(z, 'occupancy') // [B, X, Y, Z, K]
  const K = logits.shape[4]!
  const labels = tf.reshape(semantics, [-1]) as Tensor1D
  const onehot = tf.oneHot(labels, K, 1, 0, 'float32') as Tensor2D
  const counted = tf.cast(tf.reshape(observed, [-1]), 'float32') as Tensor1D
  return softJaccardLoss(tf.reshape(logits, [-1, K]) as Tensor2D, onehot, counted)
}
