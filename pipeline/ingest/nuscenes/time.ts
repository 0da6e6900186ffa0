/** ns since the Unix epoch of a time in nuScenes' µs: exact, for µs are whole numbers below 2^53. */
export function nsOf(timestampUs: number): bigint {
  return BigInt(timestampUs) * 1000n
}
