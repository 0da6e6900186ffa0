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

/** The eight bytes of every byte of a mask, as one number each: they are moved, not reckoned with. */
const bytesOfBits = Float64Array.from(
  { length: 256 },
  (_, bits) => new Float64Array(Uint8Array.from({ length: 8 }, (_, bit) => (bits >> bit) & 1).buffer)[0],
)

/**
 * A bit mask to one byte a voxel, 0 or 1; written over `into`, of a whole number of eight bytes that start at a multiple of
 * eight, where that is given.
 */
export function unpackBits(
  mask: Uint8Array,
  count: number,
  into = new Uint8Array(8 * Math.ceil(count / 8)),
): Uint8Array {
  const eights = new Float64Array(into.buffer, into.byteOffset, into.length >> 3)
  const bytes = Math.min(mask.length, eights.length)
  for (let byte = 0; byte < bytes; byte++) eights[byte] = bytesOfBits[mask[byte]]
  eights.fill(0, bytes)
  return into.subarray(0, count)
}

/** One byte a voxel (0 = clear, else set) to a bit mask. Four bytes at a time: every frame goes through it. */
export function packBits(bytes: Uint8Array): Uint8Array {
  const mask = new Uint8Array(Math.ceil(bytes.length / 8))
  const { buffer, byteOffset } = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice()
  const words = new Uint32Array(buffer, byteOffset, bytes.length >> 2)
  for (let w = 0; w < words.length; w++) if (words[w] !== 0) mask[w >> 1] |= halfOf(words[w]) << (4 * (w & 1))
  for (let i = 4 * words.length; i < bytes.length; i++) if (bytes[i]) mask[i >> 3] |= 1 << (i & 7)
  return mask
}

/** Four bytes to four bits. */
function halfOf(word: number): number {
  let lowest = word | (word >>> 4)
  lowest |= lowest >>> 2
  lowest |= lowest >>> 1
  // The factor takes bits 0, 8, 16 and 24 to 28, 29, 30 and 31.
  return Math.imul(lowest & 0x01010101, 0x10204080) >>> 28
}
