/**
 * AssemblyScript (https://www.assemblyscript.org), compiled by `scripts/kernels.mjs` into `voxels.wasm.ts`: what is done to
 * a frame point by point and voxel by voxel. `voxelKernel.ts` is its other half. Addresses are bytes of its memory, which
 * `setUp` lays out once for one grid.
 */
import { wholes } from './fixedPoint.as'
import { planBytes } from './planLayout.as'
import { markRay } from './rayMarks.as'
import { planRays, setPlanGrid } from './rayPlans.as'
import { region, reserve, startRegions } from './regions.as'
import { clearVotes, countVotes, leftOut, setUpVotes, setVoteGrid, touched } from './votes.as'

export { draw, groundM, isDrivable, semantics, setUntold, voteAt, weights } from './votes.as'

/** Points that go through at once: few enough for the processor's cache, and the memory need not grow with sweeps. */
export const blockPoints: i32 = 4096
/** And rays that are planned before they are marked: their plans stay in its nearest cache. */
const blockRays: i32 = 64

let masks: i32 = 0
let classes: i32 = 0

/** A block of points: x y z of where each one's ray starts, float32; of where it ends, first in the points' own frame. */
export let fromM: i32 = 0
export let toM: i32 = 0
/** int32; uint8; int16. */
export let offsetNs: i32 = 0
export let lidarOf: i32 = 0
export let classOf: i32 = 0
/** Rotation row by row, then translation, from the points' frame to the grid's: 12 float64. */
export let transform: i32 = 0
/** x y z of where each LiDAR stood, step by step, float64. */
export let positions: i32 = 0
/** 1 a voxel, mask by mask, uint8: a ray passed it. */
export let passed: i32 = 0
/** From one mask to the next: vectors of sixteen bytes may reach past the last voxel. */
export let bytesOfMask: i32 = 0
/** A bit a voxel of one mask. */
export let bits: i32 = 0
let plans: i32 = 0

/** Lays out the memory; `classCount` 0 leaves out what votes need. Called once. */
export function setUp(
  x: i32,
  y: i32,
  z: i32,
  cornerX: f64,
  cornerY: f64,
  cornerZ: f64,
  voxelM: f64,
  maskCount: i32,
  classCount: i32,
  positionCount: i32,
): void {
  masks = maskCount
  classes = classCount
  bytesOfMask = (x * y * z + 15) & ~15
  setPlanGrid(x, y, z, cornerX, cornerY, cornerZ, 1 / voxelM)
  setVoteGrid(x, y, z, cornerX, cornerY, cornerZ, 1 / voxelM)
  startRegions()
  fromM = region(12 * blockPoints)
  toM = region(12 * blockPoints)
  offsetNs = region(4 * blockPoints)
  lidarOf = region(blockPoints)
  classOf = region(2 * blockPoints)
  transform = region(96)
  plans = region((blockRays + 1) * planBytes)
  passed = region(masks * bytesOfMask)
  if (classes > 0) {
    positions = region(24 * positionCount)
    bits = region(bytesOfMask >> 3)
    setUpVotes(x * y, classes, masks, bytesOfMask)
  }
  reserve(0)
}

export function clear(): void {
  memory.fill(passed, 0, masks * bytesOfMask)
  if (classes > 0) clearVotes()
}

/** Takes the block's points to the grid's frame, and their rays to where their LiDAR stood, `steps` from `firstNs` on. */
export function trace(count: i32, firstNs: f64, stepNs: f64, steps: i32): void {
  const columnX = side(0, 24)
  const columnY = side(8, 32)
  const columnZ = side(16, 40)
  const moveXY = side(72, 80)
  const lastStep: f64 = steps - 1
  for (let p = 0; p < count; p++) {
    const to = toM + 12 * p
    const x = <f64>load<f32>(to)
    const y = <f64>load<f32>(to, 4)
    const z = <f64>load<f32>(to, 8)
    const turned = f64x2.add(f64x2.mul(columnX, f64x2.splat(x)), f64x2.mul(columnY, f64x2.splat(y)))
    storeXY(to, f64x2.add(f64x2.add(turned, f64x2.mul(columnZ, f64x2.splat(z))), moveXY))
    const turnedZ = load<f64>(transform, 48) * x + load<f64>(transform, 56) * y + load<f64>(transform, 64) * z
    store<f32>(to, <f32>(turnedZ + load<f64>(transform, 88)), 8)

    const along = (<f64>load<i32>(offsetNs + 4 * p) - firstNs) / stepNs
    const floored = floor(along)
    const step = floored > lastStep ? lastStep : floored
    const share = along - step
    const lidar = <i32>load<u8>(lidarOf + p) * (steps + 1)
    const at = positions + 24 * (lidar + <i32>reinterpret<i64>(step + wholes))
    const from = fromM + 12 * p
    const start = v128.load(at)
    storeXY(from, f64x2.add(start, f64x2.mul(f64x2.splat(share), f64x2.sub(v128.load(at, 24), start))))
    const startZ = load<f64>(at, 16)
    store<f32>(from, <f32>(startZ + share * (load<f64>(at, 40) - startZ)), 8)
  }
}

/** Two numbers of the transform, by their bytes. */
function side(one: i32, other: i32): v128 {
  return f64x2.replace_lane(f64x2.splat(load<f64>(transform + one)), 1, load<f64>(transform + other))
}

function storeXY(at: i32, xy: v128): void {
  v128.store64_lane(at, f32x4.demote_f64x2_zero(xy), 0)
}

/** Marks what the block's rays pass, but for points that are left out. */
export function cast(count: i32): void {
  for (let first = 0; first < count; first += blockRays) {
    const last = min(first + blockRays, count) - 1
    let end = plans
    for (let p = first; p <= last; p += 2) {
      // The second of the last pair may be the first once more, which does not count.
      const other = min(p + 1, last)
      const mask = maskOf(p)
      const otherMask = other === p ? 0 : maskOf(other)
      end = planRays(end, fromM + 12 * p, toM + 12 * p, fromM + 12 * other, toM + 12 * other, mask, otherMask)
    }
    for (let plan = plans; plan < end; plan += planBytes) markRay(plan)
  }
}

/** Where the mask of a point's LiDAR starts; 0 for a point that is left out. */
function maskOf(p: i32): i32 {
  if (load<i16>(classOf + 2 * p) === leftOut) return 0
  return passed + (masks === 1 ? 0 : load<u8>(lidarOf + p) * bytesOfMask)
}

/** Lets the block's points vote on the classes of their voxels. */
export function vote(count: i32): void {
  countVotes(count, toM, classOf, lidarOf)
}

/** Puts into `bits` which voxels of a mask were passed or hold a point. */
export function pack(mask: i32): void {
  const from = mask * bytesOfMask
  for (let at = 0; at < bytesOfMask; at += 16) {
    const isSeen = v128.or(v128.load(passed + from + at), v128.load(touched + from + at))
    store<u16>(bits + (at >> 3), <u16>i8x16.bitmask(i8x16.ne(isSeen, i8x16.splat(0))))
  }
}
