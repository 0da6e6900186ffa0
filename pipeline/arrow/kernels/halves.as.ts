/** AssemblyScript (https://www.assemblyscript.org), compiled by `scripts/kernels.mjs`. IEEE 754 half precision to single. */

/** From the bias of a half's exponent to that of a single: 2¹¹². Exact for all finite halves, those without a leading 1 too. */
const bias: f32 = reinterpret<f32>((112 + 127) << 23)
/** From here on, sign apart, a half is infinite or no number; as the bits of a single before its bias is set right. */
const notFinite: i32 = 0x7c00 << 13
const allOfExponent: i32 = 0x7f800000

/**
 * Writes x y z a point, float32, of three columns of halves; `count` is a multiple of four. Returns whether any is infinite or no
 * number.
 */
export function triplesOfHalves(x: i32, y: i32, z: i32, to: i32, count: i32): bool {
  let largest = i32x4.splat(0)
  for (let p = 0; p < count; p += 4) {
    const xs = v128.load16x4_u(x + 2 * p)
    const ys = v128.load16x4_u(y + 2 * p)
    const zs = v128.load16x4_u(z + 2 * p)
    largest = i32x4.max_s(largest, i32x4.max_s(sizesOf(xs), i32x4.max_s(sizesOf(ys), sizesOf(zs))))
    const a = singles(xs)
    const b = singles(ys)
    const c = singles(zs)
    const at = to + 12 * p
    v128.store(at, v128.shuffle<i32>(v128.shuffle<i32>(a, b, 0, 4, 1, 5), c, 0, 1, 4, 2))
    v128.store(at, v128.shuffle<i32>(v128.shuffle<i32>(b, c, 1, 5, 2, 6), a, 0, 1, 6, 2), 16)
    v128.store(at, v128.shuffle<i32>(v128.shuffle<i32>(c, a, 2, 7, 3, 7), b, 0, 1, 7, 2), 32)
  }
  return v128.any_true(i32x4.ge_s(largest, i32x4.splat(notFinite)))
}

/** Without their signs, as the bits of singles before their bias is set right. */
function sizesOf(halves: v128): v128 {
  return i32x4.shl(v128.and(halves, i32x4.splat(0x7fff)), 13)
}

function singles(halves: v128): v128 {
  const size = sizesOf(halves)
  const sign = i32x4.shl(v128.and(halves, i32x4.splat(0x8000)), 16)
  const isNotFinite = v128.and(i32x4.ge_s(size, i32x4.splat(notFinite)), i32x4.splat(allOfExponent))
  return v128.or(v128.or(f32x4.mul(size, f32x4.splat(bias)), isNotFinite), sign)
}
