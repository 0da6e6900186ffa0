/** AssemblyScript, compiled by `scripts/kernels.mjs`. Signatures to coordinates. */
import { axisCount, coordinateBytes, unitsPerOne } from './layout.as'

/** Sums along the axes: float64. */
const sums = <i32>memory.data(32 * 8, 16)

/**
 * The coordinates of `count` signatures, each scaled to length 1. A sum goes over the values in their order, so it is what
 * plain code makes of it. @param values - [count, length], uint8. @param axes - [length, 32], float64: a row holds one
 * value's share of all axes, and 0 in the place of the last. @param coordinates - [count, 32], int16, is written.
 */
export function project(values: i32, count: i32, length: i32, axes: i32, coordinates: i32): void {
  for (let n = 0; n < count; n++) {
    const from = values + length * n
    addUp(from, length, axes, sums)
    addUp(from, length, axes + 128, sums + 128)
    round(lengthOf(from, length), coordinates + coordinateBytes * n)
  }
}

function lengthOf(values: i32, length: i32): f64 {
  let square: f64 = 0
  for (let i = 0; i < length; i++) {
    const value = <i32>load<u8>(values + i)
    square += <f64>(value * value)
  }
  return Math.sqrt(square)
}

/** Writes the sums and what they leave of a signature of that length, for a length of 1. */
function round(length: f64, coordinates: i32): void {
  let left: f64 = 1
  for (let axis = 0; axis < axisCount - 1; axis++) {
    const along = load<f64>(sums + 8 * axis) / length
    left -= along * along
    store<i16>(coordinates + 2 * axis, wholes(along))
  }
  store<i16>(coordinates + coordinateBytes - 2, wholes(Math.sqrt(Math.max(0, left))))
}

function wholes(along: f64): i16 {
  return <i16>(<i32>nearest(unitsPerOne * along))
}

/** Along sixteen axes. */
function addUp(values: i32, length: i32, axes: i32, into: i32): void {
  let a = f64x2.splat(0)
  let b = f64x2.splat(0)
  let c = f64x2.splat(0)
  let d = f64x2.splat(0)
  let e = f64x2.splat(0)
  let f = f64x2.splat(0)
  let g = f64x2.splat(0)
  let h = f64x2.splat(0)
  let row = axes
  for (let i = 0; i < length; i++) {
    const value = f64x2.splat(<f64>load<u8>(values + i))
    a = f64x2.add(a, f64x2.mul(value, v128.load(row)))
    b = f64x2.add(b, f64x2.mul(value, v128.load(row, 16)))
    c = f64x2.add(c, f64x2.mul(value, v128.load(row, 32)))
    d = f64x2.add(d, f64x2.mul(value, v128.load(row, 48)))
    e = f64x2.add(e, f64x2.mul(value, v128.load(row, 64)))
    f = f64x2.add(f, f64x2.mul(value, v128.load(row, 80)))
    g = f64x2.add(g, f64x2.mul(value, v128.load(row, 96)))
    h = f64x2.add(h, f64x2.mul(value, v128.load(row, 112)))
    row += 8 * axisCount
  }
  v128.store(into, a)
  v128.store(into, b, 16)
  v128.store(into, c, 32)
  v128.store(into, d, 48)
  v128.store(into, e, 64)
  v128.store(into, f, 80)
  v128.store(into, g, 96)
  v128.store(into, h, 112)
}
