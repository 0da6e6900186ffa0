/**
 * AssemblyScript (https://www.assemblyscript.org), compiled by `scripts/kernels.mjs`. Which rays of a block are to be marked, and from
 * where on: some whole, before all others; of the others what those and earlier blocks have not marked, as `fans.as.ts` tells.
 */
import { hasFans, markedParts, partsOfVoxel, sectors, slopes, startFans, steepest } from './fans.as'
import { originX, originY, originZ, perM } from './grid.as'
import { blockPoints, fourEnds, fourStarts } from './rayEnds.as'
import { region } from './regions.as'
import { leftOut } from './votes.as'

/** One of so many goes first: not a divisor of how many lasers a LiDAR has, or few of them would ever be among these. */
const firstOf: i32 = 11
/**
 * A ray that ends so near to a side of its voxel is not asked how many planes are left, voxels: float32 does not tell, nor, where
 * such a side is nearly parallel to the ray, before which other plane it is crossed.
 */
const unclear: f32 = 0.01

/** Class of each point of the block, or what stands in its place, int16. */
export let classOf: i32 = 0
/** Places in the block of the rays to mark, int32. */
export let order: i32 = 0
/** By place in the block: the share of each ray that is marked already, float32. */
export let markedShare: i32 = 0

export function setUpSifting(): void {
  classOf = region(2 * blockPoints + 16)
  order = region(4 * blockPoints + 16)
  markedShare = region(4 * blockPoints + 16)
}

/** Puts those that go first into `order`: all, when this grid has no fans. Returns how many. */
export function siftFirst(count: i32): i32 {
  const step = hasFans() ? firstOf : 1
  let sifted = 0
  for (let p = 0; p < count; p += step) {
    store<i32>(order + 4 * sifted, p)
    store<f32>(markedShare + 4 * p, 0)
    sifted += i32(load<i16>(classOf + 2 * p) !== leftOut)
  }
  return sifted
}

/** Puts the others into `order` of which something is left to mark, once the first are marked. Returns how many. */
export function siftOthers(count: i32): i32 {
  if (!hasFans()) return 0
  startFans()
  // By place modulo `firstOf`: at 0 are those that went first.
  let turns = i32x4(0, 1, 2, 3)
  let sifted = 0
  for (let p = 0; p < count; p += 4) {
    const isKept = v128.andnot(v128.and(isLeft(p), takesPart(p, count)), i32x4.eq(turns, i32x4.splat(0)))
    const next = i32x4.add(turns, i32x4.splat(4))
    turns = i32x4.sub(next, v128.and(i32x4.splat(firstOf), i32x4.ge_s(next, i32x4.splat(firstOf))))
    const kept = i32x4.bitmask(isKept)
    // No branches: nothing tells beforehand which rays are left.
    for (let n = 0; n < 4; n++) {
      store<i32>(order + 4 * sifted, p + n)
      sifted += (kept >> n) & 1
    }
  }
  return sifted
}

/** Which of four places in the block hold a ray that counts. */
function takesPart(p: i32, count: i32): v128 {
  const isOut = i32x4.eq(i32x4.extend_low_i16x8_s(v128.load64_zero(classOf + 2 * p)), i32x4.splat(leftOut))
  return v128.andnot(i32x4.lt_s(i32x4.add(i32x4.splat(p), i32x4(0, 1, 2, 3)), i32x4.splat(count)), isOut)
}

/** Writes `markedShare` of four rays. Returns of which more is left than the voxel that the ray ends in. */
function isLeft(p: i32): v128 {
  const dx = f32x4.sub(fourEnds(p, 0), fourStarts(p, 0))
  const dy = f32x4.sub(fourEnds(p, 1), fourStarts(p, 1))
  const dz = f32x4.sub(fourEnds(p, 2), fourStarts(p, 2))
  const isX = f32x4.ge(f32x4.abs(dx), f32x4.abs(dy))
  const main = v128.bitselect(dx, dy, isX)
  const per = f32x4.div(f32x4.splat(1), f32x4.abs(main))
  const side = i32x4.add(i32x4.shr_u(main, 31), v128.andnot(i32x4.splat(2), isX))
  const sector = partOf(f32x4.mul(v128.bitselect(dy, dx, isX), per), 1, sectors)
  const fan = i32x4.add(i32x4.mul(side, i32x4.splat(sectors)), sector)
  const slope = partOf(f32x4.mul(dz, per), <f32>steepest, slopes)
  const along = f32x4.convert_i32x4_s(markedParts(p, fan, slope))
  const share = f32x4.pmax(
    f32x4.splat(0),
    f32x4.mul(along, f32x4.mul(per, f32x4.splat(1 / (<f32>partsOfVoxel * <f32>perM)))),
  )
  const xy = f32x4.add(planesLeft(p, 0, <f32>originX, dx, share), planesLeft(p, 1, <f32>originY, dy, share))
  const planes = f32x4.add(xy, planesLeft(p, 2, <f32>originZ, dz, share))
  v128.store(markedShare + 4 * p, share)
  const isDone = v128.and(f32x4.gt(share, f32x4.splat(0)), f32x4.le(planes, f32x4.splat(1)))
  return v128.andnot(f32x4.lt(share, f32x4.splat(1)), isDone)
}

/** Which of so many equal parts, from −most to most, numbers are in or next to. */
function partOf(numbers: v128, most: f32, parts: i32): v128 {
  const half = f32x4.splat(<f32>(parts / 2))
  const place = f32x4.add(f32x4.mul(numbers, f32x4.splat(<f32>(parts / 2) / most)), half)
  return i32x4.max_s(i32x4.splat(0), i32x4.min_s(i32x4.splat(parts - 1), i32x4.trunc_sat_f32x4_s(place)))
}

/** How many planes of an axis rays cross after a share of them; infinitely many when that is unclear. */
function planesLeft(p: i32, axis: i32, origin: f32, d: v128, share: v128): v128 {
  const from = inVoxels(f32x4.add(fourStarts(p, axis), f32x4.mul(d, share)), origin)
  const end = inVoxels(fourEnds(p, axis), origin)
  const cell = f32x4.floor(end)
  const within = f32x4.sub(end, cell)
  const isClear = v128.and(f32x4.ge(within, f32x4.splat(unclear)), f32x4.le(within, f32x4.splat(1 - unclear)))
  return v128.bitselect(f32x4.abs(f32x4.sub(cell, f32x4.floor(from))), f32x4.splat(Infinity), isClear)
}

function inVoxels(metres: v128, origin: f32): v128 {
  return f32x4.mul(f32x4.sub(metres, f32x4.splat(origin)), f32x4.splat(<f32>perM))
}
