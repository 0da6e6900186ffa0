/**
 * AssemblyScript (https://www.assemblyscript.org), compiled by `scripts/kernels.mjs`. One block of LZ4
 * (https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md): literals, then a match with what is unpacked already, in turn.
 */

/** A match is this much longer than its length says. */
const leastMatch: i32 = 4

/**
 * Unpacks the block from `from` to `end` to `to`, at most to `limit`; its matches go back to `first` at most. Writes up to 16
 * bytes more than it says, and reads as many beyond `end`. Returns where the content ends; −1 for a damaged block.
 */
export function unpackBlock(from: i32, end: i32, to: i32, limit: i32, first: i32): i32 {
  let at = from
  let out = to
  while (at < end) {
    const token = <i32>load<u8>(at++)
    let literals = token >>> 4
    if (literals === 15) {
      let more = 255
      while (more === 255) {
        if (at >= end) return -1
        more = load<u8>(at++)
        literals += more
      }
    }
    if (literals > end - at || literals > limit - out) return -1
    copyApart(out, at, literals)
    at += literals
    out += literals
    // The last sequence is literals alone.
    if (at === end) return out
    if (end - at < 2) return -1
    const back = <i32>load<u16>(at)
    at += 2
    let match = (token & 15) + leastMatch
    if ((token & 15) === 15) {
      let more = 255
      while (more === 255) {
        if (at >= end) return -1
        more = load<u8>(at++)
        match += more
      }
    }
    if (back === 0 || back > out - first || match > limit - out) return -1
    copyMatch(out, back, match)
    out += match
  }
  // Nor does a block end with a match.
  return -1
}

/** Sixteen bytes at a time, of which the last may be too many. */
function copyApart(to: i32, from: i32, length: i32): void {
  v128.store(to, v128.load(from))
  for (let n = 16; n < length; n += 16) v128.store(to + n, v128.load(from + n))
}

/** For each pattern of fewer than sixteen bytes, which of them each of sixteen bytes is. */
const patterns = <i32>memory.data(16 * 16, 16)

function setUpPatterns(): void {
  for (let back = 1; back < 16; back++) for (let n = 0; n < 16; n++) store<u8>(patterns + 16 * back + n, <u8>(n % back))
}
setUpPatterns()

/** What lies `back` bytes before, which is what the copy itself writes where the match is longer than that. */
function copyMatch(to: i32, back: i32, length: i32): void {
  if (back >= 16) {
    copyApart(to, to - back, length)
    return
  }
  const repeated = i8x16.swizzle(v128.load(to - back), v128.load(patterns + 16 * back))
  v128.store(to, repeated)
  // As many whole patterns at a time as there is room for in a vector.
  const whole = 16 - (16 % back)
  for (let n = whole; n < length; n += whole) v128.store(to + n, repeated)
}
