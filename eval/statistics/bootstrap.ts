import { UsageError } from '../../pipeline/errors.js'
import type { Rng } from '../../pipeline/random.js'
import { type Interval, intervalOf } from './interval.js'
import { type Resamples, resample, type Weighted } from './resample.js'

/** A cluster's sufficient statistics, [L]; those of several clusters add up. A confusion's counts, or [sum, count]. */
export type Sufficient = ArrayLike<number>

/** From summed sufficient statistics, [L], to a value; null where it is not applicable. Must not keep its argument. */
export type Statistic = (summed: Float64Array) => number | null

export interface BootstrapOptions {
  rng: Rng
  /** 1000 when left out. */
  resamples?: number
  /** 0.95 when left out. */
  confidence?: number
  /** BCa when left out; where that is degenerate the interval is a percentile interval and says why. */
  method?: 'bca' | 'percentile'
}

/** Sum / count, for clusters of [sum, count]. */
export const mean: Statistic = ([sum, count]) => (count === 0 ? null : sum / count)

/**
 * The value of a statistic over all clusters and its confidence interval by cluster bootstrap. Where all clusters agree
 * (every log at recall 1) the interval has no width, which promises too much of few logs: `wilson` over logs does not.
 *
 * @param clusters - [C] sufficient statistics of what is independent: logs, not frames.
 */
export function clusterBootstrap(
  clusters: readonly Sufficient[],
  statistic: Statistic,
  options: BootstrapOptions,
): Interval {
  return bootstrapTable(clusters, { statistic }, options).statistic
}

/** As `clusterBootstrap`, for all statistics of a table over the same resamples, each of which is summed up once. */
export function bootstrapTable<Name extends string>(
  clusters: readonly Sufficient[],
  statistics: Record<Name, Statistic>,
  options: BootstrapOptions,
): Record<Name, Interval> {
  const names = Object.keys(statistics) as Name[]
  const sum = weightedSum(clusters)
  const evaluate: Weighted = (weights) => {
    if (weights.length === 0) return names.map(() => null)
    const summed = sum(weights)
    return names.map((name) => statistics[name](summed))
  }
  const { resamples, confidence, method } = resolved(options)
  const rows = resample(clusters.length, evaluate, resamples, options.rng)
  const intervals = rows.map((row, m) => [names[m], intervalOf(row, confidence, method)])
  return Object.fromEntries(intervals) as Record<Name, Interval>
}

/** A difference, candidate − baseline, and how often the candidate came out better. */
export interface Paired extends Interval {
  /** The part of the resamples in which the candidate is better; half of the ties count. Null without an interval. */
  probabilityBetter: number | null
}

/**
 * The difference of a statistic between two models scored on the same clusters: both see the same draws, so what the
 * clusters have in common cancels.
 *
 * @param candidate - [C] sufficient statistics.
 * @param baseline - [C], of the same clusters in the same order.
 * @throws UsageError when the numbers of clusters differ.
 */
export function pairedBootstrap(
  candidate: readonly Sufficient[],
  baseline: readonly Sufficient[],
  statistic: Statistic,
  options: BootstrapOptions & { better?: 'higher' | 'lower' },
): Paired {
  if (candidate.length !== baseline.length)
    throw new UsageError('a paired comparison needs the same clusters on both sides', {
      expected: `${baseline.length} clusters`,
      actual: `${candidate.length}`,
    })
  const sums = [weightedSum(candidate), weightedSum(baseline)]
  const evaluate: Weighted = (weights) => {
    const [a, b] = weights.length === 0 ? [null, null] : sums.map((sum) => statistic(sum(weights)))
    return [a === null || b === null ? null : a - b]
  }
  const { resamples, confidence, method } = resolved(options)
  const [row] = resample(candidate.length, evaluate, resamples, options.rng)
  const interval = intervalOf(row, confidence, method)
  const above = interval.method === 'none' ? null : shareAbove(row, 0)
  return { ...interval, probabilityBetter: above !== null && options.better === 'lower' ? 1 - above : above }
}

/** The options with their defaults, for those who resample by weights themselves. */
export function resolved({ resamples = 1000, confidence = 0.95, method = 'bca' }: BootstrapOptions) {
  return { resamples, confidence, method }
}

function shareAbove({ replicates }: Resamples, threshold: number): number {
  let twice = 0
  for (const replicate of replicates) twice += replicate > threshold ? 2 : replicate === threshold ? 1 : 0
  return twice / (2 * replicates.length)
}

/**
 * A function from weights, [C], to Σ weight·cluster, [L], in one reused buffer. Clusters lie in one flat array, [C, L].
 * It starts from the sum of all when that saves work, which makes leaving one cluster out cost one subtraction.
 */
function weightedSum(clusters: readonly Sufficient[]): (weights: Float64Array) => Float64Array {
  const length = clusters.length === 0 ? 0 : clusters[0].length
  const flat = new Float64Array(clusters.length * length)
  const total = new Float64Array(length)
  clusters.forEach((cluster, c) => {
    if (cluster.length !== length) throw new UsageError('clusters with sufficient statistics of different lengths')
    flat.set(cluster, c * length)
    for (let i = 0; i < length; i++) total[i] += cluster[i]
  })
  const summed = new Float64Array(length)
  return (weights) => {
    let balance = 0
    for (const weight of weights) balance += weight === 1 ? 1 : weight === 0 ? -1 : 0
    const base = balance > 0 ? 1 : 0
    if (base) summed.set(total)
    else summed.fill(0)
    for (let c = 0; c < weights.length; c++) if (weights[c] !== base) addScaled(summed, flat, c, weights[c] - base)
    return summed
  }
}

function addScaled(sum: Float64Array, flat: Float64Array, row: number, scale: number): void {
  const start = row * sum.length
  for (let i = 0; i < sum.length; i++) sum[i] += scale * flat[start + i]
}
