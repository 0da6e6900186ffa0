import type { VoxelView } from '../../../models/batch.js'
import type { CorruptionScene } from '../../../models/corruptions/corruption.js'
import type { Grid } from '../../../pipeline/grid.js'

/** 16 × 16 × 4 voxels of 1 m around the ego, from z = 0. */
export const grid: Grid = { name: 'metres', originM: [-8, -8, 0], voxelM: 1, dims: [16, 16, 4] }
export const [free, others, wall] = [0, 1, 2]
export const still: CorruptionScene = { grid, free, others, egoMotion: null }

export const voxelAtIjk = (i: number, j: number, k: number): number => (i * 16 + j) * 4 + k

/** All seen and empty but for walls in those voxels. */
export function viewWith(...walls: [number, number, number][]): VoxelView {
  const semantics = new Uint8Array(16 * 16 * 4).fill(free)
  for (const at of walls) semantics[voxelAtIjk(...at)] = wall
  return { semantics, observed: new Uint8Array(16 * 16 * 4).fill(1) }
}

/** Everything a wall. */
export function solid(): VoxelView {
  const { semantics, observed } = viewWith()
  return { semantics: semantics.fill(wall), observed }
}

/** i, j, k of every voxel of that class that is observed. */
export function placesOf({ semantics, observed }: VoxelView, label: number): [number, number, number][] {
  return [...semantics].flatMap((of, v) =>
    of === label && observed[v] === 1
      ? [[Math.floor(v / 64), Math.floor(v / 4) % 16, v % 4] as [number, number, number]]
      : [],
  )
}

export const count = (values: ArrayLike<number>, wanted: number) =>
  Array.from(values).filter((value) => value === wanted).length
