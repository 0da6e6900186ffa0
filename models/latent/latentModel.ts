import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import type { Grid } from '../../pipeline/grid.js'
import type { DatasetTaxonomy } from '../../pipeline/taxonomy.js'
import type { OccupancyBatch } from '../batch.js'
import type { Precision } from '../precision.js'
import type { LossTerms } from '../training/lossTerms.js'
import type { Parameters } from '../training/parameters.js'
import type { LatentConfig } from './config.js'

/** What `decode` can give: class logits of every voxel, or of every column seen from above. */
export type DecodeTarget = 'occupancy' | 'bev'

/**
 * What the encoder says of a batch: a distribution over latent maps [B, h, w, c]. Row i of the map is ahead along x,
 * column j along y, as in the voxel grid. Discrete families also carry `indices`.
 */
export interface LatentCode {
  /** One draw, float32 [B, h, w, c]; the same seed draws the same. */
  sample(seed: number): Tensor4D
  /** The most likely latent, float32 [B, h, w, c]. */
  mode(): Tensor4D
  /** Log of the variance, float32 [B, h, w, c]: what `encode` writes beside the mode. */
  logvar(): Tensor4D
  /** Divergence from the prior, nats, [B, h, w, c]. */
  kl(): Tensor4D
  /** Codebook indices, int32 [B, h, w]; continuous families have none. */
  indices?: Tensor
}

/** The same verbs in every family. Methods make tensors that the caller disposes or tidies. */
export interface LatentModel {
  readonly parameters: Parameters
  /** h, w, c. */
  readonly shape: readonly [number, number, number]
  encode(batch: OccupancyBatch): LatentCode
  /**
   * @param z [B, h, w, c] float32
   * @returns logits, float32: `occupancy` [B, X, Y, Z, K], `bev` [B, X, Y, K]
   */
  decode(z: Tensor4D, target: DecodeTarget): Tensor
  /** The most likely class of each voxel, as `decode`'s logits say it, int32 [B, X, Y, Z]; @param z [B, h, w, c] float32 */
  classes(z: Tensor4D): Tensor4D
  /** `step` decides the schedules and the draw, from 0; past the last warm-up it only decides the draw. */
  loss(batch: OccupancyBatch, step: number): LossTerms
  /** Pooled features for linear probes, [B, d] float32; @param z [B, h, w, c] */
  probe(z: Tensor4D): Tensor2D
  /** Looks at the logged means of an interval; a sentence when the latent is not healthy, else null. */
  health(means: Readonly<Record<string, number>>, step: number): string | null
  dispose(): void
}

/** What a model is built from; saved with it, so that it can be built again. */
export interface LatentSpec {
  config: Readonly<LatentConfig>
  grid: Grid
  taxonomy: DatasetTaxonomy
  /** Voxels of each class in the training part, and the weight of each in the reconstruction loss, in index order. */
  classCounts: readonly number[]
  classWeights: readonly number[]
  precision: Precision
  seed: number
}

export type LatentFamily = (spec: LatentSpec) => LatentModel
