/**
 * AssemblyScript (https://www.assemblyscript.org), compiled by `scripts/kernels.mjs`. Where rays cross planes between voxels: the
 * first place and the step, two rays in a vector. Coordinates, d: voxels; i, j, k and their ends: the first and the last voxel
 * along the main axis p, the other one q, and z; marked: the share of a ray whose crossings need not be marked.
 */
import { along, fixed, fixedStep, isBetween, slack, whole } from './fixedPoint.as'
import {
  beforeZ,
  onward,
  places,
  placesZ,
  planBytes,
  planes,
  skips,
  skipsZ,
  steps,
  stepsZ,
  storeEach,
  storePairs,
} from './planLayout.as'

/** Crossings of planes of the main axis. Returns which rays surely cross them between their first voxel and their last. */
export function planMain(
  plan: i32,
  marked: v128,
  p: v128,
  dp: v128,
  i: v128,
  endI: v128,
  stride: v128,
  q: v128,
  dq: v128,
  j: v128,
  endJ: v128,
  z: v128,
  dz: v128,
  k: v128,
  endK: v128,
  pastQ: v128,
): v128 {
  const one = f64x2.splat(1)
  const count = f64x2.abs(f64x2.sub(endI, i))
  const per = f64x2.div(one, f64x2.abs(dp))
  const isUp = f64x2.gt(dp, f64x2.splat(0))
  const share = f64x2.mul(v128.bitselect(f64x2.sub(f64x2.add(i, one), p), f64x2.sub(p, i), isUp), per)
  const lastShare = f64x2.add(share, f64x2.mul(f64x2.sub(count, one), per))
  const skipped = crossedIn(marked, share, dp, count)
  const firstQ = along(q, dq, share)
  const firstZ = along(z, dz, share)
  const plan2 = plan + planBytes
  storePairs(plan, plan2, places, fixed(firstQ, dq, pastQ), fixed(firstZ, dz, f64x2.splat(slack)))
  storePairs(plan, plan2, steps, fixedStep(dq, per), fixedStep(dz, per))
  storePairs(plan, plan2, planes, whole(count), whole(f64x2.mul(i, stride)))
  storeEach(plan, plan2, skips, whole(skipped))
  const onwardIsNext = whole(v128.bitselect(stride, f64x2.neg(stride), isUp))
  storePairs(plan, plan2, onward, onwardIsNext, whole(f64x2.abs(f64x2.sub(endK, k))))
  const isSureQ = v128.and(isBetween(firstQ, j, endJ), isBetween(along(q, dq, lastShare), j, endJ))
  const isSureZ = v128.and(isBetween(firstZ, k, endK), isBetween(along(z, dz, lastShare), k, endK))
  return v128.or(v128.and(isSureQ, isSureZ), f64x2.eq(count, f64x2.splat(0)))
}

/** Crossings of z-planes, the number of which is in the plan already. Returns the same of them. */
export function planZ(
  plan: i32,
  marked: v128,
  p: v128,
  dp: v128,
  i: v128,
  endI: v128,
  q: v128,
  dq: v128,
  j: v128,
  endJ: v128,
  z: v128,
  dz: v128,
  k: v128,
  endK: v128,
): v128 {
  const one = f64x2.splat(1)
  const count = f64x2.abs(f64x2.sub(endK, k))
  const per = f64x2.div(one, f64x2.abs(dz))
  const isUp = f64x2.gt(dz, f64x2.splat(0))
  const share = f64x2.mul(v128.bitselect(f64x2.sub(f64x2.add(k, one), z), f64x2.sub(z, k), isUp), per)
  const lastShare = f64x2.add(share, f64x2.mul(f64x2.sub(count, one), per))
  const skipped = crossedIn(marked, share, dz, count)
  const firstP = along(p, dp, share)
  const firstQ = along(q, dq, share)
  const yetToCome = f64x2.splat(-slack)
  const plan2 = plan + planBytes
  storePairs(plan, plan2, placesZ, fixed(firstP, dp, yetToCome), fixed(firstQ, dq, yetToCome))
  storePairs(plan, plan2, stepsZ, fixedStep(dp, per), fixedStep(dq, per))
  storeEach(plan, plan2, skipsZ, whole(skipped))
  storePairs(plan, plan2, beforeZ, whole(k), whole(v128.bitselect(one, f64x2.neg(one), isUp)))
  const isSureP = v128.and(isBetween(firstP, i, endI), isBetween(along(p, dp, lastShare), i, endI))
  const isSureQ = v128.and(isBetween(firstQ, j, endJ), isBetween(along(q, dq, lastShare), j, endJ))
  return v128.or(v128.and(isSureP, isSureQ), f64x2.eq(count, f64x2.splat(0)))
}

/** How many of an axis' planes are crossed in the first share of a ray, the first of them at `share`: none where it has no planes. */
function crossedIn(marked: v128, share: v128, d: v128, count: v128): v128 {
  const crossed = f64x2.ceil(f64x2.mul(f64x2.sub(marked, share), f64x2.abs(d)))
  return f64x2.pmax(f64x2.splat(0), f64x2.pmin(count, crossed))
}
