import type { Grid } from '../../pipeline/grid.js'
import type { Vec3 } from '../../pipeline/pose.js'
import type { Rng } from '../../pipeline/random.js'
import type { EgoMotion } from '../../pipeline/schema.js'
import type { VoxelView } from '../batch.js'

/** What a corruption knows of the frame beside its voxels. */
export interface CorruptionScene {
  grid: Grid
  /** Indices of the classes `free` and `others`. */
  free: number
  others: number
  egoMotion: EgoMotion | null
}

/**
 * A fault of the input that an encoder is to see through while its target stays clean. It works on voxels, since that
 * is what an encoder is shown; what the fault of a sensor means there is said at each. Plain arrays in and out, no
 * state and no randomness but `rng`, so that any thread may run it.
 */
export interface Corruption {
  readonly unit: 'share' | 'm' | 's'
  /** The largest amount that makes sense, in that unit. What an amount means is said at each. */
  readonly most: number
  /** Returns new arrays and leaves those given alone. */
  apply(view: VoxelView, amount: number, scene: CorruptionScene, rng: Rng): VoxelView
}

/** Where rays start, ego frame, metres: the files say which sensor it was, but not which one touched a voxel. */
export const sensorM: Vec3 = [0, 0, 1.6]

/** A copy to change. */
export function copyOf({ semantics, observed }: VoxelView): VoxelView {
  return { semantics: Uint8Array.from(semantics), observed: Uint8Array.from(observed) }
}

/** As if nothing had looked there. */
export function hide({ semantics, observed }: VoxelView, voxel: number, free: number): void {
  semantics[voxel] = free
  observed[voxel] = 0
}

/** Calls `visit` with every observed voxel that is not free, in index order. */
export function eachHit({ semantics, observed }: VoxelView, free: number, visit: (voxel: number) => void): void {
  for (let voxel = 0; voxel < semantics.length; voxel++)
    if (observed[voxel] === 1 && semantics[voxel] !== free) visit(voxel)
}

/** Index of the voxel that holds a point of the ego frame, or null outside the grid. */
export function voxelAt({ originM, voxelM, dims }: Grid, x: number, y: number, z: number): number | null {
  const i = Math.floor((x - originM[0]) / voxelM)
  const j = Math.floor((y - originM[1]) / voxelM)
  const k = Math.floor((z - originM[2]) / voxelM)
  if (i < 0 || j < 0 || k < 0 || i >= dims[0] || j >= dims[1] || k >= dims[2]) return null
  return (i * dims[1] + j) * dims[2] + k
}
