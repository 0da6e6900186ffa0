import { expect, test } from 'vitest'
import { tf } from '../../../models/engine/tensorflow.js'
import { bevLogits } from '../../../models/latent/bev.js'
import { fromPatches, toPatches } from '../../../models/latent/patches.js'
import { pooledFeatures } from '../../../models/latent/pooledFeatures.js'

test('a square of columns becomes one cell, in the order column x, column y, z', () => {
  tf.tidy(() => {
    // Voxel (x, y, z) holds 100x + 10y + z.
    const grid = tf.tensor4d(
      Array.from({ length: 4 }, (_, x) =>
        Array.from({ length: 4 }, (_, y) => [0, 1].map((z) => 100 * x + 10 * y + z)),
      ).flat(2),
      [1, 4, 4, 2],
    )
    const cells = toPatches(grid, 2)
    expect(cells.shape).toEqual([1, 2, 2, 8])
    expect([...tf.slice(cells, [0, 1, 0, 0], [1, 1, 1, 8]).dataSync()]).toEqual([
      200, 201, 210, 211, 300, 301, 310, 311,
    ])
    expect([...fromPatches(cells, 2).dataSync()]).toEqual([...grid.dataSync()])
  })
})

test('a column is of a class as far as any voxel is, and free as far as all are', () => {
  tf.tidy(() => {
    // One column of two voxels; classes car, free. The lower voxel is a car (p = 0.8), the upper one free (p = 0.9).
    const logits = tf.log(tf.tensor([0.8, 0.2, 0.1, 0.9], [1, 1, 1, 2, 2]))
    const bev = tf.exp(bevLogits(logits, 1))
    expect(bev.shape).toEqual([1, 1, 1, 2])
    const [car, free] = bev.dataSync()
    expect(car).toBeCloseTo(0.8, 6)
    expect(free).toBeCloseTo(0.2, 6)
  })
})

test.each([
  [8, 8],
  [10, 9],
])('pooled features of a %i×%i map: means first, then maxima, of 4×4 regions', (h, w) => {
  tf.tidy(() => {
    const z = tf.ones([2, h, w, 3])
    const pooled = pooledFeatures(z as never)
    expect(pooled.shape).toEqual([2, 2 * 16 * 3])
    const peak = tf.tidy(() =>
      tf.add(
        z,
        tf.pad(tf.ones([2, 1, 1, 3]), [
          [0, 0],
          [0, h - 1],
          [0, w - 1],
          [0, 0],
        ]),
      ),
    )
    const features = pooledFeatures(peak as never).arraySync()[0]
    // The peak is in the first region: its maximum there is 2, elsewhere 1.
    expect(features.slice(48, 51)).toEqual([2, 2, 2])
    expect(features.slice(51)).toEqual(new Array(45).fill(1))
  })
})
