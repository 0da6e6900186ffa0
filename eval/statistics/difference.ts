import { effectiveClusters } from './effectiveClusters.js'
import type { Resamples } from './resample.js'

/** Candidate − baseline on the same draws of the same clusters: what the clusters have in common cancels. */
export function pairedDifference(candidate: Resamples, baseline: Resamples): Resamples {
  return {
    value: minus(candidate.value, baseline.value),
    onDraws: candidate.onDraws.map((value, b) => value - baseline.onDraws[b]),
    jackknife: candidate.jackknife.map((value, c) => minus(value, baseline.jackknife[c])),
    supports: candidate.supports.map((does, c) => does || baseline.supports[c]),
  }
}

/** One − other, of clusters that are not the same, each drawn by itself: the two-sample bootstrap. */
export function twoSampleDifference(one: Resamples, other: Resamples): Resamples {
  return {
    value: minus(one.value, other.value),
    onDraws: one.onDraws.map((value, b) => value - other.onDraws[b]),
    jackknife: [
      ...one.jackknife.map((value) => minus(value, other.value)),
      ...other.jackknife.map((value) => minus(one.value, value)),
    ],
    supports: [...one.supports, ...other.supports],
  }
}

/**
 * The number of clusters that a two-sample difference takes for its interval: Welch's degrees of freedom and one, from the
 * spread of either side on the draws. B. L. Welch, 1947, https://doi.org/10.2307/2332510.
 *
 * @param sizes - of the clusters of either side.
 */
export function welchClusters(
  [one, other]: readonly [Resamples, Resamples],
  sizes: readonly [ArrayLike<number>, ArrayLike<number>],
): number {
  const variances = [one, other].map(({ onDraws }) => varianceOf(onDraws))
  const degrees = sizes.map((each) => Math.max(1, effectiveClusters(each) - 1))
  const sum = variances[0] + variances[1]
  const spread = variances.reduce((total, variance, side) => total + variance ** 2 / degrees[side], 0)
  return 1 + (spread > 0 ? sum ** 2 / spread : Math.min(...degrees))
}

/** Of the draws on which there is a value. */
function varianceOf(onDraws: Float64Array): number {
  const defined = onDraws.filter((value) => !Number.isNaN(value))
  const mean = defined.reduce((sum, value) => sum + value, 0) / defined.length
  return defined.length === 0 ? 0 : defined.reduce((sum, value) => sum + (value - mean) ** 2, 0) / defined.length
}

function minus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a - b
}
