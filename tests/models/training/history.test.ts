import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { History, readHistory } from '../../../models/training/history.js'
import { tempFolder } from '../../support/tempFolder.js'

test('means are of what was added since they were last taken', () => {
  const { pending } = new History()
  pending.add(['a', 'b'], [1, 10])
  pending.add(['a', 'b'], [2, 30])
  expect(pending.take()).toEqual({ a: 1.5, b: 20 })
  pending.add(['a'], [7])
  expect(pending.take()).toEqual({ a: 7 })
  expect(pending.take()).toEqual({})
})

test('what a step logged is found again, notes and other parts aside', () => {
  const history = new History()
  history.log(2, 'train', { total: 1 })
  history.log(2, 'val', { total: 5, miou: 0.5 })
  history.log(4, 'val', { total: 4 })
  history.warn(4, 'unwell')
  history.note(4, 'skipped_step', 'on frames a/1')
  expect(history.last('train')).toEqual({ step: 2, means: { total: 1 } })
  expect(history.last('val')).toEqual({ step: 4, means: { total: 4 } })
  expect(history.at('val', 2)).toEqual({ total: 5, miou: 0.5 })
  expect(history.at('val', 3)).toEqual({})
  expect(history.warnings.map(({ note }) => note)).toEqual(['unwell'])
})

test('a history that went through a checkpoint writes the same bytes, whatever its numbers: seed 13', async () => {
  const dir = tempFolder()
  const number = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -0))
  await fc.assert(
    fc.asyncProperty(fc.array(number, { minLength: 1, maxLength: 8 }), async (values) => {
      const history = new History()
      values.forEach((value, i) => {
        history.log(i, i % 2 ? 'val' : 'train', { total: value })
      })
      await history.write(join(dir, 'a.parquet'))
      await History.fromJson(history.toJson()).write(join(dir, 'b.parquet'))
      const [a, b] = [await readHistory(join(dir, 'a.parquet')), await readHistory(join(dir, 'b.parquet'))]
      expect(b).toEqual(a)
      const kept = values.map((value) => (Number.isFinite(value) ? value + 0 : Number.NaN))
      expect(a.map(({ value }) => value)).toEqual(kept)
    }),
    { seed: 13, numRuns: 40 },
  )
})
