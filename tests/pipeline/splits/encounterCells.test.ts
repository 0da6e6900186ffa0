import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CellWindow, sortIntoCells } from '../../../pipeline/splits/encounterCells.js'

const seed = 1202

test('points come cell by cell, and in a cell group by group', () => {
  // Cells of 10 m: (0, 0) holds points 0 and 2 of group 5 and point 1 of group 3; (−1, 0) holds point 3; (0, 1) point 4.
  const xM = Float64Array.of(1, 9, 2, -1, 5)
  const yM = Float64Array.of(1, 9, 2, 0, 10)
  const cells = sortIntoCells(xM, yM, Int32Array.of(5, 3, 5, 5, 3), 10)
  expect(cells).toEqual({
    order: Int32Array.of(3, 1, 0, 2, 4),
    column: [-1, 0, 0],
    row: [0, 0, 1],
    runFrom: [0, 1, 3, 4],
    group: [5, 3, 5, 3],
    pointFrom: [0, 1, 2, 4, 5],
  })
})

test('no point, no cell', () => {
  const none = new Float64Array()
  expect(sortIntoCells(none, none, new Int32Array(), 1)).toMatchObject({ column: [], runFrom: [0], pointFrom: [0] })
})

test(`around a cell are all cells at most so many columns and rows away (seed ${seed})`, () => {
  const coordinate = fc.integer({ min: -8, max: 8 })
  const places = fc.array(fc.tuple(coordinate, coordinate), { maxLength: 40 })
  const property = fc.property(places, fc.integer({ min: 0, max: 4 }), (all, reach) => {
    const [xM, yM] = [0, 1].map((axis) => Float64Array.from(all, (place) => place[axis]))
    const cells = sortIntoCells(xM, yM, new Int32Array(all.length), 1)
    const { column, row } = cells
    expect(column.length).toBe(new Set(all.map(String)).size)
    const window = new CellWindow(cells, reach)
    for (const cell of column.keys()) {
      const found: number[] = []
      window.around(cell, (other) => found.push(other))
      const expected = [...column.keys()].filter(
        (other) => Math.abs(column[other] - column[cell]) <= reach && Math.abs(row[other] - row[cell]) <= reach,
      )
      expect(found).toEqual(expected)
    }
  })
  fc.assert(property, { seed, numRuns: 200 })
})
