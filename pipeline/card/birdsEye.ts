import { bitAt, type Grid } from '../grid.js'
import type { Frame } from '../schema.js'
import { type DatasetTaxonomy, freeIndex, type VoxelClass } from '../taxonomy.js'
import { type Colour, colourOf, mix, type Raster } from './raster.js'

/** Nothing is known of the column; diagonals are a little lighter. */
const [unknown, hatch]: Colour[] = [
  [15, 17, 22],
  [32, 36, 45],
]
/** Known, and nothing stands there. */
const empty: Colour = [40, 44, 55]
const [ego, egoEdge]: Colour[] = [
  [255, 255, 255],
  [20, 22, 28],
]
/** What stands low is drawn this much darker, so that walls and trees stand out; the ground keeps its colour. */
const lowShade = 0.35

/**
 * One frame from above, ahead (x) up and left (y) left: each column in the colour of its topmost observed thing, the
 * lower the darker. `scale` pixels a column; the top left corner at `left`, `top`. The ego is an arrow head that points ahead.
 */
export function drawBirdsEye(
  raster: Raster,
  [left, top]: readonly [number, number],
  frame: Pick<Frame, 'semantics' | 'observed'>,
  grid: Grid,
  taxonomy: DatasetTaxonomy,
  scale: number,
): void {
  const [X, Y, Z] = grid.dims
  const shades = taxonomy.classes.map(shadeOf)
  const free = freeIndex(taxonomy)
  for (let i = 0; i < X; i++)
    for (let j = 0; j < Y; j++) {
      const [x, y] = [left + scale * (Y - 1 - j), top + scale * (X - 1 - i)]
      const first = (i * Y + j) * Z
      const seen = topmost(frame, first, Z, free)
      if (seen === null) drawHatched(raster, x, y, scale)
      else if (seen < 0) raster.fill(x, y, scale, scale, empty)
      else raster.fill(x, y, scale, scale, shades[frame.semantics[first + seen]](seen / Math.max(1, Z - 1)))
    }
  drawEgo(raster, [left, top], grid, scale)
}

/** Layer of the topmost observed thing of a column; −1 when all that is observed is free; null when nothing is. */
function topmost(
  { semantics, observed }: Pick<Frame, 'semantics' | 'observed'>,
  first: number,
  Z: number,
  free: number,
) {
  let isKnown = false
  for (let k = Z - 1; k >= 0; k--) {
    if (!bitAt(observed, first + k)) continue
    isKnown = true
    if (semantics[first + k] !== free) return k
  }
  return isKnown ? -1 : null
}

/** The colour of a class at a height, 0 for the lowest layer to 1 for the highest. */
function shadeOf({ colour, superclass }: VoxelClass): (height: number) => Colour {
  const full = colourOf(colour)
  return superclass === 'ground' ? () => full : (height) => mix([0, 0, 0], full, 1 - lowShade * (1 - height))
}

function drawHatched(raster: Raster, x: number, y: number, scale: number): void {
  for (let row = y; row < y + scale; row++)
    for (let column = x; column < x + scale; column++)
      raster.set(column, row, (row + column) % 6 === 0 ? hatch : unknown)
}

/** Where the ego's origin is; not drawn when it lies outside of the grid. */
function drawEgo(
  raster: Raster,
  [left, top]: readonly [number, number],
  { originM, voxelM, dims }: Grid,
  scale: number,
) {
  const x = Math.round(left + scale * (dims[1] + originM[1] / voxelM))
  const y = Math.round(top + scale * (dims[0] + originM[0] / voxelM))
  if (x < left || y < top || x > left + scale * dims[1] || y > top + scale * dims[0]) return
  const half = 5
  for (let row = -half; row <= half; row++) {
    const width = Math.floor((row + half) / 2)
    for (let column = -width - 1; column <= width + 1; column++)
      raster.set(x + column, y + row, Math.abs(column) > width || row === half ? egoEdge : ego)
  }
}
