import { UsageError } from '../../pipeline/errors.js'
import type { Rng } from '../../pipeline/random.js'
import { pairedDifference } from './difference.js'
import { type Draws, drawsOf } from './draws.js'
import { type Interval, type IntervalRule, intervalOf, shareBelow } from './interval.js'
import { type Resamples, replicatesOf, resample } from './resample.js'
import { pOfZero } from './significance.js'

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
  const { resamples, confidence, method } = resolved(options)
  const draws = drawsOf(clusters.length, resamples, options.rng)
  const all = resampleSums(
    clusters,
    names.map((name) => statistics[name]),
    draws,
  )
  const intervals = all.map((each, m) => [names[m], intervalOf(each, { confidence, method })])
  return Object.fromEntries(intervals) as Record<Name, Interval>
}

/** The statistics of clusters' sums on the same draws, each draw summed up once for all of them. */
export function resampleSums(
  clusters: readonly Sufficient[],
  statistics: readonly Statistic[],
  draws: Draws,
): Resamples[] {
  const sum = weightedSum(clusters)
  return resample(draws, (weights) => {
    if (weights.length === 0) return statistics.map(() => null)
    const summed = sum(weights)
    return statistics.map((statistic) => statistic(summed))
  })
}

/** A difference, candidate − baseline, and how often the candidate came out better. */
export interface Paired extends Interval {
  /** The part of the resamples in which the candidate is better; half of the ties count. Null without an interval. */
  probabilityBetter: number | null
  /** Two-sided, of there being no difference (`significance.ts`). Null without an interval. */
  p: number | null
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
  const { resamples, confidence, method } = resolved(options)
  const draws = drawsOf(candidate.length, resamples, options.rng)
  const [ours, theirs] = [candidate, baseline].map((clusters) => resampleSums(clusters, [statistic], draws)[0])
  return pairedOf(ours, theirs, { confidence, method }, options.better)
}

/** The difference of two statistics that were resampled with the same draws of the same clusters. */
export function pairedOf(
  candidate: Resamples,
  baseline: Resamples,
  rule: IntervalRule,
  better: 'higher' | 'lower' = 'higher',
): Paired {
  const difference = pairedDifference(candidate, baseline)
  const interval = intervalOf(difference, rule)
  const isBare = interval.method === 'none'
  const above = isBare ? null : 1 - shareBelow(replicatesOf(difference), 0)
  return {
    ...interval,
    probabilityBetter: above !== null && better === 'lower' ? 1 - above : above,
    p: isBare ? null : pOfZero(difference, rule.effective),
  }
}

/** The options with their defaults, for those who resample by weights themselves. */
export function resolved({ resamples = 1000, confidence = 0.95, method = 'bca' }: BootstrapOptions) {
  return { resamples, confidence, method }
}

/**
 * A function from weights, [C], to Σ weight·cluster, [L], in one reused buffer. Only places where some cluster has something
 * are summed (a confusion of 18 classes is mostly zeros); they lie in one flat array, [C, P]. It starts from the sum of all
 * when that saves work, which makes leaving one cluster out cost one subtraction.
 */
function weightedSum(clusters: readonly Sufficient[]): (weights: Float64Array) => Float64Array {
  const length = clusters.length === 0 ? 0 : clusters[0].length
  if (clusters.some((cluster) => cluster.length !== length))
    throw new UsageError('clusters with sufficient statistics of different lengths')
  const places = Int32Array.from({ length }, (_, i) => i).filter((i) => clusters.some((cluster) => cluster[i] !== 0))
  const flat = Float64Array.from(clusters.flatMap((cluster) => Array.from(places, (i) => cluster[i])))
  const total = new Float64Array(places.length)
  const sum = new Float64Array(places.length)
  for (let c = 0; c < clusters.length; c++) addScaled(total, flat, c, 1)
  const summed = new Float64Array(length)
  return (weights) => {
    let balance = 0
    for (const weight of weights) balance += weight === 1 ? 1 : weight === 0 ? -1 : 0
    const base = balance > 0 ? 1 : 0
    if (base) sum.set(total)
    else sum.fill(0)
    for (let c = 0; c < weights.length; c++) if (weights[c] !== base) addScaled(sum, flat, c, weights[c] - base)
    for (let p = 0; p < places.length; p++) summed[places[p]] = sum[p]
    return summed
  }
}

function addScaled(sum: Float64Array, flat: Float64Array, row: number, scale: number): void {
  const start = row * sum.length
  for (let i = 0; i < sum.length; i++) sum[i] += scale * flat[start + i]
}
