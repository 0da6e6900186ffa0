import type { Rng } from '../../pipeline/random.js'

/**
 * Draws of clusters with replacement. What is resampled with the same draws is paired: the difference of two statistics on
 * a draw is a draw of their difference.
 */
export interface Draws {
  /** C, the clusters that are drawn from. */
  clusters: number
  /** B */
  resamples: number
  /** [D, C] how often each cluster is in a draw, of the D draws that differ; each row adds up to C. */
  weights: Uint16Array
  /** [B] which of them a draw is. Of three clusters there are but ten, and what is drawn again need not be evaluated again. */
  kind: Int32Array
}

/** Draws `resamples` times `clusters` clusters. */
export function drawsOf(clusters: number, resamples: number, rng: Rng): Draws {
  const kinds = new Map<string, number>()
  const rows: Uint16Array[] = []
  const kind = Int32Array.from({ length: resamples }, () => {
    const row = new Uint16Array(clusters)
    for (let i = 0; i < clusters; i++) row[rng.int(clusters)]++
    const key = row.join()
    const known = kinds.get(key)
    if (known !== undefined) return known
    kinds.set(key, rows.length)
    return rows.push(row) - 1
  })
  const weights = new Uint16Array(rows.length * clusters)
  rows.forEach((row, d) => {
    weights.set(row, d * clusters)
  })
  return { clusters, resamples, weights, kind }
}
