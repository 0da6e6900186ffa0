/**
 * AssemblyScript (https://www.assemblyscript.org), compiled by `scripts/kernels.mjs`. Exact free-space ray casting: finds
 * every voxel that a segment passes through, from plane to plane between voxels, as Amanatides & Woo 1987 ("A fast voxel
 * traversal algorithm for ray tracing", Eurographics) do.
 */

let X: i32 = 0
let Y: i32 = 0
let Z: i32 = 0

export function setDims(x: i32, y: i32, z: i32): void {
  X = x
  Y = y
  Z = z
}

/**
 * Sets the byte of every voxel that a ray passes, z fastest from `voxels` on, but not of the one it ends in; one that ends
 * outside is followed to the border. Coordinates are voxels.
 */
export function castRay(voxels: i32, x: f64, y: f64, z: f64, endX: f64, endY: f64, endZ: f64): void {
  const dx = endX - x
  const dy = endY - y
  const dz = endZ - z
  let enter: f64 = 0
  // In place of the share at which it leaves the grid: it does not.
  let leave: f64 = 2
  const lowest = min(min(min(x, y), z), min(min(endX, endY), endZ))
  if (!(lowest >= 0 && max(x, endX) < <f64>X && max(y, endY) < <f64>Y && max(z, endZ) < <f64>Z)) {
    enter = max(entered(x, dx, X), max(entered(y, dy, Y), entered(z, dz, Z)))
    leave = min(left(x, endX, dx, X), min(left(y, endY, dy, Y), left(z, endZ, dz, Z)))
    if (!(enter < min(leave, 1))) return
  }
  walk(voxels, x, y, z, dx, dy, dz, enter, leave)
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

/** Planes that a cut ray crosses along each axis, its share at the next one and from one to the next. */
function walk(voxels: i32, x: f64, y: f64, z: f64, dx: f64, dy: f64, dz: f64, enter: f64, leave: f64): void {
  const endsInside = leave === 2
  const end = endsInside ? 1 : leave
  const i = voxelOf(x + dx * enter, X)
  const j = voxelOf(y + dy * enter, Y)
  const k = voxelOf(z + dz * enter, Z)
  const planesX = abs(voxelOf(x + dx * end, X) - i)
  const planesY = abs(voxelOf(y + dy * end, Y) - j)
  const planesZ = abs(voxelOf(z + dz * end, Z) - k)
  const stepX = 1 / abs(dx)
  const stepY = 1 / abs(dy)
  const stepZ = 1 / abs(dz)
  const nextX = planesX ? (dx > 0 ? <f64>(i + 1) - x : x - <f64>i) * stepX : Infinity
  const nextY = planesY ? (dy > 0 ? <f64>(j + 1) - y : y - <f64>j) * stepY : Infinity
  const nextZ = planesZ ? (dz > 0 ? <f64>(k + 1) - z : z - <f64>k) * stepZ : Infinity
  const toX = dx > 0 ? Y * Z : -Y * Z
  const toY = dy > 0 ? Z : -Z
  const toZ = dz > 0 ? 1 : -1
  const first = voxels + (i * Y + j) * Z + k
  const lastX = planesX ? nextX + <f64>(planesX - 1) * stepX : 0
  const lastY = planesY ? nextY + <f64>(planesY - 1) * stepY : 0
  const lastZ = planesZ ? nextZ + <f64>(planesZ - 1) * stepZ : 0
  // Where the ray ends so near to an edge that rounding could take it past the end along one axis, each axis is counted.
  const past = min(planesX ? lastX + stepX : 2, min(planesY ? lastY + stepY : 2, planesZ ? lastZ + stepZ : 2))
  const last =
    past > max(lastX, max(lastY, lastZ)) + 1e-9
      ? step(first, planesX + planesY + planesZ, nextX, nextY, nextZ, stepX, stepY, stepZ, toX, toY, toZ)
      : count(first, planesX, planesY, planesZ, nextX, nextY, nextZ, stepX, stepY, stepZ, toX, toY, toZ)
  if (!endsInside) store<u8>(last, 1)
}

/** Sets the bytes of `planes` voxels and returns the address of the next one. */
function step(
  first: i32,
  planes: i32,
  firstX: f64,
  firstY: f64,
  firstZ: f64,
  stepX: f64,
  stepY: f64,
  stepZ: f64,
  toX: i32,
  toY: i32,
  toZ: i32,
): i32 {
  let at = first
  let nextX = firstX
  let nextY = firstY
  let nextZ = firstZ
  for (let left = planes; left > 0; left--) {
    store<u8>(at, 1)
    if (nextX < nextY) {
      if (nextX < nextZ) {
        at += toX
        nextX += stepX
      } else {
        at += toZ
        nextZ += stepZ
      }
    } else if (nextY < nextZ) {
      at += toY
      nextY += stepY
    } else {
      at += toZ
      nextZ += stepZ
    }
  }
  return at
}

/** The same, slower: no axis is stepped along more often than the ray crosses its planes. */
function count(
  first: i32,
  planesX: i32,
  planesY: i32,
  planesZ: i32,
  firstX: f64,
  firstY: f64,
  firstZ: f64,
  stepX: f64,
  stepY: f64,
  stepZ: f64,
  toX: i32,
  toY: i32,
  toZ: i32,
): i32 {
  let at = first
  let doneX = 0
  let doneY = 0
  let doneZ = 0
  for (let left = planesX + planesY + planesZ; left > 0; left--) {
    store<u8>(at, 1)
    const nextX = doneX < planesX ? firstX + <f64>doneX * stepX : Infinity
    const nextY = doneY < planesY ? firstY + <f64>doneY * stepY : Infinity
    const nextZ = doneZ < planesZ ? firstZ + <f64>doneZ * stepZ : Infinity
    const next = min(nextX, min(nextY, nextZ))
    if (next === nextZ) {
      at += toZ
      doneZ++
    } else if (next === nextY) {
      at += toY
      doneY++
    } else {
      at += toX
      doneX++
    }
  }
  return at
}
