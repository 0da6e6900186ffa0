import type { Tensor2D } from '@tensorflow/tfjs-core'
import { afterEach, expect, test } from 'vitest'
import { gatherRows } from '../../../models/engine/gatherRows.js'
import { tf } from '../../../models/engine/tensorflow.js'
import { useWasm } from '../../support/wasmBackend.js'

afterEach(() => tf.setBackend('tensorflow'))

test.each(['tensorflow', 'wasm'])('on %s: rows 0 and 2, and a gradient that is zero in row 1', async (backend) => {
  if (backend === 'wasm') await useWasm()
  const before = tf.memory().numTensors
  tf.tidy(() => {
    const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2])
    const weights = tf.tensor2d([10, 20, 30, 40], [2, 2])
    const chosen = (from: Tensor2D) => gatherRows(from, tf.tensor1d([0, 2], 'int32'))
    expect([...chosen(x).dataSync()]).toEqual([1, 2, 5, 6])
    // The rows are made inside: the tape must keep them until the gradient is asked for.
    const gradient = tf.grad((from) => tf.sum(tf.mul(chosen(from as Tensor2D), weights)))(x)
    expect(gradient.shape).toEqual([3, 2])
    expect([...gradient.dataSync()]).toEqual([10, 20, 0, 0, 30, 40])
  })
  expect(tf.memory().numTensors).toBe(before)
})
