import { expect, test } from 'vitest'
import { boundaryVoxels } from '../../../models/losses/boundaryVoxels.js'
import { stream } from '../../../pipeline/random.js'

test('by hand: one odd voxel in a 3×3×1 grid makes itself and its four neighbours the boundary', () => {
  const labels = [0, 0, 0, 0, 7, 0, 0, 0, 0]
  expect([...boundaryVoxels(labels, Array(9).fill(1), [3, 3, 1])]).toEqual([0, 1, 0, 1, 1, 1, 0, 1, 0])
})

test('what does not count neither is a boundary nor makes one', () => {
  const labels = [0, 0, 0, 0, 7, 0, 0, 0, 0]
  const but = (voxel: number) => Array.from({ length: 9 }, (_, i) => (i === voxel ? 0 : 1))
  expect([...boundaryVoxels(labels, but(4), [3, 3, 1])]).toEqual(Array(9).fill(0))
  expect([...boundaryVoxels(labels, but(1), [3, 3, 1])]).toEqual([0, 0, 0, 1, 1, 1, 0, 1, 0])
})

test('neighbours end at the edge of a row, of a frame and of the batch', () => {
  // Two frames of 1×2×2: z runs fastest, and voxels 3 and 4 are of different frames.
  expect([...boundaryVoxels([0, 0, 0, 1, 2, 2, 2, 2], Array(8).fill(1), [1, 2, 2])]).toEqual([0, 1, 1, 1, 0, 0, 0, 0])
})

test.each([1, 2, 3])('is what six loops over every pair of voxels find (seed %i)', (seed) => {
  const rng = stream(seed, 'boundary')
  const [B, X, Y, Z] = [2, 4, 3, 5]
  const labels = Array.from({ length: B * X * Y * Z }, () => rng.int(3))
  const counted = labels.map(() => (rng.float() < 0.7 ? 1 : 0))
  const place = (v: number) => [Math.floor(v / (X * Y * Z)), Math.floor(v / (Y * Z)) % X, Math.floor(v / Z) % Y, v % Z]
  const touches = (a: number, b: number) =>
    place(a)[0] === place(b)[0] && place(a).reduce((sum, at, d) => sum + Math.abs(at - place(b)[d]), 0) === 1
  const expected = labels.map((label, a) =>
    Number(counted[a] && labels.some((other, b) => counted[b] && other !== label && touches(a, b))),
  )
  expect([...boundaryVoxels(labels, counted, [X, Y, Z])]).toEqual(expected)
})
