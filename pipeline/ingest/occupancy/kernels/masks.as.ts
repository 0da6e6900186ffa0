/**
 * AssemblyScript (https://www.assemblyscript.org), compiled by `scripts/kernels.mjs`. Where it is marked which voxels rays pass: one
 * mask for all LiDARs, or one for each.
 */
import { X, Y, Z } from './grid.as'
import { lidarOf } from './rayEnds.as'
import { region } from './regions.as'

export let masks: i32 = 0
/** 1 a voxel, mask by mask, uint8: a ray passed it. */
export let passed: i32 = 0
/** From one mask to the next: vectors of sixteen bytes may reach past the last voxel. */
export let bytesOfMask: i32 = 0
/** From a LiDAR's mask to the next one's: none where all share one. */
let toNext: i32 = 0

export function setUpMasks(count: i32): void {
  masks = count
  bytesOfMask = (X * Y * Z + 15) & ~15
  toNext = masks === 1 ? 0 : bytesOfMask
  passed = region(masks * bytesOfMask + 16)
}

export function clearMasks(): void {
  memory.fill(passed, 0, masks * bytesOfMask)
}

/** Where the mask of a ray's LiDAR starts. */
export function maskOf(p: i32): i32 {
  return passed + load<u8>(lidarOf + p) * toNext
}
