import { expect, test } from 'vitest'
import { sampleRows } from '../../../models/losses/sampleRows.js'

test('all rows that count, where they are few enough', () => {
  expect([...sampleRows([1, 0, 1, 1, 0], 3, 1, 0)]).toEqual([0, 2, 3])
  expect([...sampleRows([0, 0], 3, 1, 0)]).toEqual([])
})

test('else one of each of as many equal stretches: none twice, rising, seeded by the step', () => {
  const counted = Array.from({ length: 1000 }, (_, row) => (row % 3 === 0 ? 0 : 1)) // 666 count
  const rows = [...sampleRows(counted, 111, 1, 0)]
  const place = counted.flatMap((counts, row) => (counts ? [row] : []))
  expect(rows).toHaveLength(111)
  rows.forEach((row, i) => {
    expect(Math.floor(place.indexOf(row) / 6)).toBe(i)
  })
  expect([...sampleRows(counted, 111, 1, 0)]).toEqual(rows)
  expect([...sampleRows(counted, 111, 1, 1)]).not.toEqual(rows)
  expect([...sampleRows(counted, 111, 2, 0)]).not.toEqual(rows)
})
