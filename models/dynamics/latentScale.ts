import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-core'
import { tf } from '../engine/tensorflow.js'

/** Statistics of the training part's latents: one number a channel. */
export interface LatentStatistics {
  mean: readonly number[]
  std: readonly number[]
  /** Mean variance of the encoder's own posterior; 0 for a deterministic family. */
  noise: readonly number[]
}

/** Adds up the statistics of latents one frame at a time, in float64. */
export class StatisticsFit {
  private readonly sum: Float64Array
  private readonly squares: Float64Array
  private readonly noise: Float64Array
  private cells = 0

  constructor(private readonly channels: number) {
    this.sum = new Float64Array(channels)
    this.squares = new Float64Array(channels)
    this.noise = new Float64Array(channels)
  }

  /** @param mean,logvar h·w·c float32, c fastest; `logvar` null where the family has no posterior */
  add(mean: Float32Array, logvar: Float32Array | null): void {
    for (let i = 0; i < mean.length; i++) {
      const c = i % this.channels
      this.sum[c] += mean[i]
      this.squares[c] += mean[i] ** 2
      if (logvar) this.noise[c] += Math.exp(logvar[i])
    }
    this.cells += mean.length / this.channels
  }

  result(): LatentStatistics {
    const mean = Array.from(this.sum, (s) => s / this.cells)
    const variance = Array.from(this.squares, (s, c) => Math.max(0, s / this.cells - mean[c] ** 2))
    // A channel that never moves keeps a unit scale: it is forecast exactly by its mean.
    const std = variance.map((v) => (v > 1e-12 ? Math.sqrt(v) : 1))
    return { mean, std, noise: Array.from(this.noise, (n) => n / this.cells) }
  }
}

/**
 * Latents on a scale where every channel has mean 0 and standard deviation 1, and the distance that training uses.
 */
export class LatentScale {
  private readonly mean: Tensor1D
  private readonly std: Tensor1D
  private readonly weight: Tensor1D

  constructor(statistics: LatentStatistics) {
    this.mean = tf.tensor1d([...statistics.mean])
    this.std = tf.tensor1d([...statistics.std])
    this.weight = tf.tensor1d(channelWeights(statistics))
  }

  /** @param z [..., c] float32 */
  apply<T extends Tensor>(z: T): T {
    return tf.div(tf.sub(z, this.mean), this.std)
  }

  /** @param scaled [..., c] float32 */
  invert<T extends Tensor>(scaled: T): T {
    return tf.add(tf.mul(scaled, this.std), this.mean)
  }

  /**
   * Huber distance (threshold: one standard deviation), averaged over all axes with the channels' weights.
   *
   * @param forecast,truth [B, h, w, c] float32, scaled
   */
  distance(forecast: Tensor, truth: Tensor): Scalar {
    const error = tf.abs(tf.sub(forecast, truth))
    const clipped = tf.minimum(error, 1)
    const huber = tf.mul(clipped, tf.sub(error, tf.mul(0.5, clipped)))
    return tf.mean(tf.mul(huber, this.weight))
  }

  dispose(): void {
    tf.dispose([this.mean, this.std, this.weight])
  }
}

/**
 * A channel counts by the share of its variance that is not the encoder's own noise: the decoder has learned to
 * ignore what is within that noise, and an inactive channel, scaled up, would be nothing else. Mean 1.
 */
export function channelWeights({ std, noise }: LatentStatistics): number[] {
  const shares = std.map((s, c) => s ** 2 / (s ** 2 + noise[c]))
  const mean = shares.reduce((a, b) => a + b, 0) / shares.length
  return shares.map((share) => share / mean)
}
