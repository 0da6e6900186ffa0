/** AssemblyScript, compiled by `scripts/kernels.mjs`. Makes a tree: puts the members in its order and fills its nodes. */
import { axisCount, coordinateBytes, nodeBytes, startOf } from './layout.as'
import { coordinates, count, depth, nodes, numbers } from './tree.as'

/** Of a range so many members, evenly drawn, say along which axis it is widest. */
const drawn: i32 = 64

/** Puts the members of the tree that `setTree` named in its order, and fills its nodes. */
export function build(): void {
  for (let level = 0; level < depth; level++) for (let n = 1 << level; n < 2 << level; n++) part(n, level)
}

function part(node: i32, level: i32): void {
  const leaves = 1 << (depth - level)
  const leaf = (node - (1 << level)) * leaves
  const from = startOf(leaf, count, depth)
  const middle = startOf(leaf + (leaves >> 1), count, depth)
  const to = startOf(leaf + leaves, count, depth)
  const axis = widest(from, to)
  select(from, to - 1, middle, axis)
  let lowEnd = valueAt(from, axis)
  for (let place = from + 1; place < middle; place++) lowEnd = max(lowEnd, valueAt(place, axis))
  const at = nodes + nodeBytes * node
  store<u16>(at, <u16>axis)
  store<i16>(at, <i16>lowEnd, 2)
  store<i16>(at, <i16>valueAt(middle, axis), 4)
}

/** The axis along which the members of a range that are drawn differ most, by their variance. */
function widest(from: i32, to: i32): i32 {
  const step = max(1, (to - from) / drawn)
  let best = 0
  let most: f64 = -1
  for (let axis = 0; axis < axisCount; axis++) {
    let terms: f64 = 0
    let sum: f64 = 0
    let squares: f64 = 0
    for (let place = from; place < to; place += step) {
      const value = <f64>valueAt(place, axis)
      terms += 1
      sum += value
      squares += value * value
    }
    const variance = squares * terms - sum * sum
    if (variance > most) {
      best = axis
      most = variance
    }
  }
  return best
}

/** Puts the member of rank `middle` along an axis in its place, smaller ones before it and greater ones behind it (Hoare). */
function select(first: i32, last: i32, middle: i32, axis: i32): void {
  let from = first
  let to = last
  while (from < to) {
    const pivot = medianOf(valueAt(from, axis), valueAt((from + to) >> 1, axis), valueAt(to, axis))
    let low = from
    let high = to
    while (low <= high) {
      while (valueAt(low, axis) < pivot) low++
      while (valueAt(high, axis) > pivot) high--
      if (low <= high) swap(low++, high--)
    }
    // What lies between the two equals the pivot.
    if (middle <= high) to = high
    else if (middle >= low) from = low
    else return
  }
}

function medianOf(a: i32, b: i32, c: i32): i32 {
  return max(min(a, b), min(max(a, b), c))
}

function swap(a: i32, b: i32): void {
  const number = load<i32>(numbers + 4 * a)
  store<i32>(numbers + 4 * a, load<i32>(numbers + 4 * b))
  store<i32>(numbers + 4 * b, number)
  const atA = coordinates + coordinateBytes * a
  const atB = coordinates + coordinateBytes * b
  for (let byte = 0; byte < coordinateBytes; byte += 16) {
    const held = v128.load(atA + byte)
    v128.store(atA + byte, v128.load(atB + byte))
    v128.store(atB + byte, held)
  }
}

function valueAt(place: i32, axis: i32): i32 {
  return <i32>load<i16>(coordinates + coordinateBytes * place + 2 * axis)
}
