import type { Scalar, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core'
import { tf } from '../engine/tensorflow.js'
import type { LatentCode } from './latentModel.js'

/** A diagonal Gaussian over a latent map, with the standard normal as prior. */
export class GaussianCode implements LatentCode {
  /** @param mean,logVariance float32 [B, h, w, c] */
  constructor(
    private readonly mean: Tensor4D,
    private readonly logVariance: Tensor4D,
  ) {}

  /** mean + σ·ε (Kingma & Welling 2014, https://arxiv.org/abs/1312.6114, eq. 10): differentiable in both. */
  sample(seed: number): Tensor4D {
    return tf.tidy(() => {
      const noise = tf.randomNormal(this.mean.shape, 0, 1, 'float32', seed)
      return tf.add(this.mean, tf.mul(tf.exp(tf.mul(this.logVariance, 0.5)), noise))
    })
  }

  mode(): Tensor4D {
    return tf.clone(this.mean)
  }

  logvar(): Tensor4D {
    return tf.clone(this.logVariance)
  }

  /** KL(N(μ, σ²) ‖ N(0, 1)) = ½(μ² + σ² − 1 − log σ²), nats; op. cit., appendix B. */
  kl(): Tensor4D {
    return tf.tidy(() => {
      const moments = tf.sub(tf.add(tf.square(this.mean), tf.exp(this.logVariance)), this.logVariance)
      return tf.mul(tf.sub(moments, 1), 0.5)
    })
  }
}

/** Mean KL of each channel over the batch and the map, nats; @param kl [B, h, w, c]; returns [c] */
export function klPerChannel(kl: Tensor4D): Tensor1D {
  return tf.mean(kl, [0, 1, 2]) as Tensor1D
}

/**
 * What the KL term charges, Σ_c max(λ, KL_c) (Kingma et al. 2016, https://arxiv.org/abs/1606.04934, eq. 16): below λ
 * nats a channel costs nothing more, so that there is no pull to switch it off. Their groups are ours per channel,
 * averaged over the batch and over the map: a channel may be silent where the scene is empty.
 *
 * @param perChannel nats, [c]
 */
export function freeBitsKl(perChannel: Tensor1D, freeNats: number): Scalar {
  return tf.sum(tf.maximum(perChannel, freeNats)) as Scalar
}
