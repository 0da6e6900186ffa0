import { type Grid, voxelCount } from '../../pipeline/grid.js'
import { remembered } from './remembered.js'
import { breakdown, type Cut } from './slicedConfusion.js'

/** Where Waymo's rings end, metres. */
const waymoEdgesM = [30, 50]
/** Where ours end; grids of a few tens of metres have parts in them. */
const fineEdgesM = [10, 20, 30, 40, 50]

/**
 * Occupancy by horizontal distance of the voxel's centre from the ego. `range=` are Waymo's rings [0, 30) [30, 50) [50, ∞) m,
 * where the grid reaches 30 m ahead or to a side; `ring=` are rings of 10 m up to 50 m, as far as the grid reaches so.
 */
export const rings = breakdown(
  {
    name: 'rings',
    what: 'IoU, mIoU, rare recall and each class’s IoU by distance from the ego',
    source: 'Waymo Open Dataset (https://arxiv.org/abs/1912.04838), breakdown by range; finer rings are ours',
  },
  ({ grid }) => cutsOf(grid),
)

const cutsOf = remembered<Grid, Cut[]>((grid) => {
  const reachM = reachOf(grid)
  const within = (edgesM: readonly number[]) => edgesM.filter((edgeM) => edgeM < reachM)
  const fine = ringCut('ring', within(fineEdgesM), grid)
  return reachM > waymoEdgesM[0] ? [ringCut('range', waymoEdgesM, grid), fine] : [fine]
})

/** How far the grid goes along its longer axis, metres. */
function reachOf({ originM, voxelM, dims }: Grid): number {
  return Math.max(...[0, 1].flatMap((axis) => [-originM[axis], originM[axis] + dims[axis] * voxelM]))
}

function ringCut(name: string, edgesM: readonly number[], grid: Grid): Cut {
  const parts = ringParts(edgesM, grid)
  const names = edgesM.map((edgeM, i) => `${name}=${edgesM[i - 1] ?? 0}–${edgeM} m`)
  return { slices: [...names, `${name}=${edgesM.at(-1) ?? 0}+ m`], partsOf: () => parts }
}

/** [V] the ring of each voxel. */
function ringParts(edgesM: readonly number[], grid: Grid): Uint8Array {
  const { originM, voxelM, dims } = grid
  const [X, Y, Z] = dims
  const parts = new Uint8Array(voxelCount(grid))
  for (let i = 0, voxel = 0; i < X; i++)
    for (let j = 0; j < Y; j++, voxel += Z) {
      const [x, y] = [originM[0] + (i + 0.5) * voxelM, originM[1] + (j + 0.5) * voxelM]
      const ring = edgesM.filter((edgeM) => x * x + y * y >= edgeM * edgeM).length
      parts.fill(ring, voxel, voxel + Z)
    }
  return parts
}
