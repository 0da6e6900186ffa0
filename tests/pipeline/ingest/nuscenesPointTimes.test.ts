import { expect, test } from 'vitest'
import { pointOffsetsNs } from '../../../pipeline/ingest/nuscenes/pointTimes.js'

test('32 points a firing, 46.08 µs from one to the next, the last at the time of the turn', () => {
  const offsets = pointOffsetsNs(3 * 32, (row) => row % 32)
  expect([0, 31, 32, 63, 64, 95].map((row) => offsets[row])).toEqual([-92_160, -92_160, -46_080, -46_080, 0, 0])
  // As many as the first turn of scene-0061 has: a turn is 50 ms.
  expect(pointOffsetsNs(34_688, (row) => row % 32)[0]).toBe(-49_904_640)
})

test.each<[string, number, (row: number) => number]>([
  ['a firing that is not whole', 95, (row) => row % 32],
  ['lasers in another order', 96, (row) => 31 - (row % 32)],
  ['no lasers told', 96, () => 0],
  ['several turns in one file', 32 * 1400, (row) => row % 32],
])('%s: no times are told', (_name, count, ring) => {
  expect(pointOffsetsNs(count, ring)).toEqual(new Int32Array(count))
})
