import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { activate } from '../../../models/engine/activate.js'
import { type Activation, convBias } from '../../../models/engine/convBias.js'
import { isHalf } from '../../../models/engine/halfStorage.js'
import { hasOwnKernels, tf } from '../../../models/engine/tensorflow.js'
import { deviation, nativeOps, nativeTensors } from './deviation.js'

afterEach(() => tf.setBackend('tensorflow'))

/** Half a unit in the last of bfloat16's 8 bits, relative. */
const HALF_UNIT = 2 ** -8

function inputs(shape: [number, number, number, number], kernel: [number, number], cOut: number, seed: number) {
  const x = tf.randomNormal(shape, 0, 1, 'float32', seed) as Tensor4D
  const filter = tf.randomNormal([...kernel, shape[3], cOut], 0, 0.3, 'float32', seed + 1) as Tensor4D
  const bias = tf.randomNormal([cOut], 0, 1, 'float32', seed + 2) as Tensor1D
  return { x, filter, bias }
}

/** Value, and gradients of a weighted sum, of `convBias` and of tfjs-core's operations. */
function bothWays(given: ReturnType<typeof inputs>, activation: Activation, half: boolean, strides = 1) {
  const plain = (x: Tensor4D, filter: Tensor4D, bias: Tensor1D) => {
    const sum: Tensor4D = tf.add(tf.conv2d(x, filter, strides, 'same'), bias)
    return activation === 'none' ? sum : tf[activation](sum)
  }
  const ours = (x: Tensor4D, filter: Tensor4D, bias: Tensor1D) =>
    convBias(x, filter, bias, { activation, half, strides, pad: 'same' })
  const { x, filter, bias } = given
  const weight = tf.randomNormal(plain(x, filter, bias).shape, 0, 1, 'float32', 99)
  return [ours, plain].map((layer) => {
    const of = tf.valueAndGrads((a, b, c) =>
      tf.sum(tf.mul(layer(a as Tensor4D, b as Tensor4D, c as Tensor1D), weight)),
    )([x, filter, bias])
    return { y: layer(x, filter, bias), grads: of.grads }
  })
}

test('our own kernels are there: without them nothing below would test them', () => {
  expect(hasOwnKernels()).toBe(true)
})

describe.each(['none', 'elu', 'relu'] as const)('activation %s', (activation) => {
  test.each([
    { half: false, kernel: [3, 3], strides: 1 },
    { half: false, kernel: [1, 1], strides: 1 },
    { half: true, kernel: [3, 3], strides: 2 },
    { half: true, kernel: [1, 1], strides: 1 },
    { half: true, kernel: [1, 1], strides: 2 },
  ] as const)('agrees with tfjs-core, values and gradients: %o', ({ half, kernel, strides }) => {
    tf.tidy(() => {
      const given = inputs([2, 9, 7, 5], [...kernel] as [number, number], 6, 20)
      const [ours, plain] = bothWays(given, activation, half, strides)
      const tolerance = half ? 4 * HALF_UNIT : 1e-5
      expect(ours.y.shape).toEqual(plain.y.shape)
      expect(isHalf(ours.y)).toBe(half)
      ours.grads.forEach((gradient, i) => {
        expect(deviation(gradient, plain.grads[i])).toBeLessThan(tolerance)
        expect(gradient.dtype).toBe('float32')
      })
      expect(deviation(ours.y, plain.y)).toBeLessThan(tolerance)
      // Equal values would mean that float32 was used after all.
      if (half) expect(deviation(ours.y, plain.y)).toBeGreaterThan(0)
    })
  })

  test('random shapes agree with tfjs-core (seed 61)', () => {
    const size = fc.integer({ min: 1, max: 9 })
    const property = fc.property(size, size, size, size, fc.constantFrom(1, 3), (h, w, c, cOut, k) => {
      tf.tidy(() => {
        const [ours, plain] = bothWays(inputs([1, h, w, c], [k, k], cOut, h + 10 * w), activation, false)
        expect(tf.max(tf.abs(tf.sub(ours.y, plain.y))).dataSync()[0]).toBeLessThan(1e-4)
        for (const [i, gradient] of ours.grads.entries())
          expect(tf.max(tf.abs(tf.sub(gradient, plain.grads[i]))).dataSync()[0]).toBeLessThan(1e-3)
      })
    })
    fc.assert(property, { seed: 61, numRuns: 12 })
  })

  test('on the CPU backend of tfjs it is made of tfjs-core', async () => {
    await tf.setBackend('cpu')
    tf.tidy(() => {
      const [ours, plain] = bothWays(inputs([1, 4, 4, 3], [3, 3], 2, 5), activation, true)
      expect(deviation(ours.y, plain.y)).toBe(0)
      ours.grads.forEach((gradient, i) => {
        expect(deviation(gradient, plain.grads[i])).toBe(0)
      })
    })
  })
})

test('by hand: 2·3 + 1 = 7, and what is below zero turns into eˣ − 1', () => {
  tf.tidy(() => {
    const [x, filter] = [tf.tensor4d([3, -1], [1, 1, 2, 1]), tf.tensor4d([2], [1, 1, 1, 1])]
    const y = convBias(x, filter, tf.tensor1d([1]), { activation: 'elu', half: false }).dataSync()
    expect(y[0]).toBe(7)
    expect(y[1]).toBeCloseTo(Math.exp(-1) - 1, 6)
  })
})

test('between layers nothing is widened: no cast but that of the weights', () => {
  tf.tidy(() => {
    const { x, filter, bias } = inputs([1, 8, 8, 4], [3, 3], 4, 3)
    const options = { activation: 'elu', half: true } as const
    const first = convBias(x, filter, bias, options)
    const ops = nativeOps(() => {
      const hidden = tf.add(first, convBias(activate(first, 'elu'), filter, bias, options)) as Tensor4D
      expect(isHalf(hidden) && isHalf(tf.reshape(hidden, [8, -1]))).toBe(true)
    })
    expect(ops.filter((name) => name === 'Cast').length).toBe(1)
    expect(isHalf(first)).toBe(true)
  })
})

test('an activation by itself agrees with tfjs-core, and its gradient', () => {
  tf.tidy(() => {
    const { x, filter, bias } = inputs([1, 5, 5, 3], [1, 1], 4, 8)
    const of = (relu: (x: Tensor4D) => Tensor4D) =>
      tf.grad((a) => tf.sum(relu(convBias(a as Tensor4D, filter, bias, { activation: 'none', half: true }))))(x)
    for (const name of ['elu', 'relu'] as const) {
      expect(
        deviation(
          of((a) => activate(a, name)),
          of((a) => tf[name](a)),
        ),
      ).toBeLessThan(4 * HALF_UNIT)
      expect(deviation(activate(x, name), tf[name](x))).toBe(0)
    }
  })
})

test('a value that is not a number goes through, to be found by the guard', () => {
  tf.tidy(() => {
    const x = tf.tensor4d([Number.NaN, 1], [1, 1, 2, 1])
    for (const half of [false, true])
      for (const activation of ['none', 'elu', 'relu'] as const) {
        const y = convBias(x, tf.ones([1, 1, 1, 1]), tf.tensor1d([0]), { activation, half }).dataSync()
        expect(y[0]).toBeNaN()
        expect(y[1]).toBe(1)
      }
  })
})

test('neither values nor gradients leak a tensor, in the engine or natively', () => {
  const given = inputs([1, 6, 6, 4], [3, 3], 4, 1)
  const step = () => tf.tidy(() => bothWays(given, 'elu', true))
  tf.dispose(step())
  const before = [tf.memory().numTensors, nativeTensors()]
  tf.dispose(step())
  expect([tf.memory().numTensors, nativeTensors()]).toEqual(before)
  tf.dispose(given)
})
