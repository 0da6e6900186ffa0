import type { Tensor2D } from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { tf } from '../../../models/engine/tensorflow.js'
import { lovaszOf, lovaszSoftmax } from '../../../models/losses/lovaszSoftmax.js'
import { sampleRows } from '../../../models/losses/sampleRows.js'
import { stream } from '../../../pipeline/random.js'
import { noNumpy } from '../../support/numpy.js'
import { byDefinition } from './definitions.js'
import { randomCase } from './randomLogits.js'

/** The loss of rows of probabilities. */
const lossOf = (rows: number[][], labels: number[], bins = 1024) =>
  lovaszOf(Float32Array.from(rows.flat()), labels, rows[0]?.length ?? 2, bins).loss

test('sure predictions: one minus the mean IoU over the classes of the truth', () => {
  const sure = (classes: number[]) => classes.map((label) => [0, 1, 2].map((k) => (k === label ? 1 : 0)))
  // Class 0: hits 2, union 3. Class 1: hits 1, union 2. Class 2 is not in the truth, though one row is taken for it.
  expect(lossOf(sure([0, 0, 1, 1]), [0, 0, 0, 1])).toBeCloseTo(1 - (2 / 3 + 1 / 2) / 2, 12)
  expect(lossOf(sure([0, 2]), [0, 0])).toBeCloseTo(1 / 2, 12)
  expect(lossOf(sure([0, 1]), [0, 1])).toBe(0)
})

test('by hand: errors ½ of a class row and ¼ of another row', () => {
  // Class 0: P = 1; errors ½ (its row), ¼ (the other): ½ · 1 + ¼ · 0, since one miss of one row is already all.
  // Class 1: P = 1; errors ¼ (its row), ½ (the other): ½ · ½ + ¼ · ½.
  expect(
    lossOf(
      [
        [0.5, 0.5],
        [0.25, 0.75],
      ],
      [0, 1],
    ),
  ).toBeCloseTo((0.5 + 0.375) / 2, 12)
})

test('rows of a negative label neither count nor are pulled', () => {
  const { probabilities, labels } = randomCase(5)
  const K = probabilities[0].length
  const both = [...probabilities, ...probabilities.map(([...p]) => p.reverse())].flat()
  const masked = lovaszOf(Float32Array.from(both), [...labels, ...labels.map(() => -1)], K, 1024)
  const alone = lovaszOf(Float32Array.from(probabilities.flat()), labels, K, 1024)
  expect(masked.loss).toBe(alone.loss)
  expect([...masked.gradient]).toEqual([...alone.gradient, ...alone.gradient.map(() => 0)])
})

test('no row at all is 0', () => {
  expect(lossOf([], [])).toBe(0)
  expect(tf.tidy(() => lovaszSoftmax(tf.zeros([0, 3]) as Tensor2D, []).dataSync()[0])).toBe(0)
})

test.skipIf(noNumpy)(`is within 1/bins of the sorted definition on 200 random cases (seeds 1–200)${noNumpy}`, () => {
  const cases = Array.from({ length: 200 }, (_, i) => randomCase(i + 1))
  const answers = byDefinition(cases)
  // Masks that leave nothing, and classes that are absent, must be among them.
  expect(cases.some(({ counted }) => counted.every((c) => c === 0))).toBe(true)
  expect(cases.some(({ labels, logits }) => new Set(labels).size < logits[0].length)).toBe(true)
  cases.forEach(({ logits, labels, counted }, i) => {
    const rows = [...sampleRows(counted, 1e9, 1, 0)]
    const [some, of] = [rows.map((row) => logits[row]), rows.map((row) => labels[row])]
    const ours = (bins: number) =>
      tf.tidy(() => lovaszSoftmax(tf.tensor2d(some.flat(), [some.length, logits[0].length]), of, bins).dataSync()[0])
    for (const bins of [16, 1024, 16_384])
      expect(Math.abs(ours(bins) - answers[i].lovasz), `seed ${i + 1}, ${bins} bins`).toBeLessThan(1 / bins + 1e-5)
  })
})

test.each([1, 2, 3, 4, 5])('the gradient in the logits is that of finite differences (seed %i)', (seed) => {
  const rng = stream(seed, 'lovasz gradient')
  const [N, K] = [6, 4]
  const labels = [0, 0, 1, 1, 2, 0]
  const logits = Float32Array.from({ length: N * K }, () => 1.5 * rng.normal())
  // So many steps that each error has one of its own: then the loss is linear around it.
  const value = (x: Float32Array) => tf.tidy(() => lovaszSoftmax(tf.tensor2d(x, [N, K]), labels, 20_000).dataSync()[0])
  const gradient = tf.tidy(() =>
    tf
      .grad((x) => lovaszSoftmax(x as Tensor2D, labels, 20_000))(tf.tensor2d(logits, [N, K]))
      .dataSync(),
  )
  const h = 1e-3
  for (let i = 0; i < logits.length; i++) {
    const moved = (by: number) => logits.map((x, j) => (j === i ? x + by : x))
    expect(gradient[i]).toBeCloseTo((value(moved(h)) - value(moved(-h))) / (2 * h), 3)
  }
})

test('ties: rows that all err alike share the change of the step, whatever their order', () => {
  const probabilities = Float32Array.from({ length: 2 * 7 }, () => 0.5)
  const a = lovaszOf(probabilities, [0, 0, 0, 0, 1, 1, 1], 2, 1024)
  const b = lovaszOf(probabilities, [1, 0, 1, 0, 1, 0, 0], 2, 1024)
  // Everything is wrong by ½, and the Jaccard loss of everything wrong is 1.
  expect(a.loss).toBeCloseTo(0.5, 12)
  expect(b.loss).toBeCloseTo(0.5, 12)
  expect([...a.gradient].sort()).toEqual([...b.gradient].sort())
})

test('runs on the portable back end with the same numbers', async () => {
  const { logits, labels } = randomCase(7)
  const run = () =>
    tf.tidy(() => {
      const { value, grad } = tf.valueAndGrad((x) => lovaszSoftmax(x as Tensor2D, labels))(tf.tensor2d(logits))
      return [...value.dataSync(), ...grad.dataSync()]
    })
  const native = run()
  await tf.setBackend('cpu')
  const portable = run()
  await tf.setBackend('tensorflow')
  native.forEach((number, i) => {
    expect(portable[i]).toBeCloseTo(number, 5)
  })
})
