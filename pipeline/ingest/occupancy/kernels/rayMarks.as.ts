/**
 * AssemblyScript (https://www.assemblyscript.org), compiled by `scripts/kernels.mjs`. Goes along the planes that a ray
 * crosses, by its plan of `rayPlans.as.ts`.
 */
import { shareBits } from './fixedPoint.as'
import {
  before,
  beforeZ,
  first,
  goesOn,
  last,
  mainStride,
  onward,
  onwardZ,
  otherStride,
  places,
  placesZ,
  planes,
  planesZ,
  skips,
  skipsZ,
  steps,
  stepsZ,
  voxels,
} from './planLayout.as'

/** Sets the bytes of the voxels that the ray passes. */
export function markRay(plan: i32): void {
  const mask = load<i32>(plan, voxels)
  const end = mask + load<i32>(plan, last)
  // No ray passes the voxel that it ends in, whichever crossing leads into it; another ray may have.
  const wasPassed = load<u8>(end) | <u8>load<i32>(plan, goesOn)
  store<u8>(mask + load<i32>(plan, first), 1)
  const skipped = load<i32>(plan, skips)
  const count = load<i32>(plan, planes) - skipped
  if (count > 0) markMain(plan, mask, skipped, count)
  const skippedZ = load<i32>(plan, skipsZ)
  const countZ = load<i32>(plan, planesZ) - skippedZ
  if (countZ > 0) markZ(plan, mask, skippedZ, countZ)
  store<u8>(end, wasPassed)
}

/** Two crossings at a time, after those that are skipped; of an odd number the first goes twice. */
function markMain(plan: i32, mask: i32, skipped: i32, count: i32): void {
  const onlyHigh = i64x2.replace_lane(i64x2.splat(0), 1, -1)
  const ifEven = i64x2.replace_lane(i64x2.splat(0), 1, <i64>((count & 1) - 1))
  const to = load<i32>(plan, onward)
  const stride = i32x4.splat(load<i32>(plan, otherStride))
  let stepQ = v128.load64_splat(plan + steps)
  let stepZ = v128.load64_splat(plan + steps, 8)
  let step = i64x2.splat(<i64>to)
  const firstQ = load<i64>(plan + places) + <i64>skipped * load<i64>(plan + steps)
  const firstZ = load<i64>(plan + places, 8) + <i64>skipped * load<i64>(plan + steps, 8)
  let q = i64x2.add(i64x2.splat(firstQ), v128.and(stepQ, ifEven))
  let z = i64x2.add(i64x2.splat(firstZ), v128.and(stepZ, ifEven))
  let at = i64x2.add(i64x2.splat(<i64>(mask + load<i32>(plan, before) + skipped * to)), v128.and(step, ifEven))
  markSides(at, q, z, stride, to)
  let left = (count - 1) >> 1
  if (left === 0) return
  q = i64x2.add(i64x2.add(v128.shuffle<i64>(q, q, 1, 1), stepQ), v128.and(stepQ, onlyHigh))
  z = i64x2.add(i64x2.add(v128.shuffle<i64>(z, z, 1, 1), stepZ), v128.and(stepZ, onlyHigh))
  at = i64x2.add(i64x2.add(v128.shuffle<i64>(at, at, 1, 1), step), v128.and(step, onlyHigh))
  stepQ = i64x2.add(stepQ, stepQ)
  stepZ = i64x2.add(stepZ, stepZ)
  step = i64x2.add(step, step)
  do {
    markSides(at, q, z, stride, to)
    q = i64x2.add(q, stepQ)
    z = i64x2.add(z, stepZ)
    at = i64x2.add(at, step)
  } while (--left)
}

/** The voxels before and behind two planes. */
function markSides(at: v128, q: v128, z: v128, stride: v128, to: i32): void {
  const column = i32x4.add(i32x4.mul(i64x2.shr_u(q, shareBits), stride), at)
  const voxel = i32x4.add(column, i64x2.shr_u(z, shareBits))
  const one = i32x4.extract_lane(voxel, 0)
  const other = i32x4.extract_lane(voxel, 2)
  store<u8>(one, 1)
  store<u8>(one + to, 1)
  store<u8>(other, 1)
  store<u8>(other + to, 1)
}

function markZ(plan: i32, mask: i32, skipped: i32, count: i32): void {
  const stepP = load<i64>(plan + stepsZ)
  const stepQ = load<i64>(plan + stepsZ, 8)
  let p = load<i64>(plan + placesZ) + <i64>skipped * stepP
  let q = load<i64>(plan + placesZ, 8) + <i64>skipped * stepQ
  const strideP = load<i32>(plan, mainStride)
  const strideQ = load<i32>(plan, otherStride)
  const to = load<i32>(plan, onwardZ)
  let at = mask + load<i32>(plan, beforeZ) + skipped * to
  for (let left = count; left > 0; left--) {
    const voxel = at + <i32>(p >> shareBits) * strideP + <i32>(q >> shareBits) * strideQ
    store<u8>(voxel, 1)
    store<u8>(voxel + to, 1)
    p += stepP
    q += stepQ
    at += to
  }
}
