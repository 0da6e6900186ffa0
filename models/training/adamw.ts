import type { Tensor1D } from '@tensorflow/tfjs-core'
import { power } from '../../pipeline/power.js'
import { type AdamWFactors, adamwStep } from '../engine/adamwStep.js'
import { tf } from '../engine/tensorflow.js'
import { type Parameters, valuesOf } from './parameters.js'
import type { NamedTensors } from './safetensors.js'

export interface AdamWConfig {
  beta1: number
  beta2: number
  epsilon: number
  weightDecay: number
  /** Gradients whose global norm is larger are scaled down to it. */
  clipNorm: number
  /**
   * Layers that sum more inputs than this learn at a rate lower by the ratio: a step of Adam moves every weight alike, so that
   * the sum moves with their number (Yang et al. 2022, https://arxiv.org/abs/2203.03466, table 3). 0: all learn alike.
   */
  fullRateFanIn: number
}

/**
 * AdamW (Loshchilov & Hutter 2019, https://arxiv.org/abs/1711.05101, algorithm 2), with clipping by the global norm
 * (Pascanu et al. 2013, https://arxiv.org/abs/1211.5063). As in common practice the decay is multiplied by the
 * learning rate, and biases and embeddings do not decay.
 *
 * A step is one pass of our own kernel where that can be called. Elsewhere all parameters are one flat vector: two dozen
 * operations a step in all instead of a dozen for each parameter. Shape letter: P, the number of scalars in all parameters.
 */
export class AdamW {
  /** Running means of the gradient and of its square, float32 [P]. */
  private mean: Tensor1D
  private square: Tensor1D
  /** Share of the learning rate for each parameter, and share at which it decays, [N]. */
  private readonly rates: readonly number[]
  private readonly decays: readonly number[]

  constructor(
    private readonly parameters: Parameters,
    private readonly config: AdamWConfig,
  ) {
    this.mean = tf.zeros([parameters.size])
    this.square = tf.zeros([parameters.size])
    this.rates = parameters.all.map(({ fanIn }) => rateShare(fanIn, config.fullRateFanIn))
    this.decays = parameters.all.map(({ decay }, i) => (decay ? this.rates[i] : 0))
  }

  /**
   * One step with the flat gradient [P], whose global norm the caller has read.
   * @param step from 0; decides the bias correction
   */
  apply(gradient: Tensor1D, norm: number, learningRate: number, step: number): void {
    const { beta1, beta2, epsilon, weightDecay, clipNorm } = this.config
    const [correction1, correction2] = [1 - power(beta1, step + 1), 1 - power(beta2, step + 1)]
    const factors: AdamWFactors = {
      ...{ beta1, beta2, epsilon, gradientScale: norm > clipNorm ? clipNorm / norm : 1 },
      rate: learningRate / correction1,
      squareScale: 1 / Math.sqrt(correction2),
      decay: learningRate * weightDecay,
    }
    const { mean, square, rates, decays, parameters } = this
    const weights = parameters.all.map(({ variable }) => variable)
    const stepped = adamwStep({ weights, gradient, mean, square, rates, decays }, factors)
    if (!stepped) {
      this.stepByOperations(gradient, factors)
      return
    }
    weights.forEach((variable, i) => {
      variable.assign(stepped.weights[i])
    })
    this.mean = stepped.mean
    this.square = stepped.square
    tf.dispose([mean, square, ...stepped.weights])
  }

  private stepByOperations(gradient: Tensor1D, factors: AdamWFactors): void {
    const { beta1, beta2, gradientScale: scale, rate, squareScale, epsilon, decay } = factors
    const [mean, square] = [this.mean, this.square]
    tf.tidy(() => {
      const variables = this.parameters.all.map(({ variable }) => variable)
      const weights = tf.concat(variables.map((variable) => tf.reshape(variable, [-1]) as Tensor1D))
      this.mean = tf.keep(tf.add(tf.mul(mean, beta1), tf.mul(gradient, (1 - beta1) * scale)))
      this.square = tf.keep(tf.add(tf.mul(square, beta2), tf.mul(tf.square(gradient), (1 - beta2) * scale ** 2)))
      const denominator = tf.add(tf.mul(tf.sqrt(this.square), squareScale), epsilon)
      const sizes = variables.map(({ size }) => size)
      const change = tf.div(tf.mul(tf.mul(this.mean, spread(this.rates, sizes)), rate), denominator)
      const decayed = tf.sub(weights, tf.mul(tf.mul(weights, spread(this.decays, sizes)), decay))
      const parts = tf.split(tf.sub(decayed, change), sizes)
      variables.forEach((variable, i) => {
        variable.assign(tf.reshape(parts[i], variable.shape))
      })
    })
    tf.dispose([mean, square])
  }

  /** Both moments, for a checkpoint. */
  state(): NamedTensors {
    return { 'adamw.mean': valuesOf(this.mean), 'adamw.square': valuesOf(this.square) }
  }

  restore(state: NamedTensors): void {
    const moments = ['adamw.mean', 'adamw.square'].map((name) => tf.tensor1d(state[name].values as Float32Array))
    tf.dispose([this.mean, this.square])
    ;[this.mean, this.square] = moments
  }

  dispose(): void {
    tf.dispose([this.mean, this.square])
  }
}

/** Share of the learning rate of a layer that sums `fanIn` inputs. */
function rateShare(fanIn: number, fullRateFanIn: number): number {
  return fullRateFanIn === 0 ? 1 : Math.min(1, fullRateFanIn / fanIn)
}

/** A number for each parameter [N] as one for each scalar [P]. */
function spread(perParameter: readonly number[], sizes: readonly number[]): Tensor1D {
  return tf.concat(sizes.map((size, i) => tf.fill([size], perParameter[i])))
}
