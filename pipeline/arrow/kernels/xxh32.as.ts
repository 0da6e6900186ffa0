/**
 * AssemblyScript (https://www.assemblyscript.org), compiled by `scripts/kernels.mjs`. XXH32 without a seed
 * (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md), the checksum of LZ4 frames.
 */

const prime1: u32 = 0x9e3779b1
const prime2: u32 = 0x85ebca77
const prime3: u32 = 0xc2b2ae3d
const prime4: u32 = 0x27d4eb2f
const prime5: u32 = 0x165667b1

export function xxh32(from: i32, length: i32): u32 {
  const end = from + length
  let at = from
  let sum: u32 = prime5
  if (length >= 16) {
    let a: u32 = prime1 + prime2
    let b: u32 = prime2
    let c: u32 = 0
    let d: u32 = 0 - prime1
    for (; end - at >= 16; at += 16) {
      a = lane(a, at)
      b = lane(b, at + 4)
      c = lane(c, at + 8)
      d = lane(d, at + 12)
    }
    sum = rotl<u32>(a, 1) + rotl<u32>(b, 7) + rotl<u32>(c, 12) + rotl<u32>(d, 18)
  }
  sum += <u32>length
  for (; end - at >= 4; at += 4) sum = rotl<u32>(sum + load<u32>(at) * prime3, 17) * prime4
  for (; at < end; at++) sum = rotl<u32>(sum + <u32>load<u8>(at) * prime5, 11) * prime1
  sum = (sum ^ (sum >>> 15)) * prime2
  sum = (sum ^ (sum >>> 13)) * prime3
  return sum ^ (sum >>> 16)
}

function lane(sum: u32, at: i32): u32 {
  return rotl<u32>(sum + load<u32>(at) * prime2, 13) * prime1
}
