import type { Tensor, Tensor1D, Tensor2D, Tensor4D, Variable } from '@tensorflow/tfjs-core'
import { UsageError } from '../../pipeline/errors.js'
import { seedOf } from '../../pipeline/random.js'
import { freeIndex } from '../../pipeline/taxonomy.js'
import type { OccupancyBatch } from '../batch.js'
import { ConvLayer, ResidualBlock } from '../convLayer.js'
import { activate } from '../engine/activate.js'
import { convBias } from '../engine/convBias.js'
import { embedPatches } from '../engine/embedPatches.js'
import { mostLikely } from '../engine/mostLikely.js'
import { tf } from '../engine/tensorflow.js'
import type { LossTerms } from '../training/lossTerms.js'
import { Parameters } from '../training/parameters.js'
import { bevLogits } from './bev.js'
import { classFrequencies } from './classWeights.js'
import { collapseWarning } from './collapse.js'
import { GaussianCode } from './gaussianCode.js'
import { LatentLoss } from './latentLoss.js'
import type { DecodeTarget, LatentModel, LatentSpec } from './latentModel.js'
import { fromPatches } from './patches.js'
import { pooledFeatures } from './pooledFeatures.js'

/** Log variances outside are cut: the exponential stays finite whatever a diverging step does. */
const logVarianceRange = [-12, 6] as const
/** Where they start: a draw from a prior as wide as the mean's own spread would hide from the decoder what it has to learn. */
const logVarianceStart = -4

/**
 * Spatial variational autoencoder of an occupancy grid (Kingma & Welling 2014, https://arxiv.org/abs/1312.6114), with
 * height folded into channels as in OccWorld (https://arxiv.org/abs/2311.16038, §3.2) and DOME
 * (https://arxiv.org/abs/2410.10429, §3.2): a class embedding for each voxel, all voxels of a small square of columns
 * as the channels of one cell, convolutions over the cells, and back.
 *
 * Deviations: cells are cut at once instead of by strided convolutions, so that every layer works at the latent's own
 * resolution, which stays fine (`patch` voxels a cell) for the sake of ego-warping in the dynamics; the logits come from a
 * small vector for each voxel instead of one wide layer; no normalisation layers; unobserved voxels are a class of
 * their own to the encoder and do not count in the loss.
 *
 * Letters: e embedding, d width, f voxel features, V voxels of a grid, p patch, n = p·p·Z voxels of a cell.
 */
class SpatialVae implements LatentModel {
  readonly parameters: Parameters
  readonly shape: readonly [number, number, number]
  private readonly embedding: Variable
  private readonly stem: ConvLayer
  private readonly encoderBlocks: ResidualBlock[]
  private readonly toMoments: ConvLayer
  private readonly fromLatent: ConvLayer
  private readonly decoderBlocks: ResidualBlock[]
  private readonly toVoxels: ConvLayer
  private readonly classFilter: Variable
  private readonly classBias: Variable
  /** [K, 1]. */
  private readonly classWeights: Tensor2D
  private readonly criterion: LatentLoss

  constructor(private readonly spec: LatentSpec) {
    const { grid, config, taxonomy, precision, classCounts } = spec
    const { channels: c, embedding: e, width: d, patch, voxelFeatures: f } = config
    const K = taxonomy.classes.length
    const n = patch ** 2 * grid.dims[2]
    this.shape = [cellsAlong(grid.dims[0], patch), cellsAlong(grid.dims[1], patch), c]
    const parameters = new Parameters(spec.seed)
    this.parameters = parameters
    const conv = (name: string, size: number, inputs: number, outputs: number, gain?: number) =>
      new ConvLayer(parameters, name, { size, inputs, outputs, gain }, precision)
    const blocks = (name: string, count: number) =>
      Array.from({ length: count }, (_, i) => new ResidualBlock(parameters, `${name}.${i}`, d, precision))
    // Row K stands for a voxel that nothing observed.
    this.embedding = parameters.make('encoder.embedding', [K + 1, e], { normal: 1 }, false)
    this.stem = conv('encoder.stem', 1, n * e, d)
    this.encoderBlocks = blocks('encoder.block', config.encoderBlocks)
    this.toMoments = conv('encoder.moments', 1, d, 2 * c, 0.5)
    this.fromLatent = conv('decoder.latent', 3, c, d)
    this.decoderBlocks = blocks('decoder.block', config.decoderBlocks)
    this.toVoxels = conv('decoder.voxels', 1, d, n * f)
    this.classFilter = parameters.make('decoder.classes.filter', [f, K], { normal: Math.sqrt(1 / f) })
    this.classBias = parameters.make('decoder.classes.bias', [K], { constant: 0 }, false)
    this.classWeights = tf.tensor2d([...spec.classWeights], [K, 1])
    this.criterion = new LatentLoss(spec)
    this.toMoments.startBias(Float32Array.from({ length: 2 * c }, (_, i) => (i < c ? 0 : logVarianceStart)))
    startAtPrior(this.classBias, classCounts, spec.classWeights)
  }

  encode(batch: OccupancyBatch): GaussianCode {
    const { config, precision } = this.spec
    const { patch, channels } = config
    const [mean, logVariance] = tf.tidy((): Tensor4D[] => {
      const table = this.embedding as unknown as Tensor2D
      const cells = embedPatches(batch.input ?? batch, table, patch, precision === 'bfloat16') // [B, h, w, n·e]
      const hidden = applyAll(this.encoderBlocks, this.stem.apply(cells))
      const moments = this.toMoments.apply(activate(hidden, 'elu')) // [B, h, w, 2c]
      const [center, spread] = tf.split(moments, [channels, channels], 3) as Tensor4D[]
      return [center, tf.clipByValue(spread, ...logVarianceRange)]
    })
    return new GaussianCode(mean, logVariance)
  }

  /** Logits in patch order, [B·V, K]; `bias` is [K]. */
  private logits(z: Tensor4D, bias: Tensor): Tensor2D {
    const { precision, config } = this.spec
    const f = config.voxelFeatures
    const hidden = applyAll(this.decoderBlocks, this.fromLatent.apply(z)) // [B, h, w, d]
    const voxels = this.toVoxels.apply(activate(hidden, 'elu'), 'elu') // [B, h, w, n·f]
    const filter = tf.reshape(this.classFilter, [1, 1, f, -1]) as Tensor4D
    const rows = tf.reshape(voxels, [1, 1, -1, f]) as Tensor4D // [1, 1, B·V, f]
    const half = precision === 'bfloat16'
    const logits = convBias(rows, filter, bias as Tensor1D, { activation: 'none', half })
    return tf.reshape(logits, [-1, filter.shape[3]]) as Tensor2D
  }

  decode(z: Tensor4D, target: DecodeTarget): Tensor {
    const { grid, taxonomy, config } = this.spec
    const [h, w] = this.shape
    const K = taxonomy.classes.length
    return tf.tidy(() => {
      const cells = tf.reshape(this.logits(z, this.decodingBias()), [z.shape[0], h, w, -1]) as Tensor4D // [B, h, w, n·K]
      const logits = tf.reshape(fromPatches(cells, config.patch), [z.shape[0], ...grid.dims, K])
      return target === 'bev' ? bevLogits(logits, freeIndex(taxonomy)) : logits
    })
  }

  classes(z: Tensor4D): Tensor4D {
    const { grid, config } = this.spec
    const [h, w] = this.shape
    return tf.tidy(() => {
      // Numbers of classes are a K-th of the logits: these are what is brought into the order of the grid.
      const classes = mostLikely(this.logits(z, this.decodingBias())) // [B·V]
      const cells = tf.reshape(classes, [z.shape[0], h, w, config.patch ** 2 * grid.dims[2]]) as Tensor4D
      return fromPatches(cells, config.patch)
    })
  }

  /**
   * The weighted loss makes classes likelier by their weight; here that is taken back in part
   * (logit adjustment, Menon et al. 2021, https://arxiv.org/abs/2007.07314, eq. 9).
   */
  private decodingBias(): Tensor1D {
    return tf.sub(this.classBias, tf.mul(tf.log(tf.reshape(this.classWeights, [-1])), this.spec.config.priorShift))
  }

  loss(batch: OccupancyBatch, step: number): LossTerms {
    const code = this.encode(batch)
    const logits = this.logits(code.sample(seedOf(this.spec.seed, 'sample', step)), this.classBias)
    return this.criterion.of({ code, logits }, batch, step)
  }

  probe(z: Tensor4D): Tensor2D {
    return pooledFeatures(z)
  }

  health(means: Readonly<Record<string, number>>, step: number): string | null {
    const { klWarmupSteps, warmupSteps, channels } = this.spec.config
    if (step <= Math.max(klWarmupSteps, warmupSteps)) return null
    return collapseWarning(Array.from({ length: channels }, (_, i) => means[`kl_channel/${i}`]))
  }

  dispose(): void {
    this.parameters.dispose()
    this.classWeights.dispose()
  }
}

function applyAll(blocks: readonly ResidualBlock[], x: Tensor4D): Tensor4D {
  return blocks.reduce((hidden, block) => block.apply(hidden), x)
}

export const vae = (spec: LatentSpec): LatentModel => new SpatialVae(spec)

/** Before it knows anything the decoder answers with each class's share of the loss. */
function startAtPrior(bias: Variable, counts: readonly number[], weights: readonly number[]): void {
  const shares = classFrequencies(counts).map((frequency, k) => frequency * weights[k] + 1e-6)
  tf.tidy(() => bias.assign(tf.tensor1d(shares.map(Math.log))))
}

function cellsAlong(columns: number, patch: number): number {
  if (columns % patch === 0) return columns / patch
  throw new UsageError('the grid cannot be cut into patches', {
    place: 'patch',
    expected: `a divisor of ${columns}`,
    actual: String(patch),
  })
}
