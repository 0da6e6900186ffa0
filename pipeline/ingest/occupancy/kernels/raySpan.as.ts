/**
 * AssemblyScript (https://www.assemblyscript.org), compiled by `scripts/kernels.mjs`. Which part of a ray lies in the grid, along
 * one axis: coordinates in voxels, two rays in a vector.
 */

/** Truth of a coordinate that is in the grid. */
export function isWithin(coordinate: v128, size: v128): v128 {
  return v128.and(f64x2.ge(coordinate, f64x2.splat(0)), f64x2.lt(coordinate, size))
}

/** The share of a ray at which it enters the grid's extent; 0 when it starts in it. */
export function entered(start: v128, d: v128, size: v128): v128 {
  const isBelow = f64x2.lt(start, f64x2.splat(0))
  return v128.and(shareAtBorder(start, d, size, isBelow), v128.or(isBelow, f64x2.ge(start, size)))
}

/** And at which it leaves it; 2 when it ends in it. */
export function left(start: v128, end: v128, d: v128, size: v128): v128 {
  const isBelow = f64x2.lt(end, f64x2.splat(0))
  const share = shareAtBorder(start, d, size, isBelow)
  return v128.bitselect(share, f64x2.splat(2), v128.or(isBelow, f64x2.ge(end, size)))
}

function shareAtBorder(start: v128, d: v128, size: v128, isBelow: v128): v128 {
  return f64x2.div(f64x2.sub(v128.andnot(size, isBelow), start), d)
}

/** The voxel of a coordinate that lies in the grid but for rounding: truncation is the floor there. */
export function voxelOf(coordinate: v128, size: v128): v128 {
  return f64x2.pmin(f64x2.sub(size, f64x2.splat(1)), f64x2.trunc(coordinate))
}
