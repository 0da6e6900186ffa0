/**
 * AssemblyScript (https://www.assemblyscript.org), compiled by `scripts/kernels.mjs`. The walk of one ray, from plane to
 * plane between voxels: as Amanatides & Woo 1987 ("A fast voxel traversal algorithm for ray tracing", Eurographics), but
 * for the end, which comes when the ray has crossed as many planes of each axis as lie between its first voxel and its
 * last. Takes what `rayPlans.as.ts` leaves out.
 */
import { X, Y, Z } from './grid.as'

/**
 * Sets the byte of every voxel that a ray passes, z fastest from `voxels` on, but not of the one it ends in; one that ends
 * outside is followed to the border. Coordinates are voxels.
 */
export function walkRay(voxels: i32, x: f64, y: f64, z: f64, endX: f64, endY: f64, endZ: f64): void {
  const dx = endX - x
  const dy = endY - y
  const dz = endZ - z
  const enter = max(entered(x, dx, X), max(entered(y, dy, Y), entered(z, dz, Z)))
  const leave = min(left(x, endX, dx, X), min(left(y, endY, dy, Y), left(z, endZ, dz, Z)))
  if (!(enter < min(leave, 1))) return
  const endsInside = leave === 2
  const i = voxelOf(x + dx * enter, X)
  const j = voxelOf(y + dy * enter, Y)
  const k = voxelOf(z + dz * enter, Z)
  const planesX = abs(voxelOf(endsInside ? endX : x + dx * leave, X) - i)
  const planesY = abs(voxelOf(endsInside ? endY : y + dy * leave, Y) - j)
  const planesZ = abs(voxelOf(endsInside ? endZ : z + dz * leave, Z) - k)
  const stepX = 1 / abs(dx)
  const stepY = 1 / abs(dy)
  const stepZ = 1 / abs(dz)
  const firstX = (dx > 0 ? <f64>(i + 1) - x : x - <f64>i) * stepX
  const firstY = (dy > 0 ? <f64>(j + 1) - y : y - <f64>j) * stepY
  const firstZ = (dz > 0 ? <f64>(k + 1) - z : z - <f64>k) * stepZ
  let at = voxels + (i * Y + j) * Z + k
  let doneX = 0
  let doneY = 0
  let doneZ = 0
  for (let planes = planesX + planesY + planesZ; planes > 0; planes--) {
    store<u8>(at, 1)
    const nextX = doneX < planesX ? firstX + <f64>doneX * stepX : Infinity
    const nextY = doneY < planesY ? firstY + <f64>doneY * stepY : Infinity
    const nextZ = doneZ < planesZ ? firstZ + <f64>doneZ * stepZ : Infinity
    const next = min(nextX, min(nextY, nextZ))
    // Where planes of several axes meet, z goes first and x last.
    if (next === nextZ) {
      at += dz > 0 ? 1 : -1
      doneZ++
    } else if (next === nextY) {
      at += dy > 0 ? Z : -Z
      doneY++
    } else {
      at += dx > 0 ? Y * Z : -Y * Z
      doneX++
    }
  }
  if (!endsInside) store<u8>(at, 1)
}

/** The share of a ray at which it enters the grid's extent along one axis. */
function entered(start: f64, d: f64, size: i32): f64 {
  if (start < 0) return -start / d
  return start >= <f64>size ? (<f64>size - start) / d : 0
}

/** And at which it leaves it; 2 when it ends in it. */
function left(start: f64, end: f64, d: f64, size: i32): f64 {
  if (end < 0) return -start / d
  return end >= <f64>size ? (<f64>size - start) / d : 2
}

/** The voxel of a coordinate that lies in the grid but for rounding: truncation is the floor there. */
function voxelOf(coordinate: f64, size: i32): i32 {
  return min(size - 1, <i32>coordinate)
}
