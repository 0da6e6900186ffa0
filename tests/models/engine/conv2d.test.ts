import type { Tensor4D } from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { conv2d, filterGradient, type Padding } from '../../../models/engine/conv2d.js'
import { tf } from '../../../models/engine/tensorflow.js'
import { useWasm } from '../../support/wasmBackend.js'
import { deviation } from './deviation.js'

afterEach(() => tf.setBackend('tensorflow'))

const normal = (shape: [number, number, number, number], seed: number): Tensor4D =>
  tf.randomNormal(shape, 0, 1, 'float32', seed)

test('by hand: a filter of one number changes by the sum of x · dy', () => {
  tf.tidy(() => {
    const [x, dy] = [tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]), tf.tensor4d([1, 0, 0, 2], [1, 2, 2, 1])]
    expect([...filterGradient(x, [1, 1, 1, 1], dy, 1, 'same').dataSync()]).toEqual([1 * 1 + 4 * 2])
    // Padded with zeros, the centre of a 3×3 filter sees the same; its upper left corner sees x one row up and one column left.
    const wide = filterGradient(x, [3, 3, 1, 1], dy, 1, 'same').dataSync()
    expect([wide[4], wide[0]]).toEqual([9, 1 * 2])
  })
})

test("the filter's gradient is TensorFlow's, for any shape, stride and padding (seed 62)", () => {
  const size = fc.integer({ min: 3, max: 9 })
  const few = fc.integer({ min: 1, max: 3 })
  const pads = fc.constantFrom<Padding>('same', 'valid')
  const property = fc.property(size, size, few, few, few, few, pads, (h, w, kh, kw, strideH, strideW, pad) => {
    tf.tidy(() => {
      const [x, filter, strides] = [
        normal([2, h, w, 3], h),
        normal([kh, kw, 3, 4], w),
        [strideH, strideW] as [number, number],
      ]
      const dy = normal(tf.conv2d(x, filter, strides, pad).shape, 9)
      const [, theirs] = tf.grads((a, b) => tf.conv2d(a as Tensor4D, b as Tensor4D, strides, pad))([x, filter], dy)
      expect(deviation(filterGradient(x, filter.shape, dy, strides, pad), theirs)).toBeLessThan(1e-5)
    })
  })
  fc.assert(property, { seed: 62, numRuns: 40 })
})

test.each([
  [3, 1, 'same'],
  [3, 2, 'same'],
  [1, 1, 'same'],
  [2, 2, 'valid'],
] as const)('in WebAssembly, where tf.conv2d has no gradient: %i×, stride %i, %s', async (size, stride, pad) => {
  const run = (layer: typeof conv2d) =>
    tf.tidy(() => {
      const [x, filter] = [normal([2, 8, 6, 3], 1), normal([size, size, 3, 4], 2)]
      const of = tf.valueAndGrads((a, b) => tf.sum(tf.square(layer(a as Tensor4D, b as Tensor4D, stride, pad))))
      const { value, grads } = of([x, filter])
      return [value, ...grads].map((tensor) => ({ values: tensor.dataSync().slice(), shape: tensor.shape }))
    })
  const native = run((...args) => tf.conv2d(...args))
  await useWasm()
  expect(() => run((...args) => tf.conv2d(...args))).toThrow("Kernel 'Conv2DBackpropFilter' not registered")
  const before = tf.memory().numTensors
  const found = run(conv2d)
  expect(tf.memory().numTensors).toBe(before)
  tf.tidy(() => {
    for (const [i, { values, shape }] of found.entries())
      expect(deviation(tf.tensor(values, shape), tf.tensor(native[i].values, native[i].shape))).toBeLessThan(1e-5)
  })
})
