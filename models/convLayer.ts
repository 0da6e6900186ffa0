import type { Tensor1D, Tensor4D, Variable } from '@tensorflow/tfjs-core'
import { activate } from './engine/activate.js'
import { type Activation, convBias } from './engine/convBias.js'
import { tf } from './engine/tensorflow.js'
import type { Precision } from './precision.js'
import type { Parameters } from './training/parameters.js'

export interface ConvShape {
  /** Side of the square kernel, cells. */
  size: number
  inputs: number
  outputs: number
  /** Multiplies the starting deviation; 0 makes a residual branch start as nothing. */
  gain?: number
}

/** A convolution with bias over a map, stride 1, zero-padded to the same size. */
export class ConvLayer {
  private readonly filter: Variable
  private readonly bias: Variable

  /** Filters start normal with He's deviation √(2 / fan-in), https://arxiv.org/abs/1502.01852, eq. 10. */
  constructor(
    parameters: Parameters,
    name: string,
    { size, inputs, outputs, gain = 1 }: ConvShape,
    private readonly precision: Precision,
  ) {
    const deviation = gain * Math.sqrt(2 / (size * size * inputs))
    this.filter = parameters.make(`${name}.filter`, [size, size, inputs, outputs], { normal: deviation })
    this.bias = parameters.make(`${name}.bias`, [outputs], { constant: 0 }, false)
  }

  /** Takes over values [outputs] for the bias, which starts at zero otherwise. */
  startBias(values: Float32Array): void {
    tf.tidy(() => this.bias.assign(tf.tensor1d(values)))
  }

  /**
   * @param x [B, h, w, inputs] float32, or stored as bfloat16
   * @returns [B, h, w, outputs], after the activation
   */
  apply(x: Tensor4D, activation: Activation = 'none'): Tensor4D {
    const [filter, bias] = [this.filter as unknown as Tensor4D, this.bias as unknown as Tensor1D]
    return convBias(x, filter, bias, { activation, half: this.precision === 'bfloat16' })
  }
}

/**
 * A residual block before its first activation (He et al. 2016, https://arxiv.org/abs/1603.05027), without
 * normalisation: the second convolution starts at zero, so the block starts as the identity
 * (Zhang et al. 2019, https://arxiv.org/abs/1901.09321). ELU, whose slope follows from its value.
 */
export class ResidualBlock {
  private readonly first: ConvLayer
  private readonly second: ConvLayer

  constructor(parameters: Parameters, name: string, channels: number, precision: Precision) {
    const shape = { size: 3, inputs: channels, outputs: channels }
    this.first = new ConvLayer(parameters, `${name}.first`, shape, precision)
    this.second = new ConvLayer(parameters, `${name}.second`, { ...shape, gain: 0 }, precision)
  }

  /** @param x [B, h, w, c]; returns the same shape. */
  apply(x: Tensor4D): Tensor4D {
    return tf.add(x, this.second.apply(this.first.apply(activate(x, 'elu'), 'elu')))
  }
}
