import type { Grid } from '../grid.js'

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
    const other = Math.floor((centreM - to.originM[axis]) / to.voxelM)
    if (other >= 0 && other < to.dims[axis]) pairs.push([cell, other])
  }
  const [a, b] = [0, 1].map((side) => Int32Array.from(pairs, (pair) => pair[side]))
  return gathers ? { source: a, target: b } : { source: b, target: a }
}

/** Whether the two grids have the same cells. */
export function sameCells(a: Grid, b: Grid): boolean {
  const near = (x: number, y: number) => Math.abs(x - y) < 1e-6
  return near(a.voxelM, b.voxelM) && a.dims.every((d, i) => d === b.dims[i] && near(a.originM[i], b.originM[i]))
}
