import type { Grid } from '../../pipeline/grid.js'
import { type Pose, yawOf } from '../../pipeline/pose.js'
import type { DatasetTaxonomy } from '../../pipeline/taxonomy.js'

/**
 * The ego's body around its origin, metres: a passenger car whose origin is the middle of its rear axle, as in nuScenes and
 * Argoverse 2. Datasets do not say how large their car is, so all are given this one.
 */
export const egoBody = { behindM: 1, aheadM: 3.7, halfWidthM: 0.95 }
/** Heights above the ego's origin between which a voxel's centre is in the way. */
const bodyHeightM = [0.2, 2] as const
/** What a car must not drive into; ground and free space it may. */
const obstacles = new Set(['vehicle', 'person', 'object', 'structure'])

/** 1 for each column that holds an obstacle at body height, [X·Y]. `seen` leaves out voxels, true for all without it. */
export function obstacleColumns(
  semantics: Uint8Array,
  { originM, voxelM, dims: [X, Y, Z] }: Grid,
  { classes }: DatasetTaxonomy,
  seen: (voxel: number) => boolean = () => true,
): Uint8Array {
  const blocks = Uint8Array.from({ length: 256 }, (_, index) => (obstacles.has(classes[index]?.superclass) ? 1 : 0))
  const heightOf = (layer: number) => originM[2] + (layer + 0.5) * voxelM
  const layers = Array.from({ length: Z }, (_, k) => k).filter(
    (k) => heightOf(k) >= bodyHeightM[0] && heightOf(k) <= bodyHeightM[1],
  )
  const columns = new Uint8Array(X * Y)
  for (let column = 0; column < X * Y; column++)
    for (const k of layers)
      if (blocks[semantics[column * Z + k]] && seen(column * Z + k)) {
        columns[column] = 1
        break
      }
  return columns
}

/**
 * Whether the ego's body at a pose, in the grid's ego frame, covers the centre of a marked column; null where the body
 * leaves the grid, since nothing is known out there.
 */
export function hits(columns: Uint8Array, { originM, voxelM, dims: [X, Y] }: Grid, egoFromBody: Pose): boolean | null {
  const yaw = yawOf(egoFromBody.q)
  const [cos, sin] = [Math.cos(yaw), Math.sin(yaw)]
  const { behindM, aheadM, halfWidthM } = egoBody
  const [tx, ty] = egoFromBody.t
  const corners = [-behindM, aheadM].flatMap((x) =>
    [-halfWidthM, halfWidthM].map((y) => [tx + cos * x - sin * y, ty + sin * x + cos * y]),
  )
  const cellOf = (metres: number, axis: number) => Math.floor((metres - originM[axis]) / voxelM)
  const [low, high] = [Math.min, Math.max].map((pick) =>
    [0, 1].map((axis) => cellOf(pick(...corners.map((c) => c[axis])), axis)),
  )
  if (low[0] < 0 || low[1] < 0 || high[0] >= X || high[1] >= Y) return null
  for (let i = low[0]; i <= high[0]; i++)
    for (let j = low[1]; j <= high[1]; j++) {
      if (!columns[i * Y + j]) continue
      const dx = originM[0] + (i + 0.5) * voxelM - tx
      const dy = originM[1] + (j + 0.5) * voxelM - ty
      const [along, across] = [cos * dx + sin * dy, cos * dy - sin * dx]
      if (along >= -behindM && along <= aheadM && Math.abs(across) <= halfWidthM) return true
    }
  return false
}
