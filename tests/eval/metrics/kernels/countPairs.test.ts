import { expect, it } from 'vitest'
import { countPairs } from '../../../../eval/metrics/kernels/countPairs.js'
import { sourceSha256 } from '../../../../eval/metrics/kernels/pairs.wasm.js'
import { packBits } from '../../../../pipeline/grid.js'
import { stream } from '../../../../pipeline/random.js'
import { sourceHash } from '../../../../scripts/kernels.mjs'

it('what is committed was compiled from these sources: else run `node scripts/kernels.mjs pairs`', () => {
  expect(sourceSha256).toBe(sourceHash('pairs'))
})

const seed = 90210

it(`counts grids of any size and any labels as one does by hand, one after the other (seed ${seed})`, () => {
  const rng = stream(seed, 'grids')
  for (let round = 0; round < 200; round++) {
    const voxels = rng.pick([0, 1, 15, 16, 17, 31, 33, 500, 4099, 70_001])
    const classes = rng.pick([1, 2, 18, 200])
    const label = () => (rng.float() < 0.6 ? 0 : rng.int(classes))
    const truth = Uint8Array.from({ length: voxels }, () => (rng.float() < 0.05 ? 255 : label()))
    const predicted = Uint8Array.from({ length: voxels }, label)
    const seen = Uint8Array.from({ length: voxels }, () => +(rng.float() < 0.3))
    const mask = packBits(seen)
    // What lies after the last voxel in its byte is no voxel.
    if (voxels % 8 > 0) mask[mask.length - 1] |= 255 << (voxels % 8)
    for (const isMasked of [false, true]) {
      const expected = new Float64Array(classes * classes)
      let unlabelled = 0
      truth.forEach((of, voxel) => {
        if (isMasked && seen[voxel] === 0) return
        if (of === 255) unlabelled++
        else expected[of * classes + predicted[voxel]]++
      })
      const counts = new Float64Array(classes * classes)
      expect(countPairs(truth, predicted, isMasked ? mask : undefined, counts, classes, 255)).toBe(unlabelled)
      expect(counts).toEqual(expected)
    }
  }
})
