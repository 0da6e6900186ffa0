import type { Grid } from '../../pipeline/grid.js'

/** A voxel that is on no surface. */
export const noSurface = 255

/**
 * Surfaces of a grid, [V]: the label of a voxel that has a face neighbour of another label, else `noSurface`. The border of
 * the grid is no surface: what lies behind it is not known.
 *
 * @param labels - [V] class indices; those of `classes` and above, as unlabelled truth, have no surface.
 * @param free - has no surface either.
 */
export function surfaceOf(labels: Uint8Array, { dims }: Grid, free: number, classes: number): Uint8Array {
  const [X, Y, Z] = dims
  const [toX, toY] = [Y * Z, Z]
  const surface = new Uint8Array(labels.length).fill(noSurface)
  for (let i = 0, voxel = 0; i < X; i++)
    for (let j = 0; j < Y; j++)
      for (let k = 0; k < Z; k++, voxel++) {
        const label = labels[voxel]
        if (label === free || label >= classes) continue
        const isInside =
          (i === 0 || labels[voxel - toX] === label) &&
          (i === X - 1 || labels[voxel + toX] === label) &&
          (j === 0 || labels[voxel - toY] === label) &&
          (j === Y - 1 || labels[voxel + toY] === label) &&
          (k === 0 || labels[voxel - 1] === label) &&
          (k === Z - 1 || labels[voxel + 1] === label)
        if (!isInside) surface[voxel] = label
      }
  return surface
}

/** Whether a voxel or one of its face neighbours is on the surface of a label: its centre is at most one voxel away. */
export function isNear(surface: Uint8Array, { dims }: Grid, voxel: number, label: number): boolean {
  if (surface[voxel] === label) return true
  const [X, Y, Z] = dims
  const k = voxel % Z
  const column = (voxel - k) / Z
  const j = column % Y
  const i = (column - j) / Y
  return (
    (k > 0 && surface[voxel - 1] === label) ||
    (k < Z - 1 && surface[voxel + 1] === label) ||
    (j > 0 && surface[voxel - Z] === label) ||
    (j < Y - 1 && surface[voxel + Z] === label) ||
    (i > 0 && surface[voxel - Y * Z] === label) ||
    (i < X - 1 && surface[voxel + Y * Z] === label)
  )
}
