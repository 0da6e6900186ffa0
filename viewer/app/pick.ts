import type { Grid } from '../../pipeline/grid.js'
import type { Vec3 } from '../../pipeline/pose.js'
import { nothing } from './paint.js'

/**
 * The first painted voxel that a ray meets, walking from voxel to voxel: J. Amanatides & A. Woo, "A Fast Voxel Traversal
 * Algorithm for Ray Tracing", 1987, https://doi.org/10.2312/egtp.19871000. Null when it meets none.
 *
 * @param originM - start of the ray, metres in the ego frame. `direction` - of any length.
 * @param paint - [X·Y·Z] one byte a voxel.
 */
export function pickVoxel(
  originM: Vec3,
  direction: Vec3,
  paint: Uint8Array,
  grid: Grid,
): [number, number, number] | null {
  const start = enters(originM, direction, grid)
  if (start === null) return null
  const { dims, voxelM } = grid
  // In voxels from the grid's corner, a hair inside it.
  const at = [0, 1, 2].map((axis) => (originM[axis] - grid.originM[axis] + direction[axis] * (start + 1e-6)) / voxelM)
  const voxel = at.map((value, axis) => Math.min(dims[axis] - 1, Math.max(0, Math.floor(value))))
  const step = direction.map(Math.sign)
  const perVoxel = direction.map((part) => Math.abs(1 / part))
  const next = at.map((value, axis) =>
    step[axis] === 0
      ? Number.POSITIVE_INFINITY
      : perVoxel[axis] * (step[axis] > 0 ? voxel[axis] + 1 - value : value - voxel[axis]),
  )
  while (voxel.every((value, axis) => value >= 0 && value < dims[axis])) {
    if (paint[(voxel[0] * dims[1] + voxel[1]) * dims[2] + voxel[2]] !== nothing) return [voxel[0], voxel[1], voxel[2]]
    const axis = next.indexOf(Math.min(...next))
    voxel[axis] += step[axis]
    next[axis] += perVoxel[axis]
  }
  return null
}

/** Where along the ray it enters the grid (0 when it starts inside), or null when it misses it. */
function enters(originM: Vec3, direction: Vec3, { originM: low, dims, voxelM }: Grid): number | null {
  let [from, to] = [0, Number.POSITIVE_INFINITY]
  for (const axis of [0, 1, 2]) {
    const walls = [low[axis], low[axis] + dims[axis] * voxelM].map((wall) => (wall - originM[axis]) / direction[axis])
    // 0/0: the ray lies in a wall.
    if (walls.some(Number.isNaN)) continue
    from = Math.max(from, Math.min(...walls))
    to = Math.min(to, Math.max(...walls))
  }
  return from < to ? from : null
}
