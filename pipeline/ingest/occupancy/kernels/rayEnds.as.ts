/**
 * AssemblyScript (https://www.assemblyscript.org), compiled by `scripts/kernels.mjs`. A block of points on their way to the grid: as
 * the host gives them, x y z a point, and as rays are planned and points vote, two at a time: all x, all y, all z of where each
 * ray starts and ends.
 */
import { wholes } from './fixedPoint.as'
import { region } from './regions.as'

/** Points that go through at once: few enough for the processor's cache, and the memory need not grow with sweeps. */
export const blockPoints: i32 = 8192

/** x y z a point, float32: of where each one's ray starts, for rays that are given; of where it ends, in the points' own frame. */
export let fromM: i32 = 0
export let toM: i32 = 0
/** int32; uint8. */
export let offsetNs: i32 = 0
export let lidarOf: i32 = 0
/** Rotation row by row, then translation, from the points' frame to the grid's: 12 float64. */
export let transform: i32 = 0
/** x y z of where each LiDAR stood, step by step, float64. */
export let positions: i32 = 0
/** Of each LiDAR the least x y z at which the block's rays start, and the greatest, float64. */
export let boxes: i32 = 0
export const boxBytes: i32 = 48

let lidars: i32 = 0
/** Float32, in the grid's frame: starts, then ends. */
let starts: i32 = 0
export let ends: i32 = 0
/** From one axis to the next. */
export const axisBytes: i32 = 4 * blockPoints

export function setUpEnds(lidarCount: i32, positionsOfLidar: i32): void {
  lidars = lidarCount
  fromM = region(12 * blockPoints + 16)
  toM = region(12 * blockPoints + 16)
  offsetNs = region(4 * blockPoints + 16)
  lidarOf = region(blockPoints + 16)
  transform = region(96)
  positions = region(24 * lidarCount * positionsOfLidar)
  boxes = region(boxBytes * lidarCount)
  starts = region(3 * axisBytes)
  ends = region(3 * axisBytes)
}

/** Where two rays start along an axis, 0 to 2, metres as float64. */
export function startsAt(p: i32, other: i32, axis: i32): v128 {
  return twoOf(starts + axis * axisBytes, p, other)
}

/** And where they end. */
export function endsOf(p: i32, other: i32, axis: i32): v128 {
  return twoOf(ends + axis * axisBytes, p, other)
}

function twoOf(coordinates: i32, p: i32, other: i32): v128 {
  return f64x2.promote_low_f32x4(v128.load32_lane(coordinates + 4 * other, v128.load32_zero(coordinates + 4 * p), 1))
}

/** Where points `p` and the next are along an axis, metres as float64. */
export function endsAt(p: i32, axis: i32): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(ends + axis * axisBytes + 4 * p))
}

/** Where four rays start along an axis, metres as float32; and where they end. */
export function fourStarts(p: i32, axis: i32): v128 {
  return v128.load(starts + axis * axisBytes + 4 * p)
}

export function fourEnds(p: i32, axis: i32): v128 {
  return v128.load(ends + axis * axisBytes + 4 * p)
}

/** LiDARs of four rays, int32. */
export function lidarsOf(p: i32): v128 {
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(lidarOf + p)))
}

/** A last point that has no other beside it has itself; of four, whatever stands there, of some LiDAR. */
function pair(count: i32): void {
  memory.copy(fromM + 12 * count, fromM + 12 * count - 12, 12)
  memory.copy(toM + 12 * count, toM + 12 * count - 12, 12)
  store<i32>(offsetNs + 4 * count, load<i32>(offsetNs + 4 * count - 4))
  store<u32>(lidarOf + count, load<u8>(lidarOf + count - 1))
}

/** Takes rays as they are given: the first LiDAR's. */
export function take(count: i32): void {
  memory.fill(lidarOf, 0, count)
  pair(count)
  for (let p = 0; p < count; p += 2) {
    for (let axis = 0; axis < 3; axis++) {
      put(starts, p, axis, pairOf(fromM, p, axis))
      put(ends, p, axis, pairOf(toM, p, axis))
    }
  }
  for (let axis = 0; axis < 3; axis++) boxStarts(count, axis)
}

/** The box of rays that are given. */
function boxStarts(count: i32, axis: i32): void {
  const from = starts + axis * axisBytes
  let low = load<f32>(from)
  let high = low
  for (let p = 1; p < count; p++) {
    low = min(low, load<f32>(from + 4 * p))
    high = max(high, load<f32>(from + 4 * p))
  }
  store<f64>(boxes + 8 * axis, low)
  store<f64>(boxes + 8 * axis, high, boxBytes / 2)
}

/** The box of every LiDAR from one step to another. */
function boxSteps(first: i32, last: i32, steps: i32): void {
  for (let lidar = 0; lidar < lidars; lidar++) {
    const from = positions + 24 * lidar * (steps + 1)
    for (let axis = 0; axis < 3; axis++) {
      let low: f64 = Infinity
      let high: f64 = -Infinity
      for (let step = first; step <= last; step++) {
        low = min(low, load<f64>(from + 24 * step + 8 * axis))
        high = max(high, load<f64>(from + 24 * step + 8 * axis))
      }
      store<f64>(boxes + boxBytes * lidar + 8 * axis, low)
      store<f64>(boxes + boxBytes * lidar + 8 * axis, high, boxBytes / 2)
    }
  }
}

/** One coordinate of two points that stand one after the other. */
function pairOf(points: i32, p: i32, axis: i32): v128 {
  const at = points + 12 * p + 4 * axis
  return f64x2.promote_low_f32x4(v128.load32_lane(at, v128.load32_zero(at), 1, 12))
}

/** Takes the block's points to the grid's frame, and their rays to where their LiDAR stood, `steps` from `firstNs` on. */
export function trace(count: i32, firstNs: f64, stepNs: f64, steps: i32): void {
  pair(count)
  for (let p = 0; p < count; p += 2) {
    const x = pairOf(toM, p, 0)
    const y = pairOf(toM, p, 1)
    const z = pairOf(toM, p, 2)
    put(ends, p, 0, moved(0, x, y, z))
    put(ends, p, 1, moved(1, x, y, z))
    put(ends, p, 2, moved(2, x, y, z))
  }
  const lastStep = f64x2.splat(steps - 1)
  let least = lastStep
  let most = f64x2.splat(0)
  for (let p = 0; p < count; p += 2) {
    const offsets = f64x2.convert_low_i32x4_s(v128.load64_zero(offsetNs + 4 * p))
    const along = f64x2.div(f64x2.sub(offsets, f64x2.splat(firstNs)), f64x2.splat(stepNs))
    const step = f64x2.pmin(f64x2.floor(along), lastStep)
    const share = f64x2.sub(along, step)
    least = f64x2.pmin(least, step)
    most = f64x2.pmax(most, step)
    const places = f64x2.add(step, f64x2.splat(wholes))
    const one = positions + 24 * (<i32>load<u8>(lidarOf + p) * (steps + 1) + i32x4.extract_lane(places, 0))
    const other = positions + 24 * (<i32>load<u8>(lidarOf + p + 1) * (steps + 1) + i32x4.extract_lane(places, 2))
    put(starts, p, 0, between(one, other, share))
    put(starts, p, 1, between(one + 8, other + 8, share))
    put(starts, p, 2, between(one + 16, other + 16, share))
  }
  const first = min(f64x2.extract_lane(least, 0), f64x2.extract_lane(least, 1))
  const last = max(f64x2.extract_lane(most, 0), f64x2.extract_lane(most, 1))
  boxSteps(<i32>first, <i32>last + 1, steps)
}

/** A coordinate of two LiDARs' places, at the share of the way to the next step. */
function between(one: i32, other: i32, share: v128): v128 {
  const from = v128.load64_lane(other, v128.load64_zero(one), 1)
  const next = v128.load64_lane(other, v128.load64_zero(one, 24), 1, 24)
  return f64x2.add(from, f64x2.mul(share, f64x2.sub(next, from)))
}

/** One row of the transform. */
function moved(axis: i32, x: v128, y: v128, z: v128): v128 {
  const row = transform + 24 * axis
  const xy = f64x2.add(f64x2.mul(v128.load64_splat(row), x), f64x2.mul(v128.load64_splat(row, 8), y))
  return f64x2.add(
    f64x2.add(xy, f64x2.mul(v128.load64_splat(row, 16), z)),
    v128.load64_splat(transform + 72 + 8 * axis),
  )
}

function put(places: i32, p: i32, axis: i32, metres: v128): void {
  v128.store64_lane(places + axis * axisBytes + 4 * p, f32x4.demote_f64x2_zero(metres), 0)
}
