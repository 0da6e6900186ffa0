/** AssemblyScript (https://www.assemblyscript.org), compiled by `scripts/kernels.mjs`. The grid that a kernel is for. */

/** Voxels along each axis. */
export let X: i32 = 0
export let Y: i32 = 0
export let Z: i32 = 0
/** The grid's corner, metres. */
export let originX: f64 = 0
export let originY: f64 = 0
export let originZ: f64 = 0
/** Voxels a metre. */
export let perM: f64 = 0

export function setGrid(x: i32, y: i32, z: i32, xM: f64, yM: f64, zM: f64, voxelM: f64): void {
  X = x
  Y = y
  Z = z
  originX = xM
  originY = yM
  originZ = zM
  perM = 1 / voxelM
}
