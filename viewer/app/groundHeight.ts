import type { Grid } from '../../pipeline/grid.js'
import type { DatasetTaxonomy } from '../../pipeline/taxonomy.js'

/**
 * Height of the ground under the ego, metres in the ego frame: the median top of the ground voxels within eight metres.
 * Data sets differ in where the ego frame's origin sits; 0 where no ground is seen.
 *
 * @param truth - [X·Y·Z] class indices.
 */
export function groundHeightM(truth: Uint8Array, grid: Grid, classes: DatasetTaxonomy['classes']): number {
  const {
    originM: [originX, originY, originZ],
    voxelM,
    dims: [X, Y, Z],
  } = grid
  const isGround = classes.map(({ superclass }) => superclass === 'ground')
  const tops: number[] = []
  for (let x = 0; x < X; x++)
    for (let y = 0; y < Y; y++) {
      if (Math.hypot(originX + (x + 0.5) * voxelM, originY + (y + 0.5) * voxelM) > 8) continue
      for (let z = 0; z < Z; z++) if (isGround[truth[(x * Y + y) * Z + z]]) tops.push(originZ + (z + 1) * voxelM)
    }
  return tops.sort((a, b) => a - b)[Math.floor(tops.length / 2)] ?? 0
}
