import type { VoxelView } from '../batch.js'
import { type CorruptionScene, voxelAt } from './corruption.js'

/** Rows of a 3×4 matrix, [r00 r01 r02 tx, r10 …]: takes ego coordinates, metres, to ego coordinates. */
export type Affine = Float64Array

/**
 * The grid as it would be were every point moved: each voxel takes what stood at `sourceOf` of its centre (the nearest
 * voxel), and is unobserved where that lies outside.
 *
 * @param sourceOf by the voxel's column: from where a point of it came, the motion's inverse
 */
export function resampled(
  view: VoxelView,
  { grid, free }: CorruptionScene,
  sourceOf: (xM: number, yM: number) => Affine,
): VoxelView {
  const { dims, originM, voxelM } = grid
  const semantics = new Uint8Array(view.semantics.length).fill(free)
  const observed = new Uint8Array(view.observed.length)
  let voxel = 0
  for (let i = 0; i < dims[0]; i++)
    for (let j = 0; j < dims[1]; j++) {
      const [x, y] = [originM[0] + (i + 0.5) * voxelM, originM[1] + (j + 0.5) * voxelM]
      const m = sourceOf(x, y)
      for (let k = 0; k < dims[2]; k++, voxel++) {
        const z = originM[2] + (k + 0.5) * voxelM
        const from = voxelAt(
          grid,
          m[0] * x + m[1] * y + m[2] * z + m[3],
          m[4] * x + m[5] * y + m[6] * z + m[7],
          m[8] * x + m[9] * y + m[10] * z + m[11],
        )
        if (from === null || view.observed[from] === 0) continue
        semantics[voxel] = view.semantics[from]
        observed[voxel] = view.observed[from]
      }
    }
  return { semantics, observed }
}
