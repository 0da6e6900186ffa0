import { normalQuantile, studentCdf } from './distributions.js'
import { bcaShift, expansion, shareBelow } from './interval.js'
import { type Resamples, replicatesOf } from './resample.js'

/** Fewer draws than these beyond 0 are no estimate of a tail. */
const fewestInTail = 10

/**
 * The two-sided p of "the value is 0", by inverting the BCa interval of `interval.ts`: 1 − the confidence at which that
 * interval just reaches 0 (B. Efron & R. Tibshirani, "An Introduction to the Bootstrap", 1993, §15.4), so that p < 0.05
 * says what the 95 % interval says. Where fewer than ten draws lie beyond 0 their share tells little; there 0's place is
 * that on a normal curve with the draws' mean and spread, which lets corrections for many tests see how small p is.
 *
 * Clusters that all agree on a difference give no spread: then it is the sign test's, 2^(1−n) for n clusters, and 1 where
 * they agree on 0.
 *
 * @param effective - as in `IntervalRule`.
 * @returns null where there is no value or fewer than two clusters support it.
 */
export function pOfZero(of: Resamples, effective?: number): number | null {
  const supporting = of.supports.filter(Boolean).length
  const replicates = replicatesOf(of)
  if (of.value === null || supporting < 2 || replicates.length < 2) return null
  if (replicates[0] === replicates[replicates.length - 1]) return of.value === 0 ? 1 : 2 ** (1 - supporting)
  const shift = bcaShift(of, replicates)
  const { u, isBeyond } = placeOfZero(replicates)
  const shifted = typeof shift === 'string' ? u : unshifted(u, shift)
  // Far out the correction is unstable, and may make anything of a large z: there it must not make p smaller.
  const z = isBeyond ? Math.min(Math.abs(u), Math.abs(shifted)) : shifted
  const { factor, degrees } = expansion(effective ?? supporting)
  // No p is 0: below this the distribution function is rounding.
  return Math.max(Number.EPSILON, Math.min(1, 2 * studentCdf(-Math.abs(z) / factor, degrees)))
}

/** The z-value of 0 among the replicates, and whether too few lie beyond it to know it from them. */
function placeOfZero(replicates: Float64Array): { u: number; isBeyond: boolean } {
  const share = shareBelow(replicates, 0)
  const edge = Math.min(0.5, fewestInTail / replicates.length)
  if (share > edge && share < 1 - edge) return { u: normalQuantile(share), isBeyond: false }
  const mean = replicates.reduce((sum, value) => sum + value, 0) / replicates.length
  const spread = Math.sqrt(replicates.reduce((sum, value) => sum + (value - mean) ** 2, 0) / replicates.length)
  const atLeast = -normalQuantile(edge)
  const u = share <= edge ? Math.min(-atLeast, -mean / spread) : Math.max(atLeast, -mean / spread)
  return { u, isBeyond: true }
}

/** The z of which BCa's level, Φ(bias + (bias + z)/(1 − acceleration·(bias + z))), is Φ(u). */
function unshifted(u: number, { bias, acceleration }: { bias: number; acceleration: number }): number {
  const grown = 1 + acceleration * (u - bias)
  // Beyond the end of the transformation no z leads to u: the plain percentile stands.
  return grown > 0 ? (u - bias) / grown - bias : u
}
