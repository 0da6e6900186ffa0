import { normalQuantile } from './distributions.js'

/**
 * Wilson's score interval for a proportion: E. B. Wilson, 1927, https://doi.org/10.1080/01621459.1927.10502953; that it
 * keeps its promise where n is small or p near 0 or 1: L. Brown, T. Cai & A. DasGupta, "Interval Estimation for a
 * Binomial Proportion", 2001, https://doi.org/10.1214/ss/1009213286.
 *
 * Trials must be independent: logs, events or sites, not voxels of one frame. `trials` may be fractional, an effective
 * sample size. Null without trials.
 */
export function wilson(successes: number, trials: number, confidence = 0.95): { low: number; high: number } | null {
  if (trials <= 0) return null
  const z = normalQuantile(0.5 + confidence / 2)
  const p = successes / trials
  const scale = 1 + (z * z) / trials
  const centre = (p + (z * z) / (2 * trials)) / scale
  const half = (z / scale) * Math.sqrt((p * (1 - p)) / trials + (z * z) / (4 * trials * trials))
  // At 0 or all successes the formula gives 0 or 1 exactly, but for rounding.
  return { low: successes === 0 ? 0 : centre - half, high: successes === trials ? 1 : centre + half }
}
