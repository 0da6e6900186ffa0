/**
 * AssemblyScript (https://www.assemblyscript.org), compiled by `scripts/kernels.mjs`. Where the parts of a ray's plan stand, in
 * bytes: `rayPlans.as.ts` makes it, `rayMarks.as.ts` goes along it.
 */

/** Pairs of fixed point at crossings of planes of the main axis, x or y: along the other of the two, then along z. */
export const places: i32 = 0
export const steps: i32 = 16
/** At crossings of z-planes: along the main axis, then along the other one. */
export const placesZ: i32 = 32
export const stepsZ: i32 = 48
/** int32: planes to cross; the voxel before the first one, but for the two other places; from it to the next. */
export const planes: i32 = 64
export const before: i32 = 72
export const onward: i32 = 80
export const planesZ: i32 = 88
export const beforeZ: i32 = 96
export const onwardZ: i32 = 104
/** int32: the voxels that the ray starts and ends in; from voxel to voxel along the main axis and the other one. */
export const first: i32 = 112
export const last: i32 = 120
export const mainStride: i32 = 128
export const otherStride: i32 = 136
/** int32: where the mask's voxels start; 1 when the ray goes on outside, so that it passes its last voxel. */
export const voxels: i32 = 144
export const goesOn: i32 = 152
/** int32: how many of the planes, and of the z-planes, need not be marked. */
export const skips: i32 = 160
export const skipsZ: i32 = 168
export const planBytes: i32 = 176

/** Writes two neighbouring parts of two plans. */
export function storePairs(plan: i32, plan2: i32, part: i32, one: v128, other: v128): void {
  v128.store(plan + part, v128.shuffle<i64>(one, other, 0, 2))
  v128.store(plan2 + part, v128.shuffle<i64>(one, other, 1, 3))
}

/** Writes one part of two plans. */
export function storeEach(plan: i32, plan2: i32, part: i32, values: v128): void {
  v128.store64_lane(plan + part, values, 0)
  v128.store64_lane(plan2 + part, values, 1)
}
