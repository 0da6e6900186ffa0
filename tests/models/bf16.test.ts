import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import { afterEach, expect, test } from 'vitest'
import { conv2dBf16, measureBf16 } from '../../models/engine/bf16.js'
import type { Padding } from '../../models/engine/conv2d.js'
import { engineInfo, type NativeBackend, tf } from '../../models/engine/tensorflow.js'

/** bfloat16 keeps 8 bits: one product is off by 2⁻⁸ at most, and the errors of a sum partly cancel. */
const TOLERANCE = 2 ** -7

afterEach(() => tf.setBackend('tensorflow'))

/** Largest deviation from `expected`, as a share of its root mean square. */
function deviation(actual: Tensor, expected: Tensor): number {
  return tf.tidy(() => {
    const scale = tf.sqrt(tf.mean(tf.square(expected)))
    return tf.div(tf.max(tf.abs(tf.sub(actual, expected))), scale).dataSync()[0]
  })
}

const cases: { pad: Padding; strides: number | [number, number]; kernel: [number, number] }[] = [
  { pad: 'same', strides: 1, kernel: [3, 3] },
  { pad: 'same', strides: 2, kernel: [4, 4] },
  { pad: 'valid', strides: [1, 2], kernel: [3, 5] },
]

test.each(cases)('agrees with tf.conv2d, values and gradients: %o', ({ pad, strides, kernel }) => {
  tf.tidy(() => {
    const x = tf.randomNormal([2, 16, 16, 8], 0, 1, 'float32', 11) as Tensor4D
    const filter = tf.randomNormal([...kernel, 8, 12], 0, 1, 'float32', 12) as Tensor4D
    const exact = tf.conv2d(x, filter, strides, pad)
    const weight = tf.randomNormal(exact.shape, 0, 1, 'float32', 13)
    const gradients = (convolve: typeof tf.conv2d | typeof conv2dBf16) =>
      tf.grads((a, b) => tf.sum(tf.mul(convolve(a as Tensor4D, b as Tensor4D, strides, pad), weight)))([x, filter])

    const value = conv2dBf16(x, filter, strides, pad)
    expect(value.dtype).toBe('float32')
    expect(value.shape).toEqual(exact.shape)
    expect(deviation(value, exact)).toBeLessThan(4 * TOLERANCE)
    // Equal values would mean that float32 was used after all.
    expect(deviation(value, exact)).toBeGreaterThan(0)

    const [dx, dFilter] = gradients(conv2dBf16)
    const [dxExact, dFilterExact] = gradients(tf.conv2d)
    expect(deviation(dx, dxExact)).toBeLessThan(4 * TOLERANCE)
    expect(deviation(dFilter, dFilterExact)).toBeLessThan(4 * TOLERANCE)
  })
})

test('small whole numbers are exact in bfloat16', () => {
  tf.tidy(() => {
    const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1])
    const filter = tf.tensor4d([1, 10, 2, 20], [1, 2, 1, 2])
    // Each output is left·(1, 10) + right·(2, 20).
    expect([...conv2dBf16(x, filter, 1, 'valid').dataSync()]).toEqual([5, 50, 11, 110])
  })
})

test('neither the convolution nor its gradient leaks a tensor, in the engine or natively', () => {
  const x = tf.ones([1, 8, 8, 4]) as Tensor4D
  const filter = tf.ones([3, 3, 4, 4]) as Tensor4D
  const step = () =>
    tf.tidy(() => {
      tf.grads((a, b) => tf.sum(conv2dBf16(a as Tensor4D, b as Tensor4D, 1, 'same')))([x, filter])
    })
  const nativeCount = () =>
    (tf.backend() as unknown as { binding: { getNumOfTensors(): number } }).binding.getNumOfTensors()
  step()
  const before = [tf.memory().numTensors, nativeCount()]
  step()
  expect([tf.memory().numTensors, nativeCount()]).toEqual(before)
  tf.dispose([x, filter])
})

test("a first layer's input gradient, which nobody asked for, is not computed", () => {
  const backend = tf.backend() as unknown as NativeBackend
  const { binding } = backend
  const names: string[] = []
  const executeOp: typeof binding.executeOp = (name, ...rest) => {
    names.push(name)
    return binding.executeOp(name, ...rest)
  }
  backend.binding = Object.create(binding, { executeOp: { value: executeOp } })
  tf.tidy(() => {
    const x = tf.ones([1, 8, 8, 4]) as Tensor4D
    tf.grad((filter) => tf.sum(conv2dBf16(x, filter as Tensor4D, 1, 'same')))(tf.ones([3, 3, 4, 4]))
  })
  backend.binding = binding
  expect(names).toContain('Conv2DBackpropFilter')
  expect(names).not.toContain('Conv2DBackpropInput')
})

test('without the native backend it is tf.conv2d', async () => {
  await tf.setBackend('cpu')
  tf.tidy(() => {
    const x = tf.randomNormal([1, 5, 5, 2], 0, 1, 'float32', 1) as Tensor4D
    const filter = tf.randomNormal([3, 3, 2, 2], 0, 1, 'float32', 2) as Tensor4D
    expect(deviation(conv2dBf16(x, filter, 1, 'same'), tf.conv2d(x, filter, 1, 'same'))).toBe(0)
    expect(measureBf16()).toMatchObject({ bfloat16GflopS: null, pays: false })
  })
})

test('the measurement is of both precisions and leaks nothing', () => {
  const before = tf.memory().numTensors
  const { float32GflopS, bfloat16GflopS, pays } = measureBf16()
  expect(tf.memory().numTensors).toBe(before)
  expect(float32GflopS).toBeGreaterThan(0)
  expect(bfloat16GflopS).toBeGreaterThan(0)
  expect(pays).toBe(bfloat16GflopS! > 1.1 * float32GflopS)
})

test('the engine names itself', () => {
  expect(engineInfo()).toMatchObject({ engine: 'tfjs-node 4.22.0', tensorflowVersion: '2.21.0' })
})
