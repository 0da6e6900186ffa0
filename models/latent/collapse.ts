import type { Scalar, Tensor1D } from '@tensorflow/tfjs-core'
import { tf } from '../engine/tensorflow.js'

/** A channel whose mean KL is under this many nats tells the decoder next to nothing. */
export const activeNats = 0.1
/** A larger share of inactive channels is a collapse. */
const toleratedShare = 0.2

/** Channels that carry information (active units, Burda et al. 2016, https://arxiv.org/abs/1509.00519, by their KL). */
export function activeUnits(perChannel: Tensor1D): Scalar {
  return tf.sum(tf.cast(tf.greater(perChannel, activeNats), 'float32')) as Scalar
}

/**
 * The warning that a Gaussian latent needs, or null. Call it once the KL has its full weight.
 *
 * @param channelNats mean KL of each channel, nats
 */
export function collapseWarning(channelNats: readonly number[]): string | null {
  const inactive = channelNats.filter((nats) => !(nats > activeNats)).length
  if (inactive <= toleratedShare * channelNats.length) return null
  return (
    `posterior collapse: ${inactive} of ${channelNats.length} channels carry under ${activeNats} nat; ` +
    'lower beta, raise freeBits or klWarmupSteps, or take fewer channels'
  )
}
