import { normalCdf, normalQuantile, studentQuantile } from './distributions.js'
import { type Resamples, replicatesOf } from './resample.js'

/** A value with its confidence interval. `low` and `high` are null where `method` is none, and `reason` says why. */
export interface Interval {
  value: number | null
  low: number | null
  high: number | null
  confidence: number
  method: 'bca' | 'percentile' | 'wilson' | 'none'
  /** Why it is not BCa although BCa was asked for, what Wilson's rests on, or why there is none. */
  reason?: string
  /** Clusters that say something about the value; the number to hold against a minimum. */
  clusters: number
  /** Clusters that were drawn from. */
  drawn: number
  /** Resamples on which the value was applicable; the interval is conditional on that. */
  resamples: number
}

/** How an interval is made of resamples. */
export interface IntervalRule {
  confidence: number
  method: 'bca' | 'percentile'
  /** Clusters of equal size that would tell as much (`effectiveClusters.ts`); those that support the value when left out. */
  effective?: number
}

/**
 * The percentile or BCa interval of resamples: B. Efron, "Better Bootstrap Confidence Intervals", 1987,
 * https://doi.org/10.1080/01621459.1987.10478410, with the acceleration from the jackknife over clusters.
 *
 * Both take expanded percentiles, as the R package `resample` does: with n clusters the bootstrap is too narrow by
 * √((n−1)/n) and uses z where t belongs, so z_α becomes √(n/(n−1))·t_{α,n−1}: T. Hesterberg, "What Teachers Should Know
 * about the Bootstrap", 2014, https://arxiv.org/abs/1411.5279. (A plain percentile interval of a mean over ten logs covers
 * 90 % where it says 95.) Ours takes the effective number of clusters for n, since logs hold unequal numbers of voxels.
 */
export function intervalOf(of: Resamples, { confidence, method, effective }: IntervalRule): Interval {
  const replicates = replicatesOf(of)
  const supporting = of.supports.filter(Boolean).length
  const drawn = of.supports.length
  const common = { value: of.value, confidence, clusters: supporting, drawn, resamples: replicates.length }
  const lacking = whyNone(of.value, replicates.length, supporting, drawn)
  if (lacking) return { ...common, low: null, high: null, method: 'none', reason: lacking }
  const { factor, degrees } = expansion(effective ?? supporting)
  const z = factor * studentQuantile(0.5 + confidence / 2, degrees)
  const levels = method === 'bca' ? bcaLevels(bcaShift(of, replicates), z) : undefined
  const [lowLevel, highLevel] = Array.isArray(levels) ? levels : [normalCdf(-z), normalCdf(z)]
  return {
    ...common,
    low: quantile(replicates, lowLevel),
    high: quantile(replicates, highLevel),
    method: Array.isArray(levels) ? 'bca' : 'percentile',
    ...(typeof levels === 'string' && { reason: levels }),
  }
}

/** By how much z becomes √(n/(n−1))·t with n clusters, and t's degrees of freedom, a whole number. */
export function expansion(clusters: number): { factor: number; degrees: number } {
  const n = Math.max(2, clusters)
  return { factor: Math.sqrt(n / (n - 1)), degrees: Math.max(1, Math.round(n - 1)) }
}

/**
 * The value below which the part `p` of the population of these sorted draws lies: the (n + 1)·p-th of them, between
 * neighbours linearly, the ends beyond. A. Davison & D. Hinkley, "Bootstrap Methods and their Application", 1997, §5.3;
 * NumPy's default would be narrower by a rank on either side.
 */
export function quantile(sorted: Float64Array, p: number): number {
  const last = sorted.length - 1
  const at = Math.min(Math.max((sorted.length + 1) * p - 1, 0), last)
  const below = Math.floor(at)
  return sorted[below] + (at - below) * (sorted[Math.min(below + 1, last)] - sorted[below])
}

function whyNone(value: number | null, replicates: number, supporting: number, drawn: number): string | undefined {
  if (value === null) return 'the value is not applicable'
  if (supporting < 2) return `an interval needs 2 clusters that support the value, and ${supporting} of ${drawn} do`
  if (replicates < 2) return 'the value is applicable on fewer than two resamples'
}

/** BCa's correction of bias and of a spread that changes with the value. */
export interface BcaShift {
  bias: number
  acceleration: number
}

/** The shift, or the reason that there is none. */
export function bcaShift({ value, jackknife }: Resamples, sorted: Float64Array): BcaShift | string {
  const below = shareBelow(sorted, value as number)
  if (below === 0 || below === 1) return 'all resamples lie on one side of the value'
  const acceleration = accelerationOf(jackknife)
  return typeof acceleration === 'string' ? acceleration : { bias: normalQuantile(below), acceleration }
}

/** BCa's two percentile levels, or the reason that there are none. */
function bcaLevels(shift: BcaShift | string, z: number): [number, number] | string {
  if (typeof shift === 'string') return shift
  const { bias, acceleration } = shift
  const level = (zAtLevel: number) => {
    const shrink = 1 - acceleration * (bias + zAtLevel)
    return shrink > 0 ? normalCdf(bias + (bias + zAtLevel) / shrink) : Number.NaN
  }
  const levels: [number, number] = [level(-z), level(z)]
  return levels.some(Number.isNaN) ? 'the acceleration is too large for so few clusters' : levels
}

/** The part of the replicates below a value; half of those equal to it count. */
export function shareBelow(sorted: Float64Array, value: number): number {
  let twice = 0
  for (const replicate of sorted) twice += replicate < value ? 2 : replicate === value ? 1 : 0
  return twice / (2 * sorted.length)
}

/** Efron's a = Σ d³ / (6·(Σ d²)^1.5), d = mean of the jackknife values − each. */
function accelerationOf(jackknife: readonly (number | null)[]): number | string {
  let mean = 0
  for (const value of jackknife) {
    if (value === null) return 'without one of the clusters the value is not applicable'
    mean += value / jackknife.length
  }
  let squares = 0
  let cubes = 0
  for (const value of jackknife) {
    const deviation = mean - (value as number)
    squares += deviation ** 2
    cubes += deviation * deviation * deviation
  }
  // Rounding alone leaves deviations near 1e-16 of the mean.
  if (squares <= jackknife.length * (1e-14 * Math.abs(mean)) ** 2) return 'leaving a cluster out changes nothing'
  return cubes / (6 * squares * Math.sqrt(squares))
}
