/**
 * AssemblyScript (https://www.assemblyscript.org), compiled by `scripts/kernels.mjs` into `pairs.wasm.ts`: counts pairs of
 * labels. `countPairs.ts` is its other half. A pair is prediction · 256 + truth, as the two bytes lie beside each other.
 */

/** For each byte of a mask, the bytes of the pairs whose bit is set, in order; what is behind them selects nothing. */
const choices = <i32>memory.data(256 * 16, 16)
/** Counts of the pairs, two tables by turns: a count that was only just written is slow to read. */
const tableBytes = 65536 * 4
// The second begins a little past a whole number of pages, or the same cells of both would be in each other's way.
export const tables = <i32>memory.data(2 * tableBytes + 256, 64)
const second = tables + tableBytes + 256
export const tableStride: i32 = tableBytes + 256
const held = <i32>memory.data(32, 16)

export function setUp(): void {
  for (let mask = 0; mask < 256; mask++) {
    const row = choices + 16 * mask
    let at = row
    for (let bit = 0; bit < 8; bit++) {
      if (((mask >> bit) & 1) === 0) continue
      store<u8>(at++, <u8>(2 * bit))
      store<u8>(at++, <u8>(2 * bit + 1))
    }
    for (; at < row + 16; at++) store<u8>(at, 0x80)
  }
}

/**
 * Counts the voxels whose bit is set and returns the bits of all their pairs or'ed. Addresses of bytes, all of whole blocks
 * of 32 voxels; bits past the last voxel must be 0. @param pairs - room for two bytes a voxel and 16 more.
 */
export function countMasked(truth: i32, predicted: i32, mask: i32, voxels: i32, pairs: i32): i32 {
  let end = pairs
  for (let voxel = 0; voxel < voxels; voxel += 32) {
    let bits = load<u32>(mask + (voxel >> 3))
    for (let at = voxel; bits !== 0; at += 8, bits >>= 8) {
      const byte = bits & 255
      const each = v128.shuffle<u8>(
        v128.load_zero<u64>(truth + at),
        v128.load_zero<u64>(predicted + at),
        0,
        16,
        1,
        17,
        2,
        18,
        3,
        19,
        4,
        20,
        5,
        21,
        6,
        22,
        7,
        23,
      )
      v128.store(end, v128.swizzle(each, v128.load(choices + (byte << 4))))
      end += popcnt(byte) << 1
    }
  }
  return countList(pairs, end)
}

/** Two bytes a pair, from an address to another. */
function countList(from: i32, end: i32): i32 {
  let seen: u64 = 0
  let at = from
  for (; at + 8 <= end; at += 8) {
    const four = load<u64>(at)
    seen |= four
    add(tables + ((<i32>four & 0xffff) << 2), 1)
    add(second + ((<i32>(four >> 16) & 0xffff) << 2), 1)
    add(tables + ((<i32>(four >> 32) & 0xffff) << 2), 1)
    add(second + ((<i32>(four >> 48)) << 2), 1)
  }
  for (; at < end; at += 2) {
    const pair = load<u16>(at)
    seen |= pair
    add(tables + ((<i32>pair) << 2), 1)
  }
  seen |= seen >> 32
  return (<i32>seen | <i32>(seen >> 16)) & 0xffff
}

function add(cell: i32, count: i32): void {
  store<i32>(cell, load<i32>(cell) + count)
}

/** The same for all voxels: 16 at a time, and where they are as the 16 before, only that is counted. */
export function countAll(truth: i32, predicted: i32, voxels: i32, pairs: i32): i32 {
  let heldTruth = i8x16.splat(0)
  let heldPredicted = i8x16.splat(0)
  let times = 0
  let seen = 0
  const blocks = voxels & ~15
  for (let voxel = 0; voxel < blocks; voxel += 16) {
    const labels = v128.load(truth + voxel)
    const guesses = v128.load(predicted + voxel)
    if (v128.any_true(v128.or(v128.xor(labels, heldTruth), v128.xor(guesses, heldPredicted)))) {
      if (times) seen |= addBlock(heldTruth, heldPredicted, times)
      heldTruth = labels
      heldPredicted = guesses
      times = 0
    }
    times++
  }
  if (times) seen |= addBlock(heldTruth, heldPredicted, times)
  let end = pairs
  for (let voxel = blocks; voxel < voxels; voxel++, end += 2) {
    store<u8>(end, load<u8>(truth + voxel))
    store<u8>(end, load<u8>(predicted + voxel), 1)
  }
  return seen | countList(pairs, end)
}

/** Sixteen pairs, each `times`; returns their bits or'ed. */
function addBlock(labels: v128, guesses: v128, times: i32): i32 {
  v128.store(held, v128.shuffle<u8>(labels, guesses, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23))
  v128.store(held, v128.shuffle<u8>(labels, guesses, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), 16)
  let seen: u64 = 0
  for (let at = held; at < held + 32; at += 8) {
    const four = load<u64>(at)
    seen |= four
    add(tables + ((<i32>four & 0xffff) << 2), times)
    add(second + ((<i32>(four >> 16) & 0xffff) << 2), times)
    add(tables + ((<i32>(four >> 32) & 0xffff) << 2), times)
    add(second + ((<i32>(four >> 48)) << 2), times)
  }
  seen |= seen >> 32
  return (<i32>seen | <i32>(seen >> 16)) & 0xffff
}
