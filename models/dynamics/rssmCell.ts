import type { Tensor, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core'
import { ConvLayer } from '../convLayer.js'
import { tf } from '../engine/tensorflow.js'
import type { Parameters } from '../training/parameters.js'
import { actionPlaneCount, actionPlanes, phasePlaneCount, phasePlanes, planarMotion } from './actions.js'
import type { DynamicsConfig } from './config.js'
import { convGru } from './convGru.js'
import type { DynamicsShape } from './dynamicsModel.js'
import type { Gaussian } from './gaussian.js'
import { composeMotion, neighbours, samplingOf, warp } from './warp.js'

/**
 * What is carried, in the ego frame of the last step. The forecast is `warp(anchor, motion) + change`: the last
 * latent that was seen, resampled once however long the forecast is, and what the model has added to it since.
 */
export interface RssmCarry extends Record<string, Tensor> {
  /** Deterministic state, [B, h, w, d]. */
  state: Tensor4D
  /** Stochastic state, [B, h, w, s]. */
  sample: Tensor4D
  /** The last latent that was seen, scaled, in the ego frame of its time, [B, h, w, c]. */
  anchor: Tensor4D
  /** [B, h, w, c], scaled. */
  change: Tensor4D
  /** From the anchor's ego frame to this one, [B, 3]: dx, dy (m), dyaw (rad). */
  motion: Tensor2D
  /** 1 once something was seen, else 0, [B, 1, 1, 1]. */
  seen: Tensor4D
}

/** A carry moved into the next ego frame, of which nothing is known yet. */
export interface Moved {
  carry: RssmCarry
  /** The anchor warped once, unknown cells filled in: what persistence forecasts. [B, h, w, c], scaled. */
  base: Tensor4D
  /** What the base was mixed from, and where between the cells it was read, [B, h, w, 4c + 4]. */
  detail: Tensor4D
  /** p(s | h). */
  prior: Gaussian
}

/** The layers of the recurrent state-space model, and the functions they compute. Latents are scaled throughout. */
export class RssmCell {
  /** What is outside the map that was seen, [c]: 0, the mean latent, until something better is learned. */
  private readonly unknown: Variable
  private readonly gru: ConvLayer
  private readonly prior: ConvLayer
  private readonly posteriorLayers: readonly [ConvLayer, ConvLayer]
  private readonly residualLayers: readonly [ConvLayer, ConvLayer, ConvLayer]

  constructor(
    parameters: Parameters,
    private readonly shape: DynamicsShape,
    { state: d, stochastic: s, residual }: DynamicsConfig,
  ) {
    const { channels: c, precision } = shape
    const detail = 4 * c + phasePlaneCount
    const layer = (name: string, inputs: number, outputs: number, gain?: number) =>
      new ConvLayer(parameters, name, { size: 3, inputs, outputs, gain }, precision)
    this.unknown = parameters.make('unknown', [c], { constant: 0 }, false)
    this.gru = layer('gru', d + s + c + 1 + detail + actionPlaneCount, 3 * d, 0.7)
    this.prior = layer('prior', d, 2 * s, 0.5)
    this.posteriorLayers = [layer('posterior.hidden', d + c, d), layer('posterior.out', d, 2 * s, 0.5)]
    this.residualLayers = [
      layer('residual.first', d + s + c + detail, residual),
      layer('residual.second', residual, residual),
      layer('residual.out', residual, c, 0),
    ]
  }

  /**
   * Warps the carry into the next ego frame and advances the deterministic state.
   *
   * @param action [B, A] float32; without effect while nothing was seen
   */
  move({ state, sample, anchor, change, motion, seen }: RssmCarry, action: Tensor2D): Moved {
    const { frame } = this.shape
    const counted = tf.mul(action, tf.reshape(seen, [-1, 1])) as Tensor2D
    const step = samplingOf(planarMotion(counted), frame)
    const [oldState, oldSample, oldChange] = split(warp(tf.concat([state, sample, change], -1), step), [
      state.shape[3],
      sample.shape[3],
      change.shape[3],
    ])
    const since = composeMotion(motion, planarMotion(counted))
    const sampling = samplingOf(since, frame)
    const known = tf.mul(sampling.inside, seen)
    const base = tf.add(warp(anchor, sampling), tf.mul(tf.sub(1, known), this.unknown)) as Tensor4D
    const detail = tf.concat([neighbours(anchor, sampling), phasePlanes(sampling.phase)], -1)
    const now = tf.add(base, oldChange)
    const input = tf.concat([oldSample, now, known, detail, actionPlanes(counted, frame)] as Tensor4D[], -1)
    const next = convGru(oldState, input, this.gru)
    const carry = { state: next, sample: oldSample, anchor, change: oldChange, motion: since, seen }
    return { carry, base, detail, prior: gaussian(this.prior.apply(next)) }
  }

  /** q(s | h, z): reads how far the latent is from what is expected. @param z [B, h, w, c] */
  posterior({ carry, base }: Moved, z: Tensor4D): Gaussian {
    const surprise = tf.sub(z, tf.add(base, carry.change)) as Tensor4D
    const [hidden, out] = this.posteriorLayers
    return gaussian(out.apply(hidden.apply(tf.concat([carry.state, surprise], -1), 'elu')))
  }

  /** The latent that the moved carry and a stochastic state give, [B, h, w, c]. */
  forecast({ carry, base, detail }: Moved, sample: Tensor4D): Tensor4D {
    const now = tf.add(base, carry.change) as Tensor4D
    const [first, second, out] = this.residualLayers
    const hidden = first.apply(tf.concat([carry.state, sample, now, detail], -1), 'elu')
    return tf.add(now, out.apply(second.apply(hidden, 'elu')))
  }
}

/** The carry after seeing `z`: it is the new anchor, and nothing has been added to it. */
export function settle({ carry }: Moved, z: Tensor4D, sample: Tensor4D): RssmCarry {
  return {
    ...carry,
    sample,
    anchor: z,
    change: tf.zerosLike(z),
    motion: tf.zerosLike(carry.motion),
    seen: tf.onesLike(carry.seen),
  }
}

/** Two maps to a Gaussian; its standard deviation stays within e^±2, so that neither KL nor sample can run away. */
function gaussian(both: Tensor4D): Gaussian {
  const [mean, raw] = tf.split(both, 2, -1)
  return { mean, logStd: tf.mul(2, tf.tanh(tf.div(raw, 2))) }
}

function split(map: Tensor4D, sizes: [number, number, number]): Tensor4D[] {
  return tf.split(map, sizes, -1)
}
