import type { Tensor1D } from '@tensorflow/tfjs-core'
import { tf } from '../engine/tensorflow.js'
import { type Parameters, valuesOf } from './parameters.js'
import type { NamedTensors } from './safetensors.js'

const name = 'ema.weights'

/**
 * The running mean of a model's weights (Polyak & Juditsky 1992, https://doi.org/10.1137/0330046), with exponentially
 * fading memory. The memory grows from nothing to `decay` with the number of steps, so that the first weights, which
 * know nothing, are soon forgotten.
 *
 * Shape letter: P, the number of scalars in all parameters.
 */
export class AveragedWeights {
  private mean: Tensor1D

  /** Starts at the weights as they are. @param decay in (0, 1) */
  constructor(
    private readonly parameters: Parameters,
    private readonly decay: number,
  ) {
    this.mean = parameters.flat()
  }

  /** Takes in the weights after step `step`, from 0. */
  add(step: number): void {
    const before = this.mean
    this.mean = tf.tidy(() => {
      const ahead = tf.sub(this.parameters.flat(), before)
      return tf.add(before, tf.mul(ahead, 1 - decayAt(step, this.decay)))
    })
    before.dispose()
  }

  /** Runs something with the model's weights at their mean, and puts back its own, bit for bit. */
  async during<T>(run: () => Promise<T>): Promise<T> {
    const own = this.parameters.flat()
    try {
      this.parameters.assignFlat(this.mean)
      return await run()
    } finally {
      this.parameters.assignFlat(own)
      own.dispose()
    }
  }

  /** Gives the model the mean for good. */
  adopt(): void {
    this.parameters.assignFlat(this.mean)
  }

  /** For a checkpoint: [P]. */
  state(): NamedTensors {
    return { [name]: valuesOf(this.mean) }
  }

  restore(state: NamedTensors): void {
    this.mean.dispose()
    this.mean = tf.tensor1d(state[name].values as Float32Array)
  }

  dispose(): void {
    this.mean.dispose()
  }
}

/** Memory after step `step`, from 0: (1 + s) / (10 + s) until that reaches `decay`. */
export function decayAt(step: number, decay: number): number {
  return Math.min(decay, (1 + step) / (10 + step))
}
