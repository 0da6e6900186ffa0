import { expect, test } from 'vitest'
import { tf } from '../../../models/engine/tensorflow.js'
import { packScalars, weightedSum } from '../../../models/training/lossTerms.js'

test('the total is the weighted sum, and all scalars are packed under their names', () => {
  const [names, values] = tf.tidy(() => {
    const metrics = { kl_channel: tf.tensor1d([5, 6]), accuracy: tf.scalar(7) }
    const loss = weightedSum({ recon: tf.scalar(3), kl: tf.scalar(4) }, { kl: 0.5, recon: 1 }, metrics)
    const { names, packed } = packScalars(loss)
    return [names, [...packed.dataSync()]] as never
  }) as unknown as [string[], number[]]
  expect(names).toEqual(['total', 'recon', 'kl', 'kl_channel/0', 'kl_channel/1', 'accuracy'])
  expect(values).toEqual([5, 3, 4, 5, 6, 7])
})

test('a term without a weight, or a weight without a term, is refused', () => {
  tf.tidy(() => {
    const terms = { recon: tf.scalar(1), kl: tf.scalar(1) }
    expect(() => weightedSum(terms, { recon: 1 })).toThrow('loss terms (kl, recon) and weights (recon) differ')
    expect(() => weightedSum(terms, { recon: 1, kl: 1, commit: 1 })).toThrow('differ')
  })
})
