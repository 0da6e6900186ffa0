import type { Scalar, Tensor, Tensor2D, Tensor3D, Tensor4D, Tensor5D } from '@tensorflow/tfjs-core'
import type { Precision } from '../precision.js'
import type { LossTerms } from '../training/lossTerms.js'
import type { Parameters } from '../training/parameters.js'
import type { DynamicsConfig } from './config.js'
import type { LatentStatistics } from './latentScale.js'
import type { MapFrame } from './warp.js'

/** What a dynamics model carries from step to step: tensors whose first axis is the batch, by name. */
export type Carry = Readonly<Record<string, Tensor>>

/** A forecast: the latents after each action, in the latent family's own units, and the carry after the last one. */
export interface Trajectory {
  /** [B, T, h, w, c] float32 */
  z: Tensor5D
  carry: Carry
}

/** A batch of windows. */
export interface DynamicsBatch {
  /** [B, T, h, w, c] float32 */
  z: Tensor5D
  /** [B, T, A] float32, m, rad, s; `actions[:, t]` leads to frame t, and `actions[:, 0]` is not used. */
  actions: Tensor3D
  /** Frames that are seen, at least 2; the T − past others are forecast. */
  past: number
  /** Seed of the samples that the loss draws. */
  seed: number
  /** What the latents forecast for some frames `frame` ≥ past decode to, as a further loss; none leaves it out. */
  decoded?: readonly { frame: number; loss(z: Tensor4D): Scalar }[]
}

/**
 * A model of how latent maps change under ego motion. It has no hidden state: what it knows of the past is in the
 * carry. The caller disposes what it is given.
 */
export interface DynamicsModel {
  readonly parameters: Parameters
  /** The carry before anything was seen. */
  initial(batchSize: number): Carry
  /**
   * Takes in the latents of the next frame.
   *
   * @param z [B, h, w, c] float32
   * @param action [B, A] float32: the motion that led to the frame; without effect on an initial carry
   */
  observe(carry: Carry, z: Tensor4D, action: Tensor2D): Carry
  /**
   * Forecasts a frame for each action, z_{t+1} ~ p(z_{t+1} | z_t, a_t): the most likely course without a seed, a
   * random one with it.
   *
   * @param actions [B, T, A] float32
   */
  imagine(carry: Carry, actions: Tensor3D, seed?: number): Trajectory
  /** Call inside a tidy. */
  loss(batch: DynamicsBatch): LossTerms
  dispose(): void
}

/** The latents a model is made for. */
export interface DynamicsShape {
  frame: MapFrame
  /** c */
  channels: number
  statistics: LatentStatistics
  precision: Precision
}

/** What a model is built from; saved with it, so that it can be built again. */
export interface DynamicsSpec {
  config: Readonly<DynamicsConfig>
  shape: DynamicsShape
  /** Hash of the latent's run: only its latents mean anything to the model. */
  latent: string
  seed: number
}

/** One kind of dynamics model: a line of the registry. */
export type DynamicsFamily = (spec: DynamicsSpec) => DynamicsModel
