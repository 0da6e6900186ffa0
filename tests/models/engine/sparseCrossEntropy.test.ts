import type { Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { convBias } from '../../../models/engine/convBias.js'
import { isHalf } from '../../../models/engine/halfStorage.js'
import { sparseCrossEntropy } from '../../../models/engine/sparseCrossEntropy.js'
import { hasOwnKernels, tf } from '../../../models/engine/tensorflow.js'
import { deviation, nativeTensors } from './deviation.js'

afterEach(() => tf.setBackend('tensorflow'))

test('our own kernels are there: without them nothing below would test them', () => {
  expect(hasOwnKernels()).toBe(true)
})

test.each(['tensorflow', 'cpu'])(
  'by hand, on backend %s: ln 2, ln 4/3, a label that is no class, one that does not count',
  async (name) => {
    await tf.setBackend(name)
    tf.tidy(() => {
      const logits: Tensor2D = tf.tensor2d([5, 5, 0, Math.log(3), 1, 2, 7, 8], [4, 2])
      const labels: Tensor1D = tf.tensor1d([0, 1, 9, 0], 'int32')
      const nats = sparseCrossEntropy(logits, labels, tf.tensor1d([1, 1, 1, 0])).dataSync()
      expect(nats[0]).toBeCloseTo(Math.log(2), 6)
      expect(nats[1]).toBeCloseTo(Math.log(4 / 3), 6)
      expect([nats[2], nats[3]].map(Math.abs)).toEqual([0, 0])
    })
  },
)

/** Loss and gradient from the definition, in double precision. */
function byDefinition(logits: number[][], labels: number[], counted: number[], weights: number[]) {
  let loss = 0
  const gradient = logits.map((row, n) => {
    const highest = Math.max(...row)
    const exps = row.map((x) => Math.exp(x - highest))
    const sum = exps.reduce((a, b) => a + b, 0)
    const takesPart = counted[n] !== 0 && labels[n] >= 0 && labels[n] < row.length
    if (takesPart) loss += weights[n] * (highest + Math.log(sum) - row[labels[n]])
    return exps.map((e, k) => (takesPart ? weights[n] * (e / sum - Number(k === labels[n])) : 0))
  })
  return { loss, gradient: gradient.flat() }
}

test.each(['tensorflow', 'cpu'])('random rows agree with the definition on backend %s (seed 62)', async (name) => {
  await tf.setBackend(name)
  const row = fc.tuple(
    fc.integer({ min: -1, max: 5 }),
    fc.constantFrom(0, 1),
    fc.double({ min: -2, max: 2, noNaN: true }),
    fc.array(fc.double({ min: -30, max: 30, noNaN: true }), { minLength: 5, maxLength: 5 }),
  )
  const property = fc.property(fc.array(row, { minLength: 1, maxLength: 150 }), (rows) => {
    const [labels, counted, weights, logits] = [0, 1, 2, 3].map((i) => rows.map((r) => r[i])) as [
      number[],
      number[],
      number[],
      number[][],
    ]
    const expected = byDefinition(logits, labels, counted, weights)
    tf.tidy(() => {
      const { value, grad } = tf.valueAndGrad((x) => {
        const nats = sparseCrossEntropy(x as Tensor2D, tf.tensor1d(labels, 'int32'), tf.tensor1d(counted))
        return tf.sum(tf.mul(nats, tf.tensor1d(weights)))
      })(tf.tensor2d(logits))
      expect(Math.abs(value.dataSync()[0] - expected.loss)).toBeLessThan(1e-3 * (1 + rows.length))
      grad.dataSync().forEach((g, i) => {
        expect(Math.abs(g - expected.gradient[i])).toBeLessThan(1e-5)
      })
    })
  })
  fc.assert(property, { seed: 62, numRuns: 25 })
})

test('logits far apart stay finite; a logit that is not a number makes the loss not a number', () => {
  tf.tidy(() => {
    const labels: Tensor1D = tf.tensor1d([0], 'int32')
    expect(sparseCrossEntropy(tf.tensor2d([-500, 500], [1, 2]), labels).dataSync()[0]).toBe(1000)
    expect(sparseCrossEntropy(tf.tensor2d([Number.NaN, 1], [1, 2]), labels).dataSync()[0]).toBeNaN()
    expect(sparseCrossEntropy(tf.tensor2d([Number.POSITIVE_INFINITY, 1], [1, 2]), labels).dataSync()[0]).toBeNaN()
  })
})

/** More rows than one piece of work, so that threads share them; 18 classes as in Occ3D. */
const [N, K] = [10_000, 18]

test('logits stored as bfloat16: the loss is that of the rounded logits, the gradient is stored so too', () => {
  tf.tidy(() => {
    const labels: Tensor1D = tf.cast(tf.randomUniform([N], 0, K, 'float32', 7), 'int32')
    const x = tf.randomNormal([1, N, 1, 4], 0, 1, 'float32', 8)
    const filter = tf.randomNormal([1, 1, 4, K], 0, 1, 'float32', 9)
    const options = { activation: 'none', half: true } as const
    const layer = () =>
      tf.reshape(convBias(x as Tensor4D, filter as Tensor4D, tf.zeros([K]), options), [N, K]) as Tensor2D
    const [half, wide] = [layer(), tf.mul(layer(), 1) as Tensor2D]
    expect([isHalf(half), isHalf(wide)]).toEqual([true, false])
    const of = (logits: Tensor2D) => tf.grad((l) => tf.sum(sparseCrossEntropy(l as Tensor2D, labels)))(logits)
    expect(deviation(sparseCrossEntropy(half, labels), sparseCrossEntropy(wide, labels))).toBeLessThan(1e-6)
    const gradient = of(half)
    expect(isHalf(gradient)).toBe(true)
    expect(deviation(gradient, of(wide))).toBeLessThan(2 ** -8)
  })
})

test('the same rows give the same bits, every time, and nothing is left behind', () => {
  const labels: Tensor1D = tf.tidy(() => tf.cast(tf.randomUniform([N], 0, K, 'float32', 7), 'int32'))
  const logits = tf.randomNormal([N, K], 0, 3, 'float32', 8) as Tensor2D
  const once = () =>
    tf.tidy(() =>
      tf
        .grad((l) => tf.sum(sparseCrossEntropy(l as Tensor2D, labels)))(logits)
        .dataSync(),
    )
  const first = once()
  const before = [tf.memory().numTensors, nativeTensors()]
  expect(once()).toEqual(first)
  expect([tf.memory().numTensors, nativeTensors()]).toEqual(before)
  tf.dispose([labels, logits])
})

test('labels that do not fit the rows are refused', () => {
  tf.tidy(() => {
    const labels: Tensor1D = tf.tensor1d([0, 1], 'int32')
    expect(() => sparseCrossEntropy(tf.zeros([3, 2]), labels)).toThrow(/a label and a mark for each row/)
  })
})
