const asFloat = new Float32Array(1)
const asBits = new Uint32Array(asFloat.buffer)

/** Bits of the float16 nearest to a number, ties to even; what is too large becomes infinite (IEEE 754 binary16). */
export function halfBits(value: number): number {
  asFloat[0] = value
  const bits = asBits[0]
  const sign = (bits >>> 16) & 0x8000
  const size = bits & 0x7fffffff
  if (size >= 0x47800000) return sign | (size > 0x7f800000 ? 0x7e00 : 0x7c00)
  // Below 2⁻¹⁴ the spacing is 2⁻²⁴ throughout.
  if (size < 0x38800000) return sign | roundToEven(Math.abs(asFloat[0]) * 16777216)
  return sign | ((size - 0x38000000 + 0xfff + ((size >>> 13) & 1)) >>> 13)
}

function roundToEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor
}

/** The number that float16 bits stand for. */
export function halfValue(bits: number): number {
  const exponent = (bits >>> 10) & 31
  const fraction = bits & 1023
  const size =
    exponent === 0
      ? fraction / 16777216
      : exponent === 31
        ? fraction > 0
          ? Number.NaN
          : Number.POSITIVE_INFINITY
        : (1 + fraction / 1024) * 2 ** (exponent - 15)
  return bits & 0x8000 ? -size : size
}
