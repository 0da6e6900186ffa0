import type { Draws } from './draws.js'

/**
 * The values of M statistics when cluster c counts weights[c] times ([C]); null where a statistic is not applicable.
 * The array may be reused between calls.
 */
export type Weighted = (weights: Float64Array) => readonly (number | null)[]

/** What a cluster bootstrap learns about one statistic, before it is made an interval. */
export interface Resamples {
  /** The statistic of all clusters, each once. */
  value: number | null
  /** [B] its value on each draw, in the order of the draws; NaN where it was not applicable. */
  onDraws: Float64Array
  /** Its values without cluster c, [C]. */
  jackknife: readonly (number | null)[]
  /**
   * [C] whether the cluster says something about the statistic: alone it is applicable to it, or it is another without it.
   * A log without a cone says nothing about the recall of cones.
   */
  supports: readonly boolean[]
}

/**
 * Evaluates all M statistics on each draw. Clusters are what is independent (logs); their frames are not: C. A. Field &
 * A. H. Welsh, "Bootstrapping clustered data", 2007, https://doi.org/10.1111/j.1467-9868.2007.00593.x.
 */
export function resample({ clusters, weights: drawn, kind }: Draws, evaluate: Weighted): Resamples[] {
  const weights = new Float64Array(clusters).fill(1)
  const values = [...evaluate(weights)]
  const kinds = clusters === 0 ? 0 : drawn.length / clusters
  const onKinds = values.map(() => new Float64Array(kinds))
  for (let d = 0; d < kinds; d++) {
    for (let c = 0; c < clusters; c++) weights[c] = drawn[d * clusters + c]
    const replicate = evaluate(weights)
    for (let m = 0; m < values.length; m++) onKinds[m][d] = replicate[m] ?? Number.NaN
  }
  const without = eachCluster(clusters, evaluate, 1, 0)
  const alone = eachCluster(clusters, evaluate, 0, 1)
  return values.map((value, m) => ({
    value,
    onDraws: Float64Array.from(kind, (d) => onKinds[m][d] ?? Number.NaN),
    jackknife: without.map((row) => row[m]),
    supports: alone.map((row, cluster) => row[m] !== null || differ(without[cluster][m], value)),
  }))
}

/** The values on the draws where there is one, ascending. */
export function replicatesOf({ onDraws }: Resamples): Float64Array {
  const sorted = Float64Array.from(onDraws).sort()
  let last = sorted.length
  // A typed array's sort puts NaN behind all numbers.
  while (last > 0 && Number.isNaN(sorted[last - 1])) last--
  return sorted.subarray(0, last)
}

/** Whether two values differ by more than the rounding of sums. */
function differ(a: number | null, b: number | null): boolean {
  return a === null || b === null ? a !== b : Math.abs(a - b) > 1e-12 * Math.max(Math.abs(a), Math.abs(b))
}

/** Evaluates with weight `own` on one cluster and `others` on the rest, for each cluster in turn. */
function eachCluster(drawn: number, evaluate: Weighted, others: number, own: number): (number | null)[][] {
  const weights = new Float64Array(drawn).fill(others)
  return Array.from(weights, (_, cluster) => {
    weights[cluster] = own
    const row = [...evaluate(weights)]
    weights[cluster] = others
    return row
  })
}
