/**
 * AssemblyScript (https://www.assemblyscript.org), compiled by `scripts/kernels.mjs`. Exact free-space ray casting without
 * a walk. A ray that goes at least as far along x as along y crosses an x-plane between any two y-planes. So each voxel that
 * it passes, but the first and the last, is entered or left through an x-plane or a z-plane: it lies at a side of one of
 * those crossings, and y-planes need not be looked for. Where crossing number n lies is linear in n: no step waits for the
 * one before it, and none asks which plane is next. The same with x and y the other way round. What comes too near to an
 * edge for rounding to tell, `walkRay` takes. This file finds the first crossing and the step of two rays at a time, one in
 * each half of every vector.
 */
import { along, largest, slack, whole } from './fixedPoint.as'
import * as grid from './grid.as'
import { maskOf } from './masks.as'
import { planMain, planZ } from './planCrossings.as'
import { first, goesOn, mainStride, planBytes, storePairs, voxels } from './planLayout.as'
import { endsOf, startsAt } from './rayEnds.as'
import { markedShare } from './raySifting.as'
import { entered, isWithin, left, voxelOf } from './raySpan.as'
import { walkRay } from './rayWalk.as'

let isLarge: bool = false
let originX: v128 = f64x2.splat(0)
let originY: v128 = f64x2.splat(0)
let originZ: v128 = f64x2.splat(0)
let perM: v128 = f64x2.splat(0)
let X: v128 = f64x2.splat(0)
let Y: v128 = f64x2.splat(0)
let Z: v128 = f64x2.splat(0)

export function setUpPlans(): void {
  isLarge = max(grid.X, max(grid.Y, grid.Z)) > largest
  originX = f64x2.splat(grid.originX)
  originY = f64x2.splat(grid.originY)
  originZ = f64x2.splat(grid.originZ)
  perM = f64x2.splat(grid.perM)
  X = f64x2.splat(grid.X)
  Y = f64x2.splat(grid.Y)
  Z = f64x2.splat(grid.Z)
}

/**
 * Plans the ray whose place in the block stands at an address, and the next one there if it has one. Returns where the next plan
 * goes: a ray that passes nothing has none.
 */
export function planRays(plan: i32, at: i32, hasNext: bool): i32 {
  const p = load<i32>(at)
  const other = hasNext ? load<i32>(at, 4) : p
  store<i32>(plan, maskOf(p), voxels)
  store<i32>(plan + planBytes, maskOf(other), voxels)
  const shares = v128.load32_lane(markedShare + 4 * other, v128.load32_zero(markedShare + 4 * p), 1)
  return cut(
    plan,
    i64x2.replace_lane(i64x2.splat(-1), 1, hasNext ? -1 : 0),
    f64x2.promote_low_f32x4(shares),
    inVoxels(startsAt(p, other, 0), originX),
    inVoxels(startsAt(p, other, 1), originY),
    inVoxels(startsAt(p, other, 2), originZ),
    inVoxels(endsOf(p, other, 0), originX),
    inVoxels(endsOf(p, other, 1), originY),
    inVoxels(endsOf(p, other, 2), originZ),
  )
}

function inVoxels(metres: v128, origin: v128): v128 {
  return f64x2.mul(f64x2.sub(metres, origin), perM)
}

/** Finds the part of the rays that lies in the grid, then plans. `counts`: the rays that do; `marked`: the share that is marked. */
function cut(
  plan: i32,
  counts: v128,
  marked: v128,
  x: v128,
  y: v128,
  z: v128,
  endX: v128,
  endY: v128,
  endZ: v128,
): i32 {
  const dx = f64x2.sub(endX, x)
  const dy = f64x2.sub(endY, y)
  const dz = f64x2.sub(endZ, z)
  let enter = f64x2.splat(0)
  let lastX = endX
  let lastY = endY
  let lastZ = endZ
  let passes = counts
  let isCut = f64x2.splat(0)
  const starts = v128.and(v128.and(isWithin(x, X), isWithin(y, Y)), isWithin(z, Z))
  const ends = v128.and(v128.and(isWithin(endX, X), isWithin(endY, Y)), isWithin(endZ, Z))
  if (!i64x2.all_true(v128.and(starts, ends))) {
    enter = f64x2.pmax(entered(x, dx, X), f64x2.pmax(entered(y, dy, Y), entered(z, dz, Z)))
    // Not `pmin`: what is no number, of a ray along the grid's upper border, must stay so, for it passes nothing.
    const out = f64x2.min(left(x, endX, dx, X), f64x2.min(left(y, endY, dy, Y), left(z, endZ, dz, Z)))
    passes = v128.and(counts, f64x2.lt(enter, f64x2.pmin(out, f64x2.splat(1))))
    isCut = f64x2.ne(out, f64x2.splat(2))
    // An end in the grid stays as it is: a vote falls into the same voxel, and so near to a plane rounding would decide.
    lastX = v128.bitselect(along(x, dx, out), endX, isCut)
    lastY = v128.bitselect(along(y, dy, out), endY, isCut)
    lastZ = v128.bitselect(along(z, dz, out), endZ, isCut)
  }
  store<i32>(plan, i32x4.extract_lane(isCut, 0) & 1, goesOn)
  store<i32>(plan + planBytes, i32x4.extract_lane(isCut, 2) & 1, goesOn)
  const i = voxelOf(along(x, dx, enter), X)
  const j = voxelOf(along(y, dy, enter), Y)
  const k = voxelOf(along(z, dz, enter), Z)
  const endI = voxelOf(lastX, X)
  const endJ = voxelOf(lastY, Y)
  const endK = voxelOf(lastZ, Z)
  const strideX = f64x2.mul(Y, Z)
  const firstVoxel = f64x2.add(f64x2.add(f64x2.mul(i, strideX), f64x2.mul(j, Z)), k)
  const lastVoxel = f64x2.add(f64x2.add(f64x2.mul(endI, strideX), f64x2.mul(endJ, Z)), endK)
  storePairs(plan, plan + planBytes, first, whole(firstVoxel), whole(lastVoxel))
  const isPlanned = isLarge ? f64x2.splat(0) : turn(plan, marked, x, y, z, dx, dy, dz, i, j, k, endI, endJ, endK)
  const kept = i64x2.bitmask(v128.and(passes, isPlanned))
  if (kept === 3) return plan + 2 * planBytes
  walk(plan, v128.andnot(passes, isPlanned), x, y, z, endX, endY, endZ)
  if (kept === 2) memory.copy(plan, plan + planBytes, planBytes)
  return kept === 0 ? plan : plan + planBytes
}

/** Walks those of the two rays that pass voxels and have no plan. */
function walk(plan: i32, walks: v128, x: v128, y: v128, z: v128, endX: v128, endY: v128, endZ: v128): void {
  const which = i64x2.bitmask(walks)
  if (which & 1)
    walkRay(
      load<i32>(plan, voxels),
      f64x2.extract_lane(x, 0),
      f64x2.extract_lane(y, 0),
      f64x2.extract_lane(z, 0),
      f64x2.extract_lane(endX, 0),
      f64x2.extract_lane(endY, 0),
      f64x2.extract_lane(endZ, 0),
    )
  if (which & 2)
    walkRay(
      load<i32>(plan + planBytes, voxels),
      f64x2.extract_lane(x, 1),
      f64x2.extract_lane(y, 1),
      f64x2.extract_lane(z, 1),
      f64x2.extract_lane(endX, 1),
      f64x2.extract_lane(endY, 1),
      f64x2.extract_lane(endZ, 1),
    )
}

/**
 * Makes x or y of each ray, whichever it goes further along, its main axis p and the other one q, and plans. Returns which
 * rays have a plan. Where planes meet in an edge, z is crossed first and x last, as the walk does it: at an x-plane the
 * crossing of y is past, at a y-plane that of x is yet to come, and at a z-plane both are.
 */
function turn(
  plan: i32,
  marked: v128,
  x: v128,
  y: v128,
  z: v128,
  dx: v128,
  dy: v128,
  dz: v128,
  i: v128,
  j: v128,
  k: v128,
  endI: v128,
  endJ: v128,
  endK: v128,
): v128 {
  const isX = f64x2.ge(f64x2.abs(dx), f64x2.abs(dy))
  const p = v128.bitselect(x, y, isX)
  const q = v128.bitselect(y, x, isX)
  const dp = v128.bitselect(dx, dy, isX)
  const dq = v128.bitselect(dy, dx, isX)
  const ip = v128.bitselect(i, j, isX)
  const iq = v128.bitselect(j, i, isX)
  const endP = v128.bitselect(endI, endJ, isX)
  const endQ = v128.bitselect(endJ, endI, isX)
  const strideX = f64x2.mul(Y, Z)
  const strideP = v128.bitselect(strideX, Z, isX)
  storePairs(plan, plan + planBytes, mainStride, whole(strideP), whole(v128.bitselect(Z, strideX, isX)))
  const past = f64x2.splat(slack)
  const yetToCome = f64x2.splat(-slack)
  const main = planMain(
    plan,
    marked,
    p,
    dp,
    ip,
    endP,
    strideP,
    q,
    dq,
    iq,
    endQ,
    z,
    dz,
    k,
    endK,
    v128.bitselect(past, yetToCome, isX),
  )
  const up = planZ(plan, marked, p, dp, ip, endP, q, dq, iq, endQ, z, dz, k, endK)
  return v128.and(main, up)
}
