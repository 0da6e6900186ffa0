/** AssemblyScript (https://www.assemblyscript.org), compiled by `scripts/kernels.mjs`. What is made of a column element by element. */

/** Of a table, those that a vector of their low bytes and one of their high bytes hold. */
const nearValues: i32 = 16
const lowBytes = <i32>memory.data(nearValues, 16)
const highBytes = <i32>memory.data(nearValues, 16)

/** Writes to `to` the int16 of `table`, which has 256, for each byte. Reads and writes up to sixteen elements too many. */
export function lookUp(from: i32, count: i32, table: i32, to: i32): void {
  for (let value = 0; value < nearValues; value++) {
    store<u8>(lowBytes + value, load<u8>(table + 2 * value))
    store<u8>(highBytes + value, load<u8>(table + 2 * value + 1))
  }
  const low = v128.load(lowBytes)
  const high = v128.load(highBytes)
  for (let n = 0; n < count; n += 16) {
    const bytes = v128.load(from + n)
    if (v128.any_true(i8x16.ge_u(bytes, i8x16.splat(<i8>nearValues)))) {
      lookUpEach(from + n, min(16, count - n), table, to + 2 * n)
      continue
    }
    const lows = i8x16.swizzle(low, bytes)
    const highs = i8x16.swizzle(high, bytes)
    v128.store(to + 2 * n, v128.shuffle<u8>(lows, highs, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23))
    v128.store(
      to + 2 * n,
      v128.shuffle<u8>(lows, highs, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31),
      16,
    )
  }
}

function lookUpEach(from: i32, count: i32, table: i32, to: i32): void {
  for (let n = 0; n < count; n++) store<i16>(to + 2 * n, load<i16>(table + 2 * <i32>load<u8>(from + n)))
}

/** Writes 1 to `to` for each byte of at least `least`, without a sign, else 0. Writes up to fifteen bytes too many. */
export function areAtLeast(from: i32, count: i32, least: i32, to: i32): void {
  const limit = i8x16.splat(<i8>least)
  for (let n = 0; n < count; n += 16)
    v128.store(to + n, v128.and(i8x16.ge_u(v128.load(from + n), limit), i8x16.splat(1)))
}

/** The least and the greatest of some int32, 0 among them. */
export let least: i32 = 0
export let greatest: i32 = 0

export function startSpan(): void {
  least = 0
  greatest = 0
}

/** Widens `least` to `greatest` by `count` int32. */
export function widen(from: i32, count: i32): void {
  const end = from + 4 * count
  let at = from
  let low = i32x4.splat(least)
  let high = i32x4.splat(greatest)
  for (; at + 16 <= end; at += 16) {
    const four = v128.load(at)
    low = i32x4.min_s(low, four)
    high = i32x4.max_s(high, four)
  }
  for (; at < end; at += 4) {
    const one = v128.load32_splat(at)
    low = i32x4.min_s(low, one)
    high = i32x4.max_s(high, one)
  }
  least = min(
    min(i32x4.extract_lane(low, 0), i32x4.extract_lane(low, 1)),
    min(i32x4.extract_lane(low, 2), i32x4.extract_lane(low, 3)),
  )
  greatest = max(
    max(i32x4.extract_lane(high, 0), i32x4.extract_lane(high, 1)),
    max(i32x4.extract_lane(high, 2), i32x4.extract_lane(high, 3)),
  )
}
