import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bestValidation } from '../../../models/training/bestValidation.js'
import { History } from '../../../models/training/history.js'

function logged(name: string, values: readonly number[]): History {
  const history = new History()
  values.forEach((value, i) => {
    history.log(10 * (i + 1), 'train', { [name]: -1000 })
    history.log(10 * (i + 1), 'val', { other: value, [name]: value })
  })
  return history
}

test.each([
  ['none yet', [], null],
  ['the lowest total', [3, 1, 2], { step: 20, value: 1, since: 1 }],
  ['the earlier of two equals', [2, 1, 1, 1], { step: 20, value: 1, since: 2 }],
  ['a later one', [3, 2, 1], { step: 30, value: 1, since: 0 }],
])('%s', (_name, values, expected) => {
  expect(bestValidation(logged('total', values), 'total')).toEqual(expected)
})

test('of an mIoU the highest is the best', () => {
  expect(bestValidation(logged('miou', [0.1, 0.4, 0.3]), 'miou')).toEqual({ step: 20, value: 0.4, since: 1 })
})

test('what is not finite is never the best, and counts as no better', () => {
  const values = [Number.NaN, 5, Number.NaN, Number.NEGATIVE_INFINITY]
  expect(bestValidation(logged('total', values), 'total')).toEqual({ step: 20, value: 5, since: 2 })
})

test('it survives a checkpoint, and says the same of a history at once as of one that grows: seed 11', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 20 }), (values) => {
      const lowest = Math.min(...values)
      const first = values.indexOf(lowest)
      const expected = { step: 10 * (first + 1), value: lowest, since: values.length - 1 - first }
      expect(bestValidation(logged('total', values), 'total')).toEqual(expected)
      expect(bestValidation(History.fromJson(logged('total', values).toJson()), 'total')).toEqual(expected)
    }),
    { seed: 11, numRuns: 100 },
  )
})
