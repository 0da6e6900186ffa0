import { expect, test } from 'vitest'
import { bitAt, packBits } from '../../../pipeline/grid.js'
import { tally } from '../../../pipeline/ingest/observedCounts.js'
import { stream } from '../../../pipeline/random.js'

test('counts what is observed, free or not, and adds to what was counted', () => {
  const semantics = Uint8Array.of(3, 3, 3, 3, 0, 3, 1, 1, 3, 2)
  const observed = packBits(Uint8Array.of(1, 1, 0, 1, 1, 0, 1, 0, 1, 1))
  const counts = [0, 0, 10, 0]
  tally({ semantics, observed }, counts)
  expect(counts).toEqual([1, 1, 11, 4])
})

test.each([1, 2, 3, 4])('counts what asking voxel by voxel counts, seed %i', (seed) => {
  const rng = stream(seed, 'voxels')
  // The free class is the last one here, 255 at times.
  const free = rng.int(2) === 0 ? 255 : 4
  const semantics = Uint8Array.from({ length: 997 }, () => (rng.int(3) > 0 ? free : rng.int(4)))
  const observed = packBits(Uint8Array.from({ length: 997 }, () => rng.int(2)))
  const counts: number[] = new Array(256).fill(0)
  const expected: number[] = new Array(256).fill(0)
  for (let n = 0; n < 3; n++) tally({ semantics, observed }, counts)
  semantics.forEach((label, voxel) => {
    expected[label] += 3 * bitAt(observed, voxel)
  })
  expect(counts).toEqual(expected)
  expect(counts[free]).toBeGreaterThan(500)
})
