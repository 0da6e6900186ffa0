import type { Grid } from '../../pipeline/grid.js'
import { unpackBits, voxelCount } from '../../pipeline/grid.js'
import type { Frame } from '../../pipeline/schema.js'
import { remembered } from './remembered.js'
import { breakdown, type Cut } from './slicedConfusion.js'

/** Shares of a voxel's neighbours that were observed, below which it counts as poorly and as partly visible. */
const [poor, partly] = [0.35, 0.65]

const slices = ['visibility=under 35 %', 'visibility=35–65 %', 'visibility=over 65 %', 'visibility=unobserved']

/**
 * Occupancy by how well the voxel's surroundings were seen: the share of its 26 neighbours (fewer at the grid's border)
 * that the frame's `observed` has. It needs no sensor poses, so any dataset has it. Of a flat wall seen from one side and
 * hit all over, 17 of 26 neighbours are observed (65.4 %); a lone hit far away has few. Voxels that were not observed have
 * a slice of their own, where the policy scores such.
 */
export const visibility = breakdown(
  {
    name: 'visibility',
    what: 'IoU, mIoU, rare recall and each class’s IoU by the share of the voxel’s 26 neighbours that were observed',
    source: 'ours: 3×3×3 neighbourhood in the frame’s observed mask',
  },
  ({ grid }, { mask }) => [cutOf(grid)[mask === 'observed' ? 'seen' : 'all']],
)

const cutOf = remembered<Grid, Record<'seen' | 'all', Cut>>((grid) => {
  const partsOf = remembered<Frame, Uint8Array>(({ observed }) => visibilityParts(observed, grid))
  return { seen: { slices: slices.slice(0, 3), partsOf }, all: { slices, partsOf } }
})

/** [V] part of each voxel: 0 to 2 by the share of its neighbours, 3 for what was not observed. */
export function visibilityParts(observed: Uint8Array, grid: Grid): Uint8Array {
  const { dims } = grid
  const seen = unpackBits(observed, voxelCount(grid))
  const around = boxSums(seen, dims)
  const parts = new Uint8Array(seen.length)
  const [X, Y, Z] = dims
  const along = (at: number, size: number) => Math.min(at + 1, size - 1) - Math.max(at - 1, 0) + 1
  for (let i = 0, voxel = 0; i < X; i++)
    for (let j = 0; j < Y; j++) {
      const column = along(i, X) * along(j, Y)
      for (let k = 0; k < Z; k++, voxel++) {
        const share = (around[voxel] - 1) / (column * along(k, Z) - 1)
        parts[voxel] = seen[voxel] === 0 ? 3 : share < poor ? 0 : share < partly ? 1 : 2
      }
    }
  return parts
}

/** [V] sum over the 3×3×3 voxels around each that lie in the grid, itself among them. */
function boxSums(values: Uint8Array, [X, Y, Z]: Grid['dims']): Uint8Array {
  return [
    { stride: 1, size: Z },
    { stride: Z, size: Y },
    { stride: Y * Z, size: X },
  ].reduce(alongAxis, values)
}

function alongAxis(values: Uint8Array, { stride, size }: { stride: number; size: number }): Uint8Array {
  const sums = values.slice()
  const line = stride * size
  for (let block = 0; block < values.length; block += line) {
    for (let at = block; at < block + line - stride; at++) sums[at] += values[at + stride]
    for (let at = block + stride; at < block + line; at++) sums[at] += values[at - stride]
  }
  return sums
}
