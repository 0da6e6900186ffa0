/** AssemblyScript (https://www.assemblyscript.org), compiled by `scripts/kernels.mjs`. How often each value occurs in a column of bytes. */

const values: i32 = 256
/** Of a table of counts, uint32 a value. */
const tableBytes: i32 = 4 * values
/** Four tables by turns: a count that was only just written is slow to read. The host reads the first. */
export const counts = <i32>memory.data(4 * 1024, 16)

export function clearCounts(): void {
  memory.fill(counts, 0, 4 * tableBytes)
}

/** Counts `count` bytes. */
export function countBytes(from: i32, count: i32): void {
  const end = from + count
  let at = from
  for (; at + 4 <= end; at += 4) {
    const four = load<u32>(at)
    add(0, four & 255, 1)
    add(1, (four >>> 8) & 255, 1)
    add(2, (four >>> 16) & 255, 1)
    add(3, four >>> 24, 1)
  }
  for (; at < end; at++) add(0, load<u8>(at), 1)
}

/** The same of those whose bit in `mask` is set. `count` is a multiple of sixteen. */
export function countMaskedBytes(from: i32, mask: i32, count: i32): void {
  for (let n = 0; n < count; n += 16) {
    let bits = <i32>load<u16>(mask + (n >>> 3))
    if (bits === 0) continue
    // Voxels of a column mostly are what the lowest is.
    const first = load<u8>(from + n)
    const likeFirst = bits & i8x16.bitmask(i8x16.eq(v128.load(from + n), i8x16.splat(first)))
    add(0, first, popcnt<i32>(likeFirst))
    for (bits ^= likeFirst; bits !== 0; bits &= bits - 1) add(1, load<u8>(from + n + ctz<i32>(bits)), 1)
  }
}

/** Brings the four tables into the first. */
export function sumCounts(): void {
  for (let at = counts; at < counts + tableBytes; at += 16) {
    const lower = i32x4.add(v128.load(at), v128.load(at, tableBytes))
    v128.store(at, i32x4.add(lower, i32x4.add(v128.load(at, 2 * tableBytes), v128.load(at, 3 * tableBytes))))
  }
}

function add(table: i32, value: u32, more: u32): void {
  const at = counts + table * tableBytes + 4 * value
  store<u32>(at, load<u32>(at) + more)
}
