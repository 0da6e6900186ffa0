/**
 * AssemblyScript (https://www.assemblyscript.org), compiled by `scripts/kernels.mjs` into `voxels.wasm.ts`: what is done to
 * a frame point by point and voxel by voxel. `voxelKernel.ts` is its other half. Addresses are bytes of its memory, which
 * `setUp` lays out once for one grid.
 */
import { castRay, setDims } from './rayWalk.as'

/** Points that go through at once: few enough for the processor's cache, and the memory need not grow with sweeps. */
export const blockPoints: i32 = 4096

/** In place of a class index; `sweepPoints.ts` names them. */
const leftOut: i32 = -1
const untold: i32 = -2
const unvoted: i32 = -3

let X: i32 = 0
let Y: i32 = 0
let Z: i32 = 0
let originX: f64 = 0
let originY: f64 = 0
let originZ: f64 = 0
let perM: f64 = 0
let masks: i32 = 0
let classes: i32 = 0
let drivable: i32 = 0
let others: i32 = 0
let groundBandM: f64 = 0

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
/** Weight of each class in the vote, float64. */
export let weights: i32 = 0
/** By column: height of the map's ground, float32, and whether it is drivable, uint8. */
export let groundM: i32 = 0
export let isDrivable: i32 = 0
/** 1 a voxel, mask by mask, uint8: a ray passed it; a point lies in it. */
export let passed: i32 = 0
export let touched: i32 = 0
/** From one mask to the next: vectors of sixteen bytes may reach past the last voxel. */
export let bytesOfMask: i32 = 0
/** A bit a voxel of one mask; class of each voxel, uint8. */
export let bits: i32 = 0
export let semantics: i32 = 0
/** int32 a voxel: number of its slot, from one on; 0 without. */
let slotOf: i32 = 0
/** Slots stand last, for they grow: a voxel's number, int32, then its points of each class, uint16. */
let firstSlot: i32 = 0
let slotBytes: i32 = 0
let slots: i32 = 0

/** Where the next region begins. */
let free: i32 = 0

function region(bytes: i32): i32 {
  const at = free
  free = (free + bytes + 31) & ~31
  return at
}

/** Lays out the memory; `classCount` 0 leaves out what votes need. Called once. */
export function setUp(
  dimX: i32,
  dimY: i32,
  dimZ: i32,
  cornerX: f64,
  cornerY: f64,
  cornerZ: f64,
  voxelM: f64,
  maskCount: i32,
  classCount: i32,
  positionCount: i32,
): void {
  X = dimX
  Y = dimY
  Z = dimZ
  originX = cornerX
  originY = cornerY
  originZ = cornerZ
  perM = 1 / voxelM
  masks = maskCount
  classes = classCount
  const voxels = X * Y * Z
  free = (<i32>__heap_base + 31) & ~31
  fromM = region(12 * blockPoints)
  toM = region(12 * blockPoints)
  offsetNs = region(4 * blockPoints)
  lidarOf = region(blockPoints)
  classOf = region(2 * blockPoints)
  transform = region(96)
  setDims(X, Y, Z)
  bytesOfMask = (voxels + 15) & ~15
  passed = region(masks * bytesOfMask)
  if (classes > 0) {
    positions = region(24 * positionCount)
    weights = region(8 * classes)
    groundM = region(4 * X * Y)
    isDrivable = region(X * Y)
    touched = region(masks * bytesOfMask)
    bits = region(bytesOfMask >> 3)
    semantics = region(voxels)
    slotOf = region(4 * voxels)
    slotBytes = (4 + 2 * classes + 3) & ~3
    firstSlot = free
  }
  reserve(free)
}

/** Makes the memory reach to `bytes`; what is new is zero. Growing fails by a trap, which the host makes an error. */
function reserve(bytes: i32): void {
  const missing = ((bytes + 0xffff) >>> 16) - memory.size()
  // By a mebibyte at least: every growth takes the host's views away.
  if (missing > 0 && memory.grow(max(missing, 16)) < 0) unreachable()
}

/** What becomes of a point without a class: ground where it lies on the map's. */
export function setUntold(drivableClass: i32, othersClass: i32, bandM: f64): void {
  drivable = drivableClass
  others = othersClass
  groundBandM = bandM
}

export function clear(): void {
  memory.fill(passed, 0, masks * bytesOfMask)
  if (classes === 0) return
  memory.fill(touched, 0, masks * bytesOfMask)
  for (let slot = 0, at = firstSlot; slot < slots; slot++, at += slotBytes) store<i32>(slotOf + 4 * load<i32>(at), 0)
  memory.fill(firstSlot, 0, slots * slotBytes)
  slots = 0
}

/** Takes the block's points to the grid's frame, and their rays to where their LiDAR stood, `steps` from `firstNs` on. */
export function trace(count: i32, firstNs: f64, stepNs: f64, steps: i32): void {
  for (let p = 0; p < count; p++) {
    const to = toM + 12 * p
    const x = <f64>load<f32>(to)
    const y = <f64>load<f32>(to, 4)
    const z = <f64>load<f32>(to, 8)
    for (let axis = 0; axis < 3; axis++) {
      const row = transform + 24 * axis
      const moved = load<f64>(row) * x + load<f64>(row, 8) * y + load<f64>(row, 16) * z
      store<f32>(to + 4 * axis, <f32>(moved + load<f64>(transform + 8 * axis, 72)))
    }
    const along = (<f64>load<i32>(offsetNs + 4 * p) - firstNs) / stepNs
    const step = min(<i32>along, steps - 1)
    const share = along - <f64>step
    const at = positions + 24 * (<i32>load<u8>(lidarOf + p) * (steps + 1) + step)
    const from = fromM + 12 * p
    for (let axis = 0; axis < 3; axis++) {
      const start = load<f64>(at + 8 * axis)
      store<f32>(from + 4 * axis, <f32>(start + share * (load<f64>(at + 8 * axis, 24) - start)))
    }
  }
}

/** Marks what the block's rays pass, but for points that are left out. */
export function cast(count: i32): void {
  for (let p = 0; p < count; p++) {
    if (load<i16>(classOf + 2 * p) === leftOut) continue
    const from = fromM + 12 * p
    const to = toM + 12 * p
    castRay(
      passed + maskAt(load<u8>(lidarOf + p)) * bytesOfMask,
      (<f64>load<f32>(from) - originX) * perM,
      (<f64>load<f32>(from, 4) - originY) * perM,
      (<f64>load<f32>(from, 8) - originZ) * perM,
      (<f64>load<f32>(to) - originX) * perM,
      (<f64>load<f32>(to, 4) - originY) * perM,
      (<f64>load<f32>(to, 8) - originZ) * perM,
    )
  }
}

function maskAt(lidar: i32): i32 {
  return masks === 1 ? 0 : lidar
}

/** Lets the block's points vote on the classes of their voxels. */
export function vote(count: i32): void {
  for (let p = 0; p < count; p++) {
    const label = <i32>load<i16>(classOf + 2 * p)
    if (label === leftOut || label === unvoted) continue
    const to = toM + 12 * p
    voteAt(load<u8>(lidarOf + p), label, load<f32>(to), load<f32>(to, 4), load<f32>(to, 8))
  }
}

/** One point's vote, metres in the grid's frame. */
export function voteAt(lidar: i32, label: i32, x: f32, y: f32, z: f32): void {
  const i = floor((<f64>x - originX) * perM)
  const j = floor((<f64>y - originY) * perM)
  const k = floor((<f64>z - originZ) * perM)
  if (i < 0 || j < 0 || k < 0 || i >= <f64>X || j >= <f64>Y || k >= <f64>Z) return
  const column = <i32>i * Y + <i32>j
  const voxel = column * Z + <i32>k
  store<u8>(touched + maskAt(lidar) * bytesOfMask + voxel, 1)
  let slot = load<i32>(slotOf + 4 * voxel)
  if (slot === 0) {
    slot = ++slots
    store<i32>(slotOf + 4 * voxel, slot)
    reserve(firstSlot + slots * slotBytes)
    store<i32>(firstSlot + (slot - 1) * slotBytes, voxel)
  }
  const at = firstSlot + (slot - 1) * slotBytes + 2 * (label === untold ? untoldClass(column, z) : label)
  // Saturates: beyond 65,535 points of one class the vote is long decided.
  const points = load<u16>(at, 4)
  if (points < 65535) store<u16>(at, points + 1, 4)
}

function untoldClass(column: i32, z: f32): i32 {
  const aboveM = <f64>z - <f64>load<f32>(groundM + 4 * column)
  return load<u8>(isDrivable + column) === 1 && abs(aboveM) <= groundBandM ? drivable : others
}

/** Writes the class of every voxel with a point: the greatest weighted number, then weight, then the lowest index. */
export function draw(): void {
  for (let slot = 0, at = firstSlot; slot < slots; slot++, at += slotBytes)
    store<u8>(semantics + load<i32>(at), winner(at + 4))
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

/** Puts into `bits` which voxels of a mask were passed or hold a point. */
export function pack(mask: i32): void {
  const from = mask * bytesOfMask
  for (let at = 0; at < bytesOfMask; at += 16) {
    const isSeen = v128.or(v128.load(passed + from + at), v128.load(touched + from + at))
    store<u16>(bits + (at >> 3), <u16>i8x16.bitmask(i8x16.ne(isSeen, i8x16.splat(0))))
  }
}
