/**
 * AssemblyScript (https://www.assemblyscript.org), compiled by `scripts/kernels.mjs`. Places along rays, voxels, as float64 and
 * as fixed point: two of them in a vector.
 */

/** Fixed point has so many bits after the point. */
export const shareBits: i32 = 42
/** And so many before it. */
export const largest: i32 = 511
/** A float64 from 1,024 to 2,048 has its value, in these units, in its last 52 bits. */
const magnitude: f64 = 1024
/** More than rounding moves a place along a whole ray: 2⁻⁴³ a step. */
export const slack: f64 = 1 / <f64>((<i64>1) << 33)
/** A whole number added to it stands in the low 32 bits of the sum. */
export const wholes: f64 = 1.5 * <f64>((<i64>1) << 52)

export function along(start: v128, d: v128, share: v128): v128 {
  return f64x2.add(start, f64x2.mul(d, share))
}

/** Whether a place is surely in one of the voxels from one to another. */
export function isBetween(place: v128, voxel: v128, end: v128): v128 {
  const low = f64x2.add(f64x2.pmin(voxel, end), f64x2.splat(2 * slack))
  const high = f64x2.add(f64x2.pmax(voxel, end), f64x2.splat(1 - 2 * slack))
  return v128.and(f64x2.ge(place, low), f64x2.le(place, high))
}

/** Fixed point of a place, moved by `by` in the direction of the ray, or back. */
export function fixed(place: v128, d: v128, by: v128): v128 {
  const zero = f64x2.splat(0)
  const moved = f64x2.add(place, f64x2.sub(v128.and(f64x2.gt(d, zero), by), v128.and(f64x2.lt(d, zero), by)))
  return i64x2.sub(f64x2.add(moved, f64x2.splat(magnitude)), i64x2.splat(reinterpret<i64>(magnitude)))
}

/** Of what a place moves by from one plane to the next: less than half the magnitude, up or down, where there is a next. */
export function fixedStep(d: v128, per: v128): v128 {
  const middle: f64 = 1.5 * magnitude
  return i64x2.sub(f64x2.add(f64x2.mul(d, per), f64x2.splat(middle)), i64x2.splat(reinterpret<i64>(middle)))
}

/** Whole numbers as int32, in the low half of each half. */
export function whole(number: v128): v128 {
  return f64x2.add(number, f64x2.splat(wholes))
}
