/**
 * AssemblyScript (https://www.assemblyscript.org), compiled by `scripts/kernels.mjs`. The votes of points on the classes of
 * their voxels. Most voxels have points of one class only: that, and their number, is one word. Others have a slot.
 */
import { whole } from './fixedPoint.as'
import { originX, originY, originZ, perM, X, Y, Z } from './grid.as'
import { bytesOfMask, masks } from './masks.as'
import { axisBytes, blockPoints, ends, endsAt } from './rayEnds.as'
import { region, reserve } from './regions.as'

/** In place of a class index; `sweepPoints.ts` names them. */
export const leftOut: i32 = -1
const untold: i32 = -2
const unvoted: i32 = -3
/** More points of one class are not counted: the vote is long decided. */
const mostPoints: u32 = 65535
const hasSlot: u32 = 0x80000000

/** Weight of each class in the vote, float64. */
export let weights: i32 = 0
/** By column: height of the map's ground, float32, and whether it is drivable, uint8. */
export let groundM: i32 = 0
export let isDrivable: i32 = 0
/** 1 a voxel, mask by mask, uint8: a point lies in it. Of a single mask `hits` tell that. */
export let touched: i32 = 0
/** Class of each voxel, uint8. */
export let semantics: i32 = 0
/** uint32 a voxel: 0 without points; class + 1 in the high half, points in the low one; or the number of its slot. */
let tallies: i32 = 0
/** int32: voxels with points, in the order of their first. */
let hits: i32 = 0
let hitCount: i32 = 0
/** The voxel of each point of the block, int32; −1 outside the grid. */
let voxelOf: i32 = 0
/** Slots stand after all regions, for they grow: points of each class, uint16. */
let firstSlot: i32 = 0
let slotBytes: i32 = 0
let slots: i32 = 0

let classes: i32 = 0
let drivable: i32 = 0
let others: i32 = 0
let groundBandM: f64 = 0

/** Takes its regions; the last ones. */
export function setUpVotes(classCount: i32): void {
  const columns = X * Y
  const voxels = columns * Z
  classes = classCount
  weights = region(8 * classes)
  groundM = region(4 * columns)
  isDrivable = region(columns)
  touched = region(masks === 1 ? 0 : masks * bytesOfMask)
  semantics = region(voxels)
  tallies = region(4 * voxels)
  hits = region(4 * voxels)
  voxelOf = region(4 * blockPoints + 16)
  slotBytes = (2 * classes + 3) & ~3
  firstSlot = region(0)
}

/** What becomes of a point without a class: ground where it lies on the map's. */
export function setUntold(drivableClass: i32, othersClass: i32, bandM: f64): void {
  drivable = drivableClass
  others = othersClass
  groundBandM = bandM
}

export function clearVotes(): void {
  if (masks > 1) memory.fill(touched, 0, masks * bytesOfMask)
  for (let hit = 0; hit < hitCount; hit++) store<u32>(tallies + 4 * load<i32>(hits + 4 * hit), 0)
  memory.fill(firstSlot, 0, slots * slotBytes)
  hitCount = 0
  slots = 0
}

/** Lets the block's points vote, unless they are left out or have no vote. */
export function countVotes(count: i32, labels: i32, lidars: i32): void {
  for (let p = 0; p < count; p += 2) {
    const voxels = voxelsOf(endsAt(p, 0), endsAt(p, 1), endsAt(p, 2))
    v128.store64_lane(voxelOf + 4 * p, v128.shuffle<i32>(voxels, voxels, 0, 2, 0, 2), 0)
  }
  // On their own, so that the processor has many tallies on their way to it at once: most are in no near cache.
  for (let p = 0; p < count; p++) {
    const voxel = load<i32>(voxelOf + 4 * p)
    const label = <i32>load<i16>(labels + 2 * p)
    if (voxel < 0 || label === leftOut || label === unvoted) continue
    const told = label === untold ? untoldClass(voxel / Z, load<f32>(ends + 2 * axisBytes + 4 * p)) : label
    add(voxel, told, masks === 1 ? 0 : load<u8>(lidars + p))
  }
}

/** One point's vote, metres in the grid's frame. */
export function voteAt(lidar: i32, label: i32, x: f32, y: f32, z: f32): void {
  const voxel = i32x4.extract_lane(voxelsOf(f64x2.splat(x), f64x2.splat(y), f64x2.splat(z)), 0)
  if (voxel >= 0) add(voxel, label === untold ? untoldClass(voxel / Z, z) : label, masks === 1 ? 0 : lidar)
}

/** The voxels that two points lie in, metres, as int32 in the low half of each half; −1 outside the grid. */
function voxelsOf(x: v128, y: v128, z: v128): v128 {
  const i = cellOf(x, originX)
  const j = cellOf(y, originY)
  const k = cellOf(z, originZ)
  const isInside = v128.and(v128.and(isCell(i, X), isCell(j, Y)), isCell(k, Z))
  const column = f64x2.add(f64x2.mul(i, f64x2.splat(Y)), j)
  return v128.or(whole(f64x2.add(f64x2.mul(column, f64x2.splat(Z)), k)), v128.not(isInside))
}

function cellOf(metres: v128, originM: f64): v128 {
  return f64x2.floor(f64x2.mul(f64x2.sub(metres, f64x2.splat(originM)), f64x2.splat(perM)))
}

function isCell(cell: v128, cells: i32): v128 {
  return v128.and(f64x2.ge(cell, f64x2.splat(0)), f64x2.lt(cell, f64x2.splat(cells)))
}

function add(voxel: i32, label: i32, mask: i32): void {
  const tally = load<u32>(tallies + 4 * voxel)
  if (masks > 1) store<u8>(touched + mask * bytesOfMask + voxel, 1)
  if (isOneMore(tally, label)) store<u32>(tallies + 4 * voxel, tally + 1)
  else addOther(voxel, tally, label)
}

/** Whether a point only adds one to the points of one class, of which there can be more. */
function isOneMore(tally: u32, label: i32): bool {
  return tally >>> 16 === <u32>label + 1 && (tally & 0xffff) < mostPoints
}

/** A voxel's first point, or one beside those of another class, or one too many. */
function addOther(voxel: i32, tally: u32, label: i32): void {
  if (tally >>> 16 === <u32>label + 1) return
  if (tally === 0) {
    store<u32>(tallies + 4 * voxel, ((<u32>label + 1) << 16) | 1)
    store<i32>(hits + 4 * hitCount++, voxel)
  } else addToSlot(tallies + 4 * voxel, tally, label)
}

/** Sets the bit of every voxel with a point. */
export function packHits(bits: i32): void {
  for (let hit = 0; hit < hitCount; hit++) {
    const voxel = load<i32>(hits + 4 * hit)
    const at = bits + (voxel >>> 3)
    store<u8>(at, load<u8>(at) | ((<u8>1) << (<u8>voxel & 7)))
  }
}

function addToSlot(at: i32, tally: u32, label: i32): void {
  let slot = tally & ~hasSlot
  if (tally < hasSlot) {
    slot = slots++
    reserve(slots * slotBytes)
    store<u16>(firstSlot + slot * slotBytes + 2 * ((tally >>> 16) - 1), <u16>tally)
    store<u32>(at, hasSlot | slot)
  }
  const points = firstSlot + slot * slotBytes + 2 * label
  if (load<u16>(points) < mostPoints) store<u16>(points, load<u16>(points) + 1)
}

function untoldClass(column: i32, z: f32): i32 {
  const aboveM = <f64>z - <f64>load<f32>(groundM + 4 * column)
  return load<u8>(isDrivable + column) === 1 && abs(aboveM) <= groundBandM ? drivable : others
}

/** Writes the class of every voxel with a point: the greatest weighted number, then weight, then the lowest index. */
export function draw(): void {
  for (let hit = 0; hit < hitCount; hit++) {
    const voxel = load<i32>(hits + 4 * hit)
    const tally = load<u32>(tallies + 4 * voxel)
    const label = tally < hasSlot ? <i32>(tally >>> 16) - 1 : winner(firstSlot + (tally & ~hasSlot) * slotBytes)
    store<u8>(semantics + voxel, label)
  }
}

function winner(votes: i32): i32 {
  let best = 0
  let bestVotes: f64 = -1
  for (let c = 0; c < classes; c++) {
    const points = load<u16>(votes + 2 * c)
    if (points === 0) continue
    const weight = load<f64>(weights + 8 * c)
    const weighted = <f64>points * weight
    if (weighted < bestVotes) continue
    if (weighted > bestVotes || weight > load<f64>(weights + 8 * best)) {
      best = c
      bestVotes = weighted
    }
  }
  return best
}
