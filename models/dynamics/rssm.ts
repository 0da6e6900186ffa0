import type { Scalar, Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D, Tensor5D } from '@tensorflow/tfjs-core'
import { seedOf } from '../../pipeline/random.js'
import { tf } from '../engine/tensorflow.js'
import { type LossTerms, weightedSum } from '../training/lossTerms.js'
import { Parameters } from '../training/parameters.js'
import type { DynamicsConfig } from './config.js'
import type { Carry, DynamicsBatch, DynamicsModel, DynamicsShape, Trajectory } from './dynamicsModel.js'
import { balancedKl, sampleGaussian } from './gaussian.js'
import { LatentScale } from './latentScale.js'
import { type Moved, type RssmCarry, RssmCell, settle } from './rssmCell.js'

/**
 * A recurrent state-space model (Hafner et al. 2019, https://arxiv.org/abs/1811.04551, with the KL balancing and free
 * nats of Hafner et al. 2023, https://arxiv.org/abs/2301.04104) over latent maps instead of vectors. Each step warps
 * everything into the new ego frame first, so that what is left to learn is what moves by itself, what comes into
 * view, and what interpolation blurs.
 *
 * Deviations: (1) the recurrence also reads the warped last latent, so that the stochastic state need only hold what
 * that lacks; (2) the output is a residual on the warped latent whose last layer starts at zero: untrained, the model
 * is persistence under ego motion; (3) beside the one-step terms, the loss runs the model open loop over the horizon,
 * as latent overshooting intends, with a distance between latents instead of a KL for each distance in time, and
 * optionally with what the forecast decodes to.
 */
export class Rssm implements DynamicsModel {
  readonly parameters: Parameters
  private readonly cell: RssmCell
  private readonly scale: LatentScale

  constructor(
    private readonly shape: DynamicsShape,
    private readonly config: DynamicsConfig,
    seed: number,
  ) {
    this.parameters = new Parameters(seed)
    this.cell = new RssmCell(this.parameters, shape, config)
    this.scale = new LatentScale(shape.statistics)
  }

  initial(batchSize: number): RssmCarry {
    const { frame, channels } = this.shape
    const zeros = (c: number): Tensor4D => tf.zeros([batchSize, frame.h, frame.w, c])
    return {
      state: zeros(this.config.state),
      sample: zeros(this.config.stochastic),
      anchor: zeros(channels),
      change: zeros(channels),
      motion: tf.zeros([batchSize, 3]),
      seen: tf.zeros([batchSize, 1, 1, 1]),
    }
  }

  observe(carry: Carry, z: Tensor4D, action: Tensor2D): RssmCarry {
    return tf.tidy(() => {
      const scaled = this.scale.apply(z)
      const moved = this.cell.move(carry as RssmCarry, action)
      return settle(moved, scaled, this.cell.posterior(moved, scaled).mean as Tensor4D)
    })
  }

  imagine(carry: Carry, actions: Tensor3D, seed?: number): Trajectory {
    return tf.tidy(() => {
      const { frames, last } = this.rollout(carry as RssmCarry, actions, seed)
      return { z: this.scale.invert(tf.stack(frames, 1) as Tensor5D), carry: last }
    })
  }

  loss({ z, actions, past, seed, decoded = [] }: DynamicsBatch): LossTerms {
    const scaled = tf.unstack(this.scale.apply(z), 1) as Tensor4D[]
    const { carry, closed, kl } = this.seePast(scaled.slice(0, past), actions, seed)
    const { frames, bases } = this.rollout(carry, tf.slice(actions, [0, past, 0], [-1, -1, -1]))
    const truth = scaled.slice(past)
    const open = this.distances(frames, truth)
    const metrics = { open_step: open, warp_step: this.distances(bases, truth) }
    const terms = { open: tf.mean(open) as Scalar, closed, kl }
    const { closedWeight, klWeight, decodedWeight } = this.config
    const weights = { open: 1, closed: closedWeight, kl: klWeight }
    if (decoded.length === 0) return weightedSum(terms, weights, metrics)
    const occupancy = decoded.map((one) => one.loss(this.scale.invert(frames[one.frame - past])))
    return weightedSum({ ...terms, decoded: meanOf(occupancy) }, { ...weights, decoded: decodedWeight }, metrics)
  }

  dispose(): void {
    this.parameters.dispose()
    this.scale.dispose()
  }

  /** The one-step terms: each frame but the first from its posterior, and the KL to the prior that did not see it. */
  private seePast(frames: Tensor4D[], actions: Tensor3D, seed: number) {
    let carry = this.initial(frames[0].shape[0])
    const [closed, kl]: Scalar[][] = [[], []]
    frames.forEach((z, t) => {
      const moved = this.cell.move(carry, actionAt(actions, t))
      const posterior = this.cell.posterior(moved, z)
      const sample = sampleGaussian(posterior, seedOf(seed, 'posterior', t)) as Tensor4D
      // Before the first frame there is nothing to forecast it from.
      if (t > 0) {
        closed.push(this.scale.distance(this.cell.forecast(moved, sample), z))
        kl.push(balancedKl(posterior, moved.prior, this.config))
      }
      carry = settle(moved, z, sample)
    })
    return { carry, closed: meanOf(closed), kl: meanOf(kl) }
  }

  /** @param actions [B, T, A]; `frames` are T forecasts and `bases` T warped anchors, [B, h, w, c] each, scaled */
  private rollout(carry: RssmCarry, actions: Tensor3D, seed?: number) {
    const frames: Tensor4D[] = []
    const bases: Tensor4D[] = []
    let last = carry
    for (let t = 0; t < actions.shape[1]; t++) {
      const moved: Moved = this.cell.move(last, actionAt(actions, t))
      const { prior, base } = moved
      const sample = (seed === undefined ? prior.mean : sampleGaussian(prior, seedOf(seed, 'prior', t))) as Tensor4D
      const z = this.cell.forecast(moved, sample)
      frames.push(z)
      bases.push(base)
      last = { ...moved.carry, sample, change: tf.sub(z, base) }
    }
    return { frames, bases, last }
  }

  /** [T] */
  private distances(forecasts: Tensor4D[], truth: Tensor4D[]): Tensor1D {
    return tf.stack(forecasts.map((z, t) => this.scale.distance(z, truth[t]))) as Tensor1D
  }
}

function actionAt(actions: Tensor3D, t: number): Tensor2D {
  return tf.squeeze(tf.slice(actions, [0, t, 0], [-1, 1, -1]), [1])
}

function meanOf(terms: Scalar[]): Scalar {
  return tf.mean(tf.stack(terms as Tensor[]))
}
