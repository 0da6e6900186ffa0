import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import type { OccupancyBatch } from '../batch.js'
import { sparseCrossEntropy } from '../engine/sparseCrossEntropy.js'
import { tf } from '../engine/tensorflow.js'
import type { BatchScore } from '../training/batchScore.js'
import { CodeTally } from './codeTally.js'
import type { LatentModel, LatentSpec } from './latentModel.js'
import { VoxelTally } from './voxelTally.js'

/**
 * What is watched of a latent while it trains: how well its most likely code decodes (`VoxelTally`) and, for Gaussian
 * families, what the code carries (`CodeTally`). It goes by the model's verbs alone, so it serves every family.
 *
 * @param frames how many the validation has
 */
export function latentScore(model: LatentModel, spec: LatentSpec, frames: number): BatchScore<OccupancyBatch> {
  const voxels = new VoxelTally(spec.grid, spec.taxonomy)
  const code = new CodeTally(model.shape, frames, spec.seed)
  return {
    add: (batch) => tf.tidy(() => scoreBatch(model, spec, batch, voxels, code)),
    means: () => ({ ...voxels.means(), ...code.means() }),
  }
}

function scoreBatch(
  model: LatentModel,
  spec: LatentSpec,
  batch: OccupancyBatch,
  voxels: VoxelTally,
  code: CodeTally,
): void {
  const encoded = model.encode(batch)
  const [mean, logvar] = [encoded.mode(), encoded.logvar()]
  batch.frames.forEach((name, b) => {
    // Frame by frame: the logits of a batch of large grids are gigabytes.
    tf.tidy(() => {
      const [truth, observed] = [frameOf(batch.semantics, b), frameOf(batch.observed, b)]
      const counted = spec.config.countUnobserved ? tf.onesLike(observed) : observed
      const { predicted, nats } = reconstructed(model, spec, frameOf(mean, b), truth)
      const [t, p, n, o] = [truth, predicted, nats, counted].map((tensor) => tensor.dataSync())
      voxels.add({ truth: t, predicted: p, nats: n, counted: o })
      if (encoded.indices) return
      code.add({ name, mean: frameOf(mean, b).dataSync(), logvar: frameOf(logvar, b).dataSync() })
    })
  })
}

/** @param truth int32 [1, X, Y, Z]; returns predicted classes and cross-entropy, both [X·Y·Z] */
function reconstructed(
  model: LatentModel,
  { config, classWeights, taxonomy }: LatentSpec,
  z: Tensor4D,
  truth: Tensor4D,
): { predicted: Tensor; nats: Tensor } {
  const K = taxonomy.classes.length
  const shifted = tf.reshape(model.decode(z, 'occupancy'), [-1, K]) as Tensor2D
  // Decoding takes a share of the class weights off the logits; the loss was trained on those that have it.
  const shift = tf.tensor1d(classWeights.map((weight) => config.priorShift * Math.log(weight)))
  const labels = tf.reshape(truth, [-1]) as Tensor1D
  return { predicted: tf.argMax(shifted, 1), nats: sparseCrossEntropy(tf.add(shifted, shift), labels) }
}

/** Frame `b` of a batch, [1, …]. */
function frameOf(tensor: Tensor4D, b: number): Tensor4D {
  const [, i, j, k] = tensor.shape
  return tf.slice(tensor, [b, 0, 0, 0], [1, i, j, k])
}
