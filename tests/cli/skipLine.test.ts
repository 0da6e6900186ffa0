import { expect, test } from 'vitest'
import { skipLine } from '../../cli/skipLine.js'

test('many things: how many, why, where the first is', () => {
  const skip = { what: 'box', why: "'EGO_VEHICLE' is left out", where: 'a/annotations.feather, row 12', count: 1560 }
  expect(skipLine(skip)).toBe("skipped 1,560 boxes: 'EGO_VEHICLE' is left out (first: a/annotations.feather, row 12)")
})

test('one thing: where it is, once', () => {
  const skip = { what: 'sweep', why: 'without its ego motion', where: 'a/sensors/lidar/5.feather', count: 1 }
  expect(skipLine(skip)).toBe('skipped 1 sweep: without its ego motion (a/sensors/lidar/5.feather)')
  const named = { what: 'log', why: 'in/empty: no log here that a reader recognises', where: 'in/empty', count: 1 }
  expect(skipLine(named)).toBe('skipped 1 log: in/empty: no log here that a reader recognises')
})
