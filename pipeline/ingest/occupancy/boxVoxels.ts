import type { Grid } from '../../grid.js'
import { type Pose, rotationMatrix, type Vec3 } from '../../pose.js'

/**
 * Calls `visit` with the index of every voxel of the grid that an oriented box occupies. The rule, exact for any
 * rotation:
 * - a box whose sides are all at least a voxel long occupies the voxels whose centres it holds (borders included);
 *   should it hold none, the voxel that its own centre lies in;
 * - a box with a shorter side occupies every voxel that it shares a volume with, so that nothing thin slips through.
 */
export function forEachBoxVoxel(grid: Grid, egoFromBox: Pose, sizeM: Vec3, visit: (voxel: number) => void): void {
  const box = inVoxels(grid, egoFromBox, sizeM)
  if (!box) return
  const [X, Y, Z] = grid.dims
  const thin = Math.min(...sizeM) < grid.voxelM
  const occupies = thin ? sharesVolume : holdsCentre
  let found = 0
  for (let i = box.low[0]; i <= box.high[0]; i++)
    for (let j = box.low[1]; j <= box.high[1]; j++)
      for (let k = box.low[2]; k <= box.high[2]; k++)
        if (occupies(box, i + 0.5 - box.centre[0], j + 0.5 - box.centre[1], k + 0.5 - box.centre[2])) {
          found++
          visit((i * Y + j) * Z + k)
        }
  if (found > 0) return
  const [i, j, k] = box.centre.map(Math.floor)
  if (i >= 0 && i < X && j >= 0 && j < Y && k >= 0 && k < Z) visit((i * Y + j) * Z + k)
}

/** A box in voxel units; axis a's unit vector is column a of `m`. `low` and `high` bound its voxels within the grid. */
interface VoxelBox {
  centre: number[]
  half: number[]
  m: Float64Array
  low: number[]
  high: number[]
}

/** Null when the box misses the grid. */
function inVoxels({ originM, voxelM, dims }: Grid, { q, t }: Pose, sizeM: Vec3): VoxelBox | null {
  const m = rotationMatrix(q)
  const half = sizeM.map((size) => size / 2 / voxelM)
  const centre = t.map((metres, axis) => (metres - originM[axis]) / voxelM)
  const reach = [0, 3, 6].map(
    (row) => Math.abs(m[row]) * half[0] + Math.abs(m[row + 1]) * half[1] + Math.abs(m[row + 2]) * half[2],
  )
  const low = centre.map((c, axis) => Math.max(0, Math.floor(c - reach[axis])))
  const high = centre.map((c, axis) => Math.min(dims[axis] - 1, Math.floor(c + reach[axis])))
  return low.some((first, axis) => first > high[axis]) ? null : { centre, half, m, low, high }
}

/** Whether the box holds the voxel centre (x, y, z), given relative to the box's centre. */
function holdsCentre({ half, m }: VoxelBox, x: number, y: number, z: number): boolean {
  // A millionth of a voxel: a centre exactly on a face counts in spite of rounding.
  for (let axis = 0; axis < 3; axis++)
    if (Math.abs(m[axis] * x + m[axis + 3] * y + m[axis + 6] * z) > half[axis] + 1e-6) return false
  return true
}

/**
 * Whether the box and the unit voxel at (x, y, z) overlap: no axis separates them (Gottschalk, Lin & Manocha 1996,
 * "OBBTree", https://doi.org/10.1145/237170.237244, section 5). Boxes that only touch do not overlap.
 */
function sharesVolume({ half, m }: VoxelBox, x: number, y: number, z: number): boolean {
  const centre = [x, y, z]
  for (let a = 0; a < 3; a++) {
    const boxReach = half[0] * Math.abs(m[3 * a]) + half[1] * Math.abs(m[3 * a + 1]) + half[2] * Math.abs(m[3 * a + 2])
    if (apart(centre[a], 0.5 + boxReach)) return false
    const voxelReach = 0.5 * (Math.abs(m[a]) + Math.abs(m[a + 3]) + Math.abs(m[a + 6]))
    if (apart(m[a] * x + m[a + 3] * y + m[a + 6] * z, half[a] + voxelReach)) return false
  }
  // Cross products of voxel axis a and box axis b.
  for (let a = 0; a < 3; a++)
    for (let b = 0; b < 3; b++) {
      const [a1, a2] = [(a + 1) % 3, (a + 2) % 3]
      const [b1, b2] = [(b + 1) % 3, (b + 2) % 3]
      const distance = centre[a2] * m[3 * a1 + b] - centre[a1] * m[3 * a2 + b]
      const voxelReach = 0.5 * (Math.abs(m[3 * a1 + b]) + Math.abs(m[3 * a2 + b]))
      const boxReach = half[b1] * Math.abs(m[3 * a + b2]) + half[b2] * Math.abs(m[3 * a + b1])
      if (parallel(m[3 * a + b])) continue
      if (apart(distance, voxelReach + boxReach)) return false
    }
  return true
}

function apart(distance: number, reach: number): boolean {
  return Math.abs(distance) >= reach - 1e-9
}

/** The cross product of parallel axes vanishes and separates nothing. */
function parallel(cosine: number): boolean {
  return Math.abs(cosine) > 1 - 1e-9
}
