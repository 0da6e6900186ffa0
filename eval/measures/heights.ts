import { type Grid, voxelCount } from '../../pipeline/grid.js'
import { remembered } from './remembered.js'
import { breakdown, type Cut } from './slicedConfusion.js'

/** Heights in the ego frame, metres, near which one band ends and the next begins. */
const edgesM = [0, 1, 2, 4]

/**
 * Occupancy by height in the ego frame. Bands end between layers of voxels, at the border nearest to 0, 1, 2 and 4 m, and
 * their names say where: what the ground is in the ego frame depends on the dataset, and no voxel may be in two bands.
 */
export const heights = breakdown(
  {
    name: 'heights',
    what: 'IoU, mIoU, rare recall and each class’s IoU by height in the ego frame',
    source: 'ours: bands of whole layers nearest to 0, 1, 2 and 4 m in the ego frame',
  },
  ({ grid }) => [cutOf(grid)],
)

const cutOf = remembered<Grid, Cut>((grid) => {
  const Z = grid.dims[2]
  // Layer at which each band but the first begins.
  const borders = edgesM.map((edgeM) => Math.round((edgeM - grid.originM[2]) / grid.voxelM - 1e-9))
  const starts = [...new Set(borders)].filter((layer) => layer > 0 && layer < Z)
  const bandOf = Uint8Array.from({ length: Z }, (_, layer) => starts.filter((start) => layer >= start).length)
  const parts = Uint8Array.from({ length: voxelCount(grid) }, (_, voxel) => bandOf[voxel % Z])
  const at = (layer: number) => Number((grid.originM[2] + layer * grid.voxelM).toFixed(2))
  const names = [0, ...starts].map((start, band) => `height=${at(start)} to ${at(starts[band] ?? Z)} m`)
  return { slices: names, partsOf: () => parts }
})
