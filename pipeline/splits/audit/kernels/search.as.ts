/** AssemblyScript, compiled by `scripts/kernels.mjs`. Asks a tree that `build` made. */
import { axisCount, nodeBytes, startOf, unitsPerOne } from './layout.as'
import { coordinates, count, depth, leaves, nodes, numbers } from './tree.as'

/**
 * Compares whole signatures: of the one that is asked for and of the member with that number. Returns how far the nearest one
 * so far is away; farther ones are no longer of interest.
 */
declare function compare(number: i32): f64

/** Coordinates of the signature that is asked for. */
export const own = <i32>memory.data(64, 16)
/** How far the range looked at lies beside it, by axis: int32. */
const beside = <i32>memory.data(4 * 32, 16)
/** Rounding moves each coordinate by half a unit, so a difference by one, so a distance by √32. */
const slack: f64 = 6

/** Of the distance that is of interest, the part by which a range may lie beside to be entered; 1 in an exact search. */
let share: f64 = 1
/** Leaves that the search under way may still look at. */
let leavesLeft: i32 = 0
/** Squares, in units: members and ranges that are as far away are not looked at. */
let mostApart: i32 = 0
let mostBeside: i32 = 0

/** Compares all members that may be nearer than `distance` to the signature whose coordinates stand at `own`. */
export function compareNear(distance: f64, part: f64, mostLeaves: i32): void {
  share = part
  leavesLeft = mostLeaves
  memory.fill(beside, 0, 4 * axisCount)
  narrow(distance)
  search(1, 0)
}

function narrow(distance: f64): void {
  mostApart = squareOf(distance)
  mostBeside = squareOf(share * distance)
}

/** No two signatures of length 1 are farther apart than 2. */
function squareOf(distance: f64): i32 {
  const units = unitsPerOne * Math.min(2, distance) + slack
  return <i32>(units * units)
}

/** `squared`: how far the node's range lies beside what is asked for at least. */
function search(node: i32, squared: i32): void {
  if (leavesLeft === 0) return
  if (node >= leaves) {
    leavesLeft--
    look(startOf(node - leaves, count, depth), startOf(node - leaves + 1, count, depth))
    return
  }
  const at = nodes + nodeBytes * node
  const axis = <i32>load<u16>(at)
  const along = <i32>load<i16>(own + 2 * axis)
  const aboveLow = along - <i32>load<i16>(at, 2)
  const belowHigh = <i32>load<i16>(at, 4) - along
  if (aboveLow < belowHigh) {
    enter(2 * node, squared, axis, aboveLow)
    enter(2 * node + 1, squared, axis, belowHigh)
  } else {
    enter(2 * node + 1, squared, axis, belowHigh)
    enter(2 * node, squared, axis, aboveLow)
  }
}

/** Searches a half that lies beside what is asked for by `apart` along an axis, if it may hold something nearer. */
function enter(node: i32, squared: i32, axis: i32, apart: i32): void {
  const before = load<i32>(beside + 4 * axis)
  if (apart <= before) {
    if (squared < mostBeside) search(node, squared)
    return
  }
  const now = squared - before * before + apart * apart
  if (now >= mostBeside) return
  store<i32>(beside + 4 * axis, apart)
  search(node, now)
  store<i32>(beside + 4 * axis, before)
}

function look(from: i32, to: i32): void {
  const a = v128.load(own)
  const b = v128.load(own, 16)
  const c = v128.load(own, 32)
  const d = v128.load(own, 48)
  let at = coordinates + 64 * from
  for (let place = from; place < to; place++, at += 64) {
    const e = i16x8.sub(a, v128.load(at))
    const f = i16x8.sub(b, v128.load(at, 16))
    const g = i16x8.sub(c, v128.load(at, 32))
    const h = i16x8.sub(d, v128.load(at, 48))
    const ef = i32x4.add(i32x4.dot_i16x8_s(e, e), i32x4.dot_i16x8_s(f, f))
    const gh = i32x4.add(i32x4.dot_i16x8_s(g, g), i32x4.dot_i16x8_s(h, h))
    if (sumOf(i32x4.add(ef, gh)) < mostApart) narrow(compare(load<i32>(numbers + 4 * place)))
  }
}

function sumOf(four: v128): i32 {
  const two = i32x4.add(four, v128.shuffle<i32>(four, four, 2, 3, 0, 1))
  return i32x4.extract_lane(two, 0) + i32x4.extract_lane(two, 1)
}
