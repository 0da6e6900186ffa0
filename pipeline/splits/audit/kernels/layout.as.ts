/** AssemblyScript, compiled by `scripts/kernels.mjs`. How coordinates and a tree lie in memory. */

/** A signature's coordinates: axes along which it goes, and one more for the length of what they leave of it. */
export const axisCount: i32 = 32
/** int16 each. */
export const coordinateBytes: i32 = 64
/** Of a coordinate: signatures are of length 1, and no difference of two coordinates overflows. */
export const unitsPerOne: f64 = 8192

/**
 * A tree over `count` signatures has 2^depth leaves of as many, or one more. Nodes are numbered from the root, 1, so that
 * those below n are 2n and 2n + 1; each has the axis that parts it (uint16), where its lower half ends along that axis and where its
 * upper half begins (int16).
 */
export const nodeBytes: i32 = 8

/** The first member of a leaf. */
export function startOf(leaf: i32, count: i32, depth: i32): i32 {
  return <i32>((<i64>count * leaf) >> depth)
}
