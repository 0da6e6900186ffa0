import type { Rng } from '../../pipeline/random.js'

/**
 * The values of M statistics when cluster c counts weights[c] times ([C]); null where a statistic is not applicable.
 * The array may be reused between calls.
 */
export type Weighted = (weights: Float64Array) => readonly (number | null)[]

/** What a cluster bootstrap learns about one statistic, before it is made an interval. */
export interface Resamples {
  /** The statistic of all clusters, each once. */
  value: number | null
  /** Its values on the resamples where it was applicable, ascending. */
  replicates: Float64Array
  /** Its values without cluster c, [C]. */
  jackknife: (number | null)[]
  /** Clusters C that were drawn from. */
  drawn: number
  /**
   * Clusters that say something about the statistic: alone it is applicable to them, or it is another without them. A
   * log without a cone says nothing about the recall of cones.
   */
  supporting: number
}

/**
 * Draws `resamples` times C clusters with replacement and evaluates all M statistics on each draw. Clusters are what is
 * independent (logs); their frames are not: C. A. Field & A. H. Welsh, "Bootstrapping clustered data", 2007,
 * https://doi.org/10.1111/j.1467-9868.2007.00593.x.
 */
export function resample(drawn: number, evaluate: Weighted, resamples: number, rng: Rng): Resamples[] {
  const weights = new Float64Array(drawn).fill(1)
  const values = [...evaluate(weights)]
  const replicates = values.map(() => new Float64Array(resamples))
  const defined = new Int32Array(values.length)
  for (let b = 0; b < resamples; b++) {
    weights.fill(0)
    for (let i = 0; i < drawn; i++) weights[rng.int(drawn)]++
    const replicate = evaluate(weights)
    for (let m = 0; m < values.length; m++) {
      const value = replicate[m]
      if (value !== null) replicates[m][defined[m]++] = value
    }
  }
  const without = eachCluster(drawn, evaluate, 1, 0)
  const alone = eachCluster(drawn, evaluate, 0, 1)
  return values.map((value, m) => ({
    value,
    replicates: replicates[m].slice(0, defined[m]).sort(),
    jackknife: without.map((row) => row[m]),
    drawn,
    supporting: alone.filter((row, cluster) => row[m] !== null || differ(without[cluster][m], value)).length,
  }))
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
