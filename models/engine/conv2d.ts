import type { GradSaveFunc, Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import { tf } from './tensorflow.js'

export type Strides = number | [number, number]
export type Padding = 'same' | 'valid'

/**
 * `tf.conv2d`, differentiable on every backend: that of WebAssembly has no kernel for the gradient of the filter, which is
 * then made of slices and matrix products.
 *
 * @param x [B, h, w, c] float32
 * @param filter [kh, kw, c, cOut] float32
 * @returns [B, h', w', cOut] float32
 */
export function conv2d(x: Tensor4D, filter: Tensor4D, strides: Strides, pad: Padding): Tensor4D {
  if (tf.getKernel('Conv2DBackpropFilter', tf.getBackend()) !== undefined) return tf.conv2d(x, filter, strides, pad)
  const convolve = tf.customGrad((...args: (Tensor | GradSaveFunc)[]) => {
    const [input, weights, save] = args as [Tensor4D, Tensor4D, GradSaveFunc]
    save([input, weights])
    return {
      value: tf.conv2d(input, weights, strides, pad),
      gradFunc: (dy: Tensor, [from, by]: Tensor[]) => [
        tf.conv2dTranspose(dy as Tensor4D, by as Tensor4D, from.shape as Tensor4D['shape'], strides, pad),
        filterGradient(from as Tensor4D, by.shape as Tensor4D['shape'], dy as Tensor4D, strides, pad),
      ],
    }
  })
  return convolve(x, filter) as Tensor4D
}

/**
 * dF[i, j] = Σ over the batch and all places p, q of x[p·s + i, q·s + j]ᵀ · dy[p, q], x padded: for each place of the filter
 * one matrix product [c, cOut].
 */
export function filterGradient(
  x: Tensor4D,
  filterShape: Tensor4D['shape'],
  dy: Tensor4D,
  strides: Strides,
  pad: Padding,
): Tensor4D {
  return tf.tidy(() => {
    const [kh, kw, c, cOut] = filterShape
    const { padInfo, strideHeight, strideWidth } = tf.backend_util.computeConv2DInfo(
      x.shape,
      filterShape,
      strides,
      1,
      pad,
    )
    const { top, bottom, left, right } = padInfo
    const padded = tf.pad(x, [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ]) // [B, H, W, c]
    const [B, h, w] = dy.shape
    const step: [number, number, number, number] = [1, strideHeight, strideWidth, 1]
    const changes = tf.reshape(dy, [-1, cOut]) as Tensor2D // [B·h·w, cOut]
    const products = Array.from({ length: kh * kw }, (_, at) => {
      const [i, j] = [Math.floor(at / kw), at % kw]
      const end = [B, i + (h - 1) * strideHeight + 1, j + (w - 1) * strideWidth + 1, c]
      const seen = tf.stridedSlice(padded, [0, i, j, 0], end, step) // [B, h, w, c]
      return tf.matMul(tf.reshape(seen, [-1, c]) as Tensor2D, changes, true)
    })
    return tf.reshape(tf.stack(products), filterShape)
  })
}
