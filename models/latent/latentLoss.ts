import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import { seedOf } from '../../pipeline/random.js'
import type { OccupancyBatch } from '../batch.js'
import { crossEntropy } from '../engine/crossEntropy.js'
import { gatherRows } from '../engine/gatherRows.js'
import { oneHot } from '../engine/oneHot.js'
import { sparseCrossEntropy } from '../engine/sparseCrossEntropy.js'
import { tf } from '../engine/tensorflow.js'
import { boundaryVoxels } from '../losses/boundaryVoxels.js'
import { focal } from '../losses/focal.js'
import { klWeightAt } from '../losses/klSchedule.js'
import { lovaszSoftmax } from '../losses/lovaszSoftmax.js'
import { sampleRows } from '../losses/sampleRows.js'
import { type LossTerms, weightedSum } from '../training/lossTerms.js'
import { activeUnits } from './collapse.js'
import { freeBitsKl, klPerChannel } from './gaussianCode.js'
import type { LatentCode, LatentSpec } from './latentModel.js'
import { checkLossConfig } from './lossConfig.js'
import { toPatches } from './patches.js'

/** What a model hands its loss. */
export interface Decoded {
  code: LatentCode
  /** Class logits of every voxel of one draw from the code, in patch order (`toPatches`), float32 [B·V, K]. */
  logits: Tensor2D
}

/** The voxels of a batch in patch order, [B·V]. */
interface Rows {
  labels: Int32Array
  /** 1 for a voxel that the loss counts, else 0. */
  counted: Float32Array
  /** Weight of the voxel's class, 0 where it does not count. */
  weights: Float32Array
}

/**
 * The loss of a latent: reconstruction of the observed voxels, and divergence of the code from its prior. The
 * Lovász-softmax and the boundary term are not computed where their weight is 0. `docs/losses.md` lists the sources.
 */
export class LatentLoss {
  /** @throws UsageError for a loss that is not among those offered */
  constructor(private readonly spec: Pick<LatentSpec, 'config' | 'grid' | 'classWeights' | 'seed'>) {
    checkLossConfig(spec.config)
  }

  /** @param step from 0; decides the schedules and which voxels are sampled */
  of({ code, logits }: Decoded, batch: OccupancyBatch, step: number): LossTerms {
    const { config } = this.spec
    const rows = this.rows(batch)
    const labels = tf.tensor1d(rows.labels, 'int32')
    const nats = sparseCrossEntropy(logits, labels, tf.tensor1d(rows.counted)) // [B·V]
    const charged = this.charged(logits, labels, nats)
    const perChannel = klPerChannel(code.kl()) // [c]
    const terms: Record<string, Scalar> = {
      recon: weightedMean(charged, rows.weights),
      kl: this.kl(perChannel),
    }
    const weights: Record<string, number> = { recon: 1, kl: klWeightAt(step, config) }
    if (config.lovaszWeight > 0) {
      terms.lovasz = this.lovasz(logits, rows, step)
      weights.lovasz = config.lovaszWeight
    }
    if (config.boundaryWeight > 0) {
      terms.boundary = weightedMean(charged, this.boundary(batch, rows))
      weights.boundary = config.boundaryWeight
    }
    const metrics = { kl_channel: perChannel, active_units: activeUnits(perChannel) }
    return weightedSum(terms, weights, { cross_entropy: weightedMean(nats, rows.counted), ...metrics })
  }

  private rows({ semantics, observed }: OccupancyBatch): Rows {
    const { patch, countUnobserved } = this.spec.config
    const labels = toPatches(semantics, patch).dataSync<'int32'>()
    const seen = toPatches(observed, patch).dataSync<'int32'>()
    const classWeights = Float32Array.from(this.spec.classWeights)
    const counted = new Float32Array(labels.length)
    const weights = new Float32Array(labels.length)
    for (let row = 0; row < labels.length; row++) {
      const counts = countUnobserved ? 1 : seen[row]
      counted[row] = counts
      weights[row] = counts * classWeights[labels[row]]
    }
    return { labels, counted, weights }
  }

  /** What a voxel is charged, [B·V]. */
  private charged(logits: Tensor2D, labels: Tensor1D, nats: Tensor1D): Tensor1D {
    const { reconstruction, focalGamma, labelSmoothing } = this.spec.config
    if (reconstruction === 'focal') return focal(nats, focalGamma)
    if (labelSmoothing === 0) return nats
    // The truth shares out ε evenly over the classes (Szegedy et al. 2016, https://arxiv.org/abs/1512.00567, §7).
    const K = logits.shape[1]
    const truth: Tensor2D = tf.add(tf.mul(oneHot(labels, K), 1 - labelSmoothing), labelSmoothing / K)
    return crossEntropy(logits, truth)
  }

  private kl(perChannel: Tensor1D): Scalar {
    const { config, grid } = this.spec
    const cells = (grid.dims[0] / config.patch) * (grid.dims[1] / config.patch)
    // Nats a voxel like the reconstruction, so that β = 1, equal class weights and a frame that is observed all over are
    // the evidence lower bound.
    const voxels = grid.dims[0] * grid.dims[1] * grid.dims[2]
    return tf.mul(freeBitsKl(perChannel, config.freeBits), cells / voxels)
  }

  private lovasz(logits: Tensor2D, { labels, counted }: Rows, step: number): Scalar {
    const { config, seed } = this.spec
    if (labels.length <= config.lovaszVoxels) {
      const known = Int32Array.from(labels)
      for (let row = 0; row < known.length; row++) if (counted[row] === 0) known[row] = -1
      return lovaszSoftmax(logits, known)
    }
    const chosen = sampleRows(counted, config.lovaszVoxels, seedOf(seed, 'lovasz'), step)
    if (chosen.length === 0) return tf.scalar(0)
    const some = gatherRows(logits, tf.tensor1d(chosen, 'int32'))
    return lovaszSoftmax(
      some,
      chosen.map((row) => labels[row]),
    )
  }

  /** The weights of voxels at the surface between classes; 0 elsewhere. */
  private boundary({ semantics, observed }: OccupancyBatch, { weights }: Rows): Float32Array {
    const { config, grid } = this.spec
    const counted = config.countUnobserved ? tf.onesLike(observed) : observed
    const found = boundaryVoxels(semantics.dataSync(), counted.dataSync(), grid.dims)
    const inPatches = toPatches(tf.tensor4d(found, semantics.shape, 'int32'), config.patch).dataSync()
    const atSurface = new Float32Array(weights.length)
    for (let row = 0; row < weights.length; row++) atSurface[row] = weights[row] * inPatches[row]
    return atSurface
  }
}

/** Σ weight · value / Σ weight; 0 where all weights are. @param values [N]; @param weights [N] */
function weightedMean(values: Tensor1D, weights: Float32Array): Scalar {
  let sum = 0
  for (let row = 0; row < weights.length; row++) sum += weights[row]
  return tf.div(tf.sum(tf.mul(values, tf.tensor1d(weights))), Math.max(sum, 1e-6))
}
