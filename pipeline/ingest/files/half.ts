/** IEEE 754 half precision to single: every one of the 65,536 patterns, as LiDAR coordinates are stored. */
export const floatOfHalf: Float32Array = Float32Array.from({ length: 65536 }, (_, bits) => floatValue(bits))

function floatValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = (bits & 0x3ff) / 1024
  if (exponent === 0) return sign * fraction * 2 ** -14
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return sign * (1 + fraction) * 2 ** (exponent - 15)
}
