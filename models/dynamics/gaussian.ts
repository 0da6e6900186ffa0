import type { Scalar, Tensor } from '@tensorflow/tfjs-core'
import { tf } from '../engine/tensorflow.js'

/** A diagonal Gaussian; both tensors have the same shape. */
export interface Gaussian {
  mean: Tensor
  /** Logarithm of the standard deviation. */
  logStd: Tensor
}

/**
 * KL(q ‖ p) per element, nats: log(σp/σq) + (σq² + (μq − μp)²) / 2σp² − ½.
 */
export function klDivergence(q: Gaussian, p: Gaussian): Tensor {
  const ratio = tf.exp(tf.mul(2, tf.sub(q.logStd, p.logStd)))
  const distance = tf.square(tf.mul(tf.sub(q.mean, p.mean), tf.exp(tf.neg(p.logStd))))
  return tf.sub(tf.sub(tf.mul(0.5, tf.add(ratio, distance)), tf.sub(q.logStd, p.logStd)), 0.5)
}

/**
 * KL(q ‖ p) balanced (https://arxiv.org/abs/2301.04104, eq. 5): a share `klBalance` of it moves only the prior towards
 * the posterior, the rest only the posterior towards the prior. Either is the mean over cells of the sum over
 * channels, and no less than `freeNats`. Deviation: free nats count for each cell of the map, since our state has one
 * stochastic vector a cell where theirs has one a frame.
 */
export function balancedKl(
  posterior: Gaussian,
  prior: Gaussian,
  { klBalance, freeNats }: { klBalance: number; freeNats: number },
): Scalar {
  const perCell = (q: Gaussian, p: Gaussian) => tf.maximum(tf.mean(tf.sum(klDivergence(q, p), -1)), freeNats)
  const dynamics = perCell(stopped(posterior), prior)
  const representation = perCell(posterior, stopped(prior))
  return tf.add(tf.mul(klBalance, dynamics), tf.mul(1 - klBalance, representation))
}

/** A sample, differentiable in mean and standard deviation; the same seed gives the same sample. */
export function sampleGaussian({ mean, logStd }: Gaussian, seed: number): Tensor {
  const noise = tf.randomNormal(mean.shape, 0, 1, 'float32', seed)
  return tf.add(mean, tf.mul(tf.exp(logStd), noise))
}

function stopped({ mean, logStd }: Gaussian): Gaussian {
  return { mean: stopGradient(mean), logStd: stopGradient(logStd) }
}

/** The same value, through which no gradient flows; tfjs has no operation of this name. */
export function stopGradient(x: Tensor): Tensor {
  const op = tf.customGrad((value) => ({
    value: tf.clone(value as Tensor),
    gradFunc: (dy: Tensor) => tf.zerosLike(dy),
  }))
  return op(x)
}
