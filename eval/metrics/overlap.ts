import { bitAt } from '../../pipeline/grid.js'
import { unlabelled } from './confusion.js'

/**
 * Voxels that both grids call occupied, and that either does; one that either leaves unlabelled is neither.
 *
 * @param mask - a bit a voxel, all count without it.
 */
export function overlap(a: Uint8Array, b: Uint8Array, free: number, mask?: Uint8Array) {
  let [both, either] = [0, 0]
  for (let voxel = 0; voxel < a.length; voxel++) {
    if (mask && !bitAt(mask, voxel)) continue
    if (a[voxel] === unlabelled || b[voxel] === unlabelled) continue
    const [inA, inB] = [a[voxel] !== free, b[voxel] !== free]
    if (inA && inB) both++
    if (inA || inB) either++
  }
  return { both, either }
}
