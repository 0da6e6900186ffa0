/**
 * AssemblyScript (https://www.assemblyscript.org), compiled by `scripts/kernels.mjs` into `voxels.wasm.ts`: what is done to
 * a frame point by point and voxel by voxel. `voxelKernel.ts` is its other half. Addresses are bytes of its memory, which
 * `setUp` lays out once for one grid.
 */
import { setUpFans } from './fans.as'
import { setGrid } from './grid.as'
import { bytesOfMask, clearMasks, masks, passed, setUpMasks } from './masks.as'
import { planBytes } from './planLayout.as'
import { lidarOf, setUpEnds } from './rayEnds.as'
import { markRay } from './rayMarks.as'
import { planRays, setUpPlans } from './rayPlans.as'
import { classOf, order, setUpSifting, siftFirst, siftOthers } from './raySifting.as'
import { region, reserve, startRegions } from './regions.as'
import { clearVotes, countVotes, packHits, setUpVotes, touched } from './votes.as'

export { bytesOfMask, passed } from './masks.as'
export { blockPoints, fromM, lidarOf, offsetNs, positions, take, toM, trace, transform } from './rayEnds.as'
export { classOf } from './raySifting.as'
export { draw, groundM, isDrivable, semantics, setUntold, voteAt, weights } from './votes.as'

/** Rays that are planned before they are marked: their plans stay in the processor's nearest cache. */
const blockRays: i32 = 64

let classes: i32 = 0

/** A bit a voxel, mask by mask, and from one to the next. */
export let bits: i32 = 0
export let bytesOfBits: i32 = 0
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
  lidarCount: i32,
  positionsOfLidar: i32,
): void {
  classes = classCount
  setGrid(x, y, z, cornerX, cornerY, cornerZ, voxelM)
  startRegions()
  setUpEnds(lidarCount, positionsOfLidar)
  setUpFans(lidarCount)
  setUpSifting()
  setUpPlans()
  plans = region((blockRays + 1) * planBytes)
  setUpMasks(maskCount)
  if (classes > 0) {
    bytesOfBits = bytesOfMask >> 3
    bits = region(masks * bytesOfBits)
    setUpVotes(classes)
  }
  reserve(0)
}

export function clear(): void {
  clearMasks()
  if (classes > 0) clearVotes()
}

/** Marks what the block's rays pass, but for points that are left out. */
export function cast(count: i32): void {
  mark(siftFirst(count))
  mark(siftOthers(count))
}

/** Marks what the first rays in `order` pass. */
function mark(count: i32): void {
  for (let first = 0; first < count; first += blockRays) {
    const last = min(first + blockRays, count)
    let end = plans
    for (let at = order + 4 * first; at < order + 4 * last; at += 8) end = planRays(end, at, at + 4 < order + 4 * last)
    for (let plan = plans; plan < end; plan += planBytes) markRay(plan)
  }
}

/** Lets the block's points vote on the classes of their voxels. */
export function vote(count: i32): void {
  countVotes(count, classOf, lidarOf)
}

/** Puts into `bits` which voxels of a mask were passed or hold a point. */
export function pack(mask: i32): void {
  const from = passed + mask * bytesOfMask
  const points = touched + mask * bytesOfMask
  const to = bits + mask * bytesOfBits
  for (let at = 0; at < bytesOfMask; at += 16) {
    const isPassed = v128.load(from + at)
    const isSeen = masks === 1 ? isPassed : v128.or(isPassed, v128.load(points + at))
    store<u16>(to + (at >> 3), <u16>i8x16.bitmask(i8x16.ne(isSeen, i8x16.splat(0))))
  }
  if (masks === 1) packHits(to)
}
