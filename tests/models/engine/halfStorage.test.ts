import type { Tensor1D, Tensor4D } from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { convBias } from '../../../models/engine/convBias.js'
import { isHalf } from '../../../models/engine/halfStorage.js'
import { tf } from '../../../models/engine/tensorflow.js'
import { nativeTensors } from './deviation.js'

/** The values through a layer that does nothing: stored as bfloat16 afterwards. */
function stored(values: number[]): Tensor4D {
  const x = tf.tensor4d(values, [1, 1, values.length, 1])
  return convBias(x, tf.ones([1, 1, 1, 1]), tf.zeros([1]) as Tensor1D, { activation: 'none', half: true })
}

test('rounded to 8 bits, ties to even, and read back as float32', () => {
  tf.tidy(() => {
    // 1 + 2⁻⁸ lies half-way between 1 and 1 + 2⁻⁷; 1 + 3·2⁻⁸ between 1 + 2⁻⁷ and 1 + 2⁻⁶.
    const tensor = stored([1, 1 + 2 ** -8, 1 + 3 * 2 ** -8, -0.1, 3e38])
    expect(isHalf(tensor)).toBe(true)
    const values = [...tensor.dataSync()]
    expect(values.slice(0, 3)).toEqual([1, 1, 1 + 2 ** -6])
    expect(values[3]).toBeCloseTo(-0.1, 3)
    expect(values[4]).toBeGreaterThan(2.9e38)
  })
})

test('any operation of tfjs takes it: it is widened where it lies, and its clones see the same', () => {
  tf.tidy(() => {
    const tensor = stored([1, 2, 3])
    const clone = tf.clone(tensor)
    expect([...tf.exp(tf.log(tensor)).dataSync()].map(Math.round)).toEqual([1, 2, 3])
    expect([isHalf(tensor), isHalf(clone)]).toEqual([false, false])
    expect([...clone.dataSync()]).toEqual([1, 2, 3])
  })
})

test('sums of two stay bfloat16, a sum with float32 is float32', () => {
  tf.tidy(() => {
    const [a, b] = [stored([1, 2]), stored([3, 4])]
    const sum = tf.add(a, b)
    expect(isHalf(sum)).toBe(true)
    expect([...sum.dataSync()]).toEqual([4, 6])
    const mixed = tf.add(stored([1, 2]), tf.scalar(0.5))
    expect(isHalf(mixed)).toBe(false)
    expect([...mixed.dataSync()]).toEqual([1.5, 2.5])
  })
})

test('reshaping keeps it, with a size left out too', () => {
  tf.tidy(() => {
    const shaped = tf.reshape(stored([1, 2, 3, 4]), [2, -1])
    expect([isHalf(shaped), shaped.shape]).toEqual([true, [2, 2]])
    expect(shaped.arraySync()).toEqual([
      [1, 2],
      [3, 4],
    ])
  })
})

test('widening and disposing leave nothing behind', () => {
  const before = nativeTensors()
  const tensor = tf.tidy(() => stored([1, 2]))
  tensor.dataSync()
  tensor.dispose()
  expect(nativeTensors()).toBe(before)
})
