import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { embedPatches } from '../../../models/engine/embedPatches.js'
import { isHalf } from '../../../models/engine/halfStorage.js'
import { hasOwnKernels, tf } from '../../../models/engine/tensorflow.js'
import { deviation, nativeTensors } from './deviation.js'

afterEach(() => tf.setBackend('tensorflow'))

test('our own kernels are there: without them nothing below would test them', () => {
  expect(hasOwnKernels()).toBe(true)
})

test.each(['tensorflow', 'cpu'])(
  'by hand, on backend %s: 2×2 columns of one voxel, one of them unobserved',
  async (name) => {
    await tf.setBackend(name)
    tf.tidy(() => {
      const semantics: Tensor4D = tf.tensor4d([0, 1, 1, 0], [1, 2, 2, 1], 'int32')
      const observed: Tensor4D = tf.tensor4d([1, 1, 0, 1], [1, 2, 2, 1], 'int32')
      const table: Tensor2D = tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2])
      const cells = embedPatches({ semantics, observed }, table, 2, false)
      expect(cells.shape).toEqual([1, 1, 1, 8])
      expect([...cells.dataSync()]).toEqual([1, 2, 3, 4, 5, 6, 1, 2])
      // Row 0 stands for two voxels, row 1 for one, row 2, what nobody saw, for one.
      const counts = tf.grad((t) => tf.sum(embedPatches({ semantics, observed }, t as Tensor2D, 2, false)))(table)
      expect([...counts.dataSync()]).toEqual([2, 2, 1, 1, 1, 1])
    })
  },
)

test('random grids agree with one-hot matrices, values and gradients (seed 63)', () => {
  const size = fc.integer({ min: 1, max: 4 })
  const property = fc.property(
    size,
    size,
    size,
    size,
    fc.constantFrom(1, 2, 3),
    fc.constantFrom(3, 8, 16),
    (B, h, w, Z, patch, e) => {
      tf.tidy(() => {
        const shape: [number, number, number, number] = [B, h * patch, w * patch, Z]
        const random = (most: number, seed: number) =>
          tf.cast(tf.randomUniform(shape, 0, most, 'float32', seed), 'int32') as Tensor4D
        const [semantics, observed] = [random(5, 1), random(2, 2)]
        const table = tf.randomNormal([6, e], 0, 1, 'float32', 3) as Tensor2D
        const channels = patch * patch * Z * e
        const plain = (t: Tensor2D) => {
          const seen = tf.where(tf.equal(observed, 0), tf.fill(shape, 5, 'int32'), semantics)
          const split = tf.transpose(tf.reshape(seen, [B, h, patch, w, patch, Z]), [0, 1, 3, 2, 4, 5])
          const onehot = tf.oneHot(tf.cast(tf.reshape(split, [-1]), 'int32'), 6)
          return tf.reshape(tf.matMul(tf.cast(onehot, 'float32'), t), [B, h, w, channels])
        }
        const weight = tf.randomNormal([B, h, w, channels], 0, 1, 'float32', 4)
        const gradientOf = (embed: (t: Tensor2D) => ReturnType<typeof plain>) =>
          tf.grad((t) => tf.sum(tf.mul(embed(t as Tensor2D), weight)))(table)
        const ours = (half: boolean) => (t: Tensor2D) => embedPatches({ semantics, observed }, t, patch, half)
        expect(deviation(ours(false)(table), plain(table))).toBe(0)
        expect(deviation(gradientOf(ours(false)), gradientOf(plain))).toBeLessThan(1e-5)
        expect(isHalf(ours(true)(table))).toBe(true)
        expect(deviation(ours(true)(table), plain(table))).toBeLessThan(2 ** -8)
        expect(deviation(gradientOf(ours(true)), gradientOf(plain))).toBeLessThan(2 ** -6)
      })
    },
  )
  fc.assert(property, { seed: 63, numRuns: 20 })
})

test('a class that the table has no row for is refused, rather than read from beside it', () => {
  tf.tidy(() => {
    const [semantics, observed]: Tensor4D[] = [tf.fill([1, 2, 2, 1], 3, 'int32'), tf.ones([1, 2, 2, 1], 'int32')]
    const embed = (k: number) =>
      embedPatches(
        { semantics: tf.mul(semantics, tf.scalar(k, 'int32')) as Tensor4D, observed },
        tf.ones([3, 2]),
        1,
        false,
      )
    expect(() => embed(1)).toThrow(/a class that the table has no row for/)
    expect(() => embed(-1)).toThrow(/a class that the table has no row for/)
    // What nobody observed is not looked at.
    expect(embedPatches({ semantics, observed: tf.zerosLike(observed) }, tf.ones([3, 2]), 1, false).size).toBe(8)
    expect(() => embedPatches({ semantics, observed }, tf.ones([4, 2]), 3, false)).toThrow(
      /cells do not divide the grid/,
    )
  })
})

test('nothing is left behind', () => {
  const semantics: Tensor4D = tf.zeros([1, 4, 4, 2], 'int32')
  const observed: Tensor4D = tf.ones([1, 4, 4, 2], 'int32')
  const table: Tensor2D = tf.ones([3, 8])
  const step = () =>
    tf.tidy(() =>
      tf
        .grad((t) => tf.sum(embedPatches({ semantics, observed }, t as Tensor2D, 2, true)))(table)
        .dataSync(),
    )
  step()
  const before = [tf.memory().numTensors, nativeTensors()]
  expect([...step()].slice(0, 8)).toEqual(Array(8).fill(32))
  expect([tf.memory().numTensors, nativeTensors()]).toEqual(before)
  tf.dispose([semantics, observed, table])
})
