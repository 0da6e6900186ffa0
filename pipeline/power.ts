/**
 * `base` (positive) to any power, the same to the last bit on every Node. `**` is that for squares and for powers of two
 * only: V8 changed it between Node 22 and 24, while its exponential and logarithm stayed.
 */
export function power(base: number, exponent: number): number {
  return Math.exp(exponent * Math.log(base))
}
