import { afterEach, expect, test } from 'vitest'
import { oneHot } from '../../../models/engine/oneHot.js'
import { tf } from '../../../models/engine/tensorflow.js'
import { useWasm } from '../../support/wasmBackend.js'

afterEach(() => tf.setBackend('tensorflow'))

test.each(['tensorflow', 'cpu', 'wasm'])('on %s: ones at the labels, nothing for what is no class', async (backend) => {
  await (backend === 'wasm' ? useWasm() : tf.setBackend(backend))
  tf.tidy(() => {
    const rows = oneHot(tf.tensor1d([2, 0, -1, 3], 'int32'), 3)
    expect(rows.dtype).toBe('float32')
    expect([...rows.dataSync()]).toEqual([0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0])
  })
})

test('planted: what tf.oneHot gives in WebAssembly is why ours casts; were this mended, ours could go', async () => {
  await useWasm()
  const ones = tf.tidy(() => tf.oneHot(tf.tensor1d([1], 'int32'), 2, 1, 0, 'float32').dataSync())
  // The bits of the whole number 1, read as float32.
  expect([...ones]).toEqual([0, 2 ** -149])
})
