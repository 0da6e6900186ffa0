import { UsageError } from './errors.js'
import type { Vec3 } from './pose.js'

/** A voxel grid fixed to the ego: x forward, y left, z up. Voxel (i, j, k) has index (i·Y + j)·Z + k: z fastest. */
export interface Grid {
  name: string
  /** The corner with the smallest coordinates, metres in the ego frame. */
  originM: Vec3
  voxelM: number
  /** X, Y, Z. */
  dims: readonly [number, number, number]
}

export const grids = {
  occ3d: { name: 'occ3d', originM: [-40, -40, -1], voxelM: 0.4, dims: [200, 200, 16] },
  semantickitti: { name: 'semantickitti', originM: [0, -25.6, -2], voxelM: 0.2, dims: [256, 256, 32] },
  compact: { name: 'compact', originM: [-25.6, -25.6, -2], voxelM: 0.8, dims: [64, 64, 8] },
  airside: { name: 'airside', originM: [-40, -40, -1], voxelM: 0.5, dims: [160, 160, 12] },
} satisfies Record<string, Grid>

export type GridName = keyof typeof grids

/** Looks a preset up. Throws UsageError that lists the presets. */
export function gridNamed(name: string): Grid {
  const grid = Object.hasOwn(grids, name) ? grids[name as GridName] : undefined
  if (!grid) throw new UsageError(`no grid preset '${name}'`, { expected: Object.keys(grids).join(' | ') })
  return grid
}

export function voxelCount({ dims }: Grid): number {
  return dims[0] * dims[1] * dims[2]
}

/** Bytes of a bit mask over the grid; bit v of voxel v is bit (v mod 8) of byte (v div 8). */
export function maskBytes(grid: Grid): number {
  return Math.ceil(voxelCount(grid) / 8)
}

export function bitAt(mask: Uint8Array, index: number): number {
  return (mask[index >> 3] >> (index & 7)) & 1
}

/** A bit mask to one byte a voxel, 0 or 1. */
export function unpackBits(mask: Uint8Array, count: number): Uint8Array {
  const bytes = new Uint8Array(count)
  for (let i = 0; i < count; i++) bytes[i] = (mask[i >> 3] >> (i & 7)) & 1
  return bytes
}

/** One byte a voxel (0 = clear, else set) to a bit mask. */
export function packBits(bytes: Uint8Array): Uint8Array {
  const mask = new Uint8Array(Math.ceil(bytes.length / 8))
  for (let i = 0; i < bytes.length; i++) if (bytes[i]) mask[i >> 3] |= 1 << (i & 7)
  return mask
}
