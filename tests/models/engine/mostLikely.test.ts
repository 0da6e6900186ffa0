import type { Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import { afterEach, expect, test } from 'vitest'
import { convBias } from '../../../models/engine/convBias.js'
import { isHalf } from '../../../models/engine/halfStorage.js'
import { mostLikely } from '../../../models/engine/mostLikely.js'
import { tf } from '../../../models/engine/tensorflow.js'

afterEach(() => tf.setBackend('tensorflow'))

test.each(['tensorflow', 'cpu'])('by hand, on backend %s: the highest, and the first of two', async (name) => {
  await tf.setBackend(name)
  tf.tidy(() => {
    const classes = mostLikely(tf.tensor2d([1, 3, 2, -1, -1, -2, 0, 0, 9], [3, 3]))
    expect(classes.dtype).toBe('int32')
    expect([...classes.dataSync()]).toEqual([1, 0, 2])
  })
})

test('rows stored as bfloat16 agree with tf.argMax and stay as they are', () => {
  tf.tidy(() => {
    const x = tf.randomNormal([1, 9000, 1, 3], 0, 1, 'float32', 1) as Tensor4D
    const filter = tf.randomNormal([1, 1, 3, 7], 0, 1, 'float32', 2) as Tensor4D
    const options = { activation: 'none', half: true } as const
    const logits = tf.reshape(convBias(x, filter, tf.zeros([7]) as Tensor1D, options), [9000, 7]) as Tensor2D
    const classes = mostLikely(logits).dataSync()
    expect(isHalf(logits)).toBe(true)
    expect(classes).toEqual(tf.cast(tf.argMax(logits, 1), 'int32').dataSync())
  })
})
