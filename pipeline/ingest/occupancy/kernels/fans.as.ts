/**
 * AssemblyScript (https://www.assemblyscript.org), compiled by `scripts/kernels.mjs`. How far rays go through voxels that others have
 * marked. Rays of one LiDAR start nearly at one place, and those that go nearly the same way pass the same voxels until one of
 * them ends: a few mark what most would mark again. A fan is a LiDAR's rays that go nearly the same way along the ground: those
 * of one sector of one side of a square around it. For each slope its table says for how many slabs, from one plane of the main
 * axis to the next, all voxels are marked that such a ray may pass, wherever in the box of its LiDAR it starts.
 */
import { wholes } from './fixedPoint.as'
import { originX, originY, originZ, perM, X, Y, Z } from './grid.as'
import { maskOf } from './masks.as'
import { boxBytes, boxes, lidarsOf } from './rayEnds.as'
import { region } from './regions.as'

/** Of each side: +x, −x, +y, −y. */
export const sectors: i32 = 32
/** From `steepest` down to `steepest` up, voxels a voxel. The first and the last stand for all that is steeper, too, and tell nothing. */
export const slopes: i32 = 128
export const steepest: f64 = 0.5
/** Voxels: more than float32 is wrong by about where a ray starts and which way it goes. */
const margin: f64 = 0.02
/** A ray goes on so far before the end of what is marked, voxels: more than float32 is wrong by, again. */
const rest: f64 = 0.1
/** Tables count in halves of a voxel, in bytes, of which the last is no number. */
export const partsOfVoxel: i32 = 2
const unknown: u8 = 255
const mostSlabs: i32 = (<i32>unknown - 1) / partsOfVoxel
/** Levels are bits of a word. */
const mostLevels: i32 = 64

let fans: i32 = 0
/** Fan by fan, slope by slope: so far along the main axis rays need not be marked, parts of a voxel, uint8. */
let tables: i32 = 0

/** Of the fan that is filled: its box, voxels along its main axis, across it and in height. */
let lowP: f64 = 0
let highP: f64 = 0
let lowQ: f64 = 0
let highQ: f64 = 0
let lowZ: f64 = 0
let highZ: f64 = 0
/** And for how many slabs each slope is open from below, and, from the steepest rise on, from above, uint8. */
let openBelow: i32 = 0
let openAbove: i32 = 0

export function setUpFans(lidars: i32): void {
  fans = Z <= mostLevels ? 4 * sectors * lidars : 0
  tables = region(fans * slopes)
  openBelow = region(slopes + 16)
  openAbove = region(slopes + 16)
}

/** Whether this grid has fans. */
export function hasFans(): bool {
  return fans > 0
}

/** Forgets all tables: the boxes are new. */
export function startFans(): void {
  memory.fill(tables, unknown, fans * slopes)
}

/** So far along their main axes four rays need not be marked, parts of a voxel, int32. Fans are counted without the LiDAR's place. */
export function markedParts(p: i32, fansOf: v128, slopesOf: v128): v128 {
  const ofLidar = i32x4.mul(lidarsOf(p), i32x4.splat(4 * sectors))
  const fan = i32x4.add(fansOf, ofLidar)
  const at = i32x4.add(i32x4.add(i32x4.mul(fan, i32x4.splat(slopes)), slopesOf), i32x4.splat(tables))
  const marked = entries(at)
  if (!v128.any_true(i32x4.eq(marked, i32x4.splat(unknown)))) return marked
  if (i32x4.extract_lane(marked, 0) === unknown) fill(i32x4.extract_lane(fan, 0), maskOf(p))
  if (i32x4.extract_lane(marked, 1) === unknown) fill(i32x4.extract_lane(fan, 1), maskOf(p + 1))
  if (i32x4.extract_lane(marked, 2) === unknown) fill(i32x4.extract_lane(fan, 2), maskOf(p + 2))
  if (i32x4.extract_lane(marked, 3) === unknown) fill(i32x4.extract_lane(fan, 3), maskOf(p + 3))
  return entries(at)
}

/** The bytes at four addresses, as int32. */
function entries(at: v128): v128 {
  let bytes = v128.load8_lane(i32x4.extract_lane(at, 0), i32x4.splat(0), 0)
  bytes = v128.load8_lane(i32x4.extract_lane(at, 1), bytes, 4)
  bytes = v128.load8_lane(i32x4.extract_lane(at, 2), bytes, 8)
  return v128.load8_lane(i32x4.extract_lane(at, 3), bytes, 12)
}

function fill(fan: i32, mask: i32): void {
  const side = (fan / sectors) & 3
  const isX = side < 2
  const isUp = (side & 1) === 0
  openBox(boxes + boxBytes * (fan / (4 * sectors)), isX)
  goAlong(fan % sectors, isX, isUp, mask)
  // Of a ray that starts last in the box, so many voxels of the slabs are behind it.
  const behind = isUp ? highP - floor(lowP) : floor(highP) + 1 - lowP
  const unsure = i8x16.splat(<i8>min(<f64>unknown, ceil((behind + rest) * partsOfVoxel)))
  const table = tables + fan * slopes
  for (let slope = 0; slope < slopes; slope += 16) {
    const above = v128.load(openAbove + slopes - 16 - slope)
    const turned = v128.shuffle<i8>(above, above, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0)
    const slabs = i8x16.min_u(v128.load(openBelow + slope), turned)
    const halves = i8x16.add(slabs, slabs)
    v128.store(table + slope, i8x16.sub_sat_u(halves, unsure))
  }
}

function openBox(box: i32, isX: bool): void {
  const p = isX ? 0 : 8
  const originP = isX ? originX : originY
  const originQ = isX ? originY : originX
  lowP = (load<f64>(box + p) - originP) * perM
  highP = (load<f64>(box + p, 24) - originP) * perM
  lowQ = (load<f64>(box + 8 - p) - originQ) * perM - margin
  highQ = (load<f64>(box + 8 - p, 24) - originQ) * perM + margin
  lowZ = (load<f64>(box, 16) - originZ) * perM - margin
  highZ = (load<f64>(box, 40) - originZ) * perM + margin
}

/** Goes from slab to slab until no slope is open. */
function goAlong(sector: i32, isX: bool, isUp: bool, mask: i32): void {
  const strideP = isX ? Y * Z : Z
  const strideQ = isX ? Z : Y * Z
  const dimP = isX ? X : Y
  const dimQ = isX ? Y : X
  const level = <i32>floor(0.5 * (lowZ + highZ))
  const first = <i32>floor(isUp ? lowP : highP)
  const isWithin = first >= 0 && first < dimP && level >= 0 && level < Z
  const ahead = isWithin ? min(mostSlabs, isUp ? dimP - first : first + 1) : 0
  const lowWay = <f64>(2 * sector - sectors) / <f64>sectors
  const ways = f64x2.replace_lane(f64x2.splat(lowWay), 1, lowWay + 2 / <f64>sectors)
  const starts = f64x2.replace_lane(f64x2.splat(lowQ), 1, highQ)
  // A fan is widest where it leaves a slab, but on a side that leans inwards: there where it enters it.
  const leansOut = f64x2.gt(f64x2.mul(ways, f64x2.replace_lane(f64x2.splat(-1), 1, 1)), f64x2.splat(0))
  let enters = f64x2.splat(isUp ? <f64>first - highP : lowP - <f64>(first + 1))
  let leaves = f64x2.splat(isUp ? <f64>(first + 1) - lowP : highP - <f64>first)
  // The first slope and the last are never open.
  let closed = i32x4.splat(1)
  let below = openUntil(openBelow, 0, 1, 0)
  let above = openUntil(openAbove, 0, 1, 0)
  let slabs = 0
  for (let slab = mask + first * strideP; slabs < ahead; slabs++) {
    const near = f64x2.pmax(f64x2.splat(0), enters)
    const sides = f64x2.add(starts, f64x2.mul(ways, v128.bitselect(leaves, near, leansOut)))
    const columns = i32x4.trunc_sat_f64x2_s_zero(f64x2.floor(sides))
    const column = i32x4.extract_lane(columns, 0)
    const last = i32x4.extract_lane(columns, 1)
    if (column < 0 || last >= dimQ) break
    const unmarked = unmarkedIn(slab + column * strideQ, last - column, strideQ)
    closed = i32x4.max_s(closed, closedBy(unmarked, level, near, leaves))
    below = openUntil(openBelow, below, i32x4.extract_lane(closed, 0), slabs)
    above = openUntil(openAbove, above, i32x4.extract_lane(closed, 2), slabs)
    if (below + above >= slopes) break
    slab += isUp ? strideP : -strideP
    enters = f64x2.add(enters, f64x2.splat(1))
    leaves = f64x2.add(leaves, f64x2.splat(1))
  }
  openUntil(openBelow, below, slopes, slabs)
  openUntil(openAbove, above, slopes, slabs)
}

/** Writes that the slopes from one to before another are open for so many slabs, and something that is yet to be written after them. */
function openUntil(open: i32, from: i32, to: i32, slabs: i32): i32 {
  v128.store(open + from, i8x16.splat(<i8>slabs))
  for (let slope = from + 16; slope < to; slope += 16) v128.store(open + slope, i8x16.splat(<i8>slabs))
  return to
}

/** Levels that are not marked in all of a column and so many next to it, a bit each. */
function unmarkedIn(column: i32, more: i32, stride: i32): u64 {
  let levels: u64 = 0
  for (let level = 0; level < Z; level += 16) {
    const at = column + level
    let marked = v128.and(v128.load(at), v128.load(at + more * stride))
    for (let n = 1; n < more; n++) marked = v128.and(marked, v128.load(at + n * stride))
    levels |= (<u64>i8x16.bitmask(i8x16.eq(marked, i8x16.splat(0)))) << level
  }
  return levels & (~(<u64>0) >> (64 - Z))
}

/**
 * How many slopes a slab closes, from the steepest fall on and from the steepest rise on, as int32 in the low half of each half: those
 * of which rays may leave what is marked around the LiDAR's level. What is marked beyond is not looked at.
 */
function closedBy(unmarked: u64, level: i32, near: v128, far: v128): v128 {
  const bottom = 64 - <i32>clz(unmarked & (((<u64>2) << level) - 1))
  const top = min(Z, level + <i32>ctz(unmarked >> level))
  // Upside down, a rise to the top is a fall to the bottom.
  const levels = f64x2.convert_low_i32x4_s(i32x4.replace_lane(i32x4.splat(bottom), 1, -top))
  const rises = f64x2.sub(levels, f64x2.replace_lane(f64x2.splat(lowZ), 1, -highZ))
  // A ray is lowest where it leaves the slab, but one that goes up: there where it enters it.
  const goesUp = f64x2.gt(rises, f64x2.splat(0))
  const slope = f64x2.div(rises, v128.bitselect(near, far, goesUp))
  const number = f64x2.mul(f64x2.add(slope, f64x2.splat(steepest)), f64x2.splat(<f64>slopes / (2 * steepest)))
  const bounded = f64x2.pmax(f64x2.splat(0), f64x2.pmin(f64x2.splat(slopes), number))
  return f64x2.add(f64x2.ceil(bounded), f64x2.splat(wholes))
}
