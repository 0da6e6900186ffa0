import type { Grid } from '../../grid.js'

/** A cell's share within which a centre on the border of two cells counts for the upper one, whatever was rounded. */
const borderShare = 1e-6

/**
 * How the cells of one axis of a source grid fall on a target grid of the same axes: pairs (source, target). Where the
 * target's cells are the larger, each source cell goes to the one that holds its centre; where they are the smaller,
 * each target cell is filled from the source cell that holds its centre.
 */
export interface AxisPairs {
  source: Int32Array
  target: Int32Array
}

export function axisPairs(source: Grid, target: Grid, axis: 0 | 1 | 2): AxisPairs {
  const gathers = target.voxelM >= source.voxelM
  const [from, to] = gathers ? [source, target] : [target, source]
  const pairs: [from: number, to: number][] = []
  for (let cell = 0; cell < from.dims[axis]; cell++) {
    const centreM = from.originM[axis] + (cell + 0.5) * from.voxelM
    const other = Math.floor((centreM - to.originM[axis]) / to.voxelM + borderShare)
    if (other >= 0 && other < to.dims[axis]) pairs.push([cell, other])
  }
  const [a, b] = [0, 1].map((side) => Int32Array.from(pairs, (pair) => pair[side]))
  return gathers ? { source: a, target: b } : { source: b, target: a }
}

/** Every pair of a source voxel and the target voxel that it falls on; kept by axis, for grids have millions of them. */
export class VoxelPairs {
  readonly count: number
  private readonly axes: readonly [AxisPairs, AxisPairs, AxisPairs]

  constructor(
    private readonly source: Grid,
    private readonly target: Grid,
  ) {
    this.axes = [axisPairs(source, target, 0), axisPairs(source, target, 1), axisPairs(source, target, 2)]
    this.count = this.axes.reduce((product, { source: cells }) => product * cells.length, 1)
  }

  /** In the order of the source's voxels where the target's are the larger, else of the target's. */
  forEach(visit: (source: number, target: number) => void): void {
    const [x, y, z] = this.axes
    const [, sourceY, sourceZ] = this.source.dims
    const [, targetY, targetZ] = this.target.dims
    for (let i = 0; i < x.source.length; i++)
      for (let j = 0; j < y.source.length; j++) {
        const source = (x.source[i] * sourceY + y.source[j]) * sourceZ
        const target = (x.target[i] * targetY + y.target[j]) * targetZ
        for (let k = 0; k < z.source.length; k++) visit(source + z.source[k], target + z.target[k])
      }
  }
}

/** Whether the two grids have the same cells. */
export function sameCells(a: Grid, b: Grid): boolean {
  const near = (x: number, y: number) => Math.abs(x - y) < 1e-6
  return near(a.voxelM, b.voxelM) && a.dims.every((d, i) => d === b.dims[i] && near(a.originM[i], b.originM[i]))
}
