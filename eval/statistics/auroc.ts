import { notApplicable, type Score } from '../metrics/score.js'
import { type BootstrapOptions, resolved } from './bootstrap.js'
import { drawsOf } from './draws.js'
import { type Interval, intervalOf } from './interval.js'
import { resample } from './resample.js'

/**
 * Area under the ROC curve: the probability that a positive row scores above a negative one, ties counting half. Hanley
 * & McNeil, 1982, https://doi.org/10.1148/radiology.143.1.7063747. Not applicable unless both kinds are there; `count` is
 * all rows.
 *
 * @param labels - 1 positive, 0 negative.
 */
export function auroc(scores: ArrayLike<number>, labels: ArrayLike<number>): Score {
  const value = weightedAuroc(scores, labels, ascending(scores), () => 1)
  return value === null ? notApplicable : { value, count: scores.length }
}

/**
 * The AUROC's cluster bootstrap interval. It is no function of sums over logs, so rows are weighed by their log instead.
 *
 * @param clusterOf - by row, the number of its cluster, 0 … clusters − 1.
 */
export function bootstrapAuroc(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  clusterOf: Int32Array,
  clusters: number,
  options: BootstrapOptions,
): Interval {
  const order = ascending(scores)
  const { resamples, confidence, method } = resolved(options)
  const evaluate = (weights: Float64Array) => [weightedAuroc(scores, labels, order, (row) => weights[clusterOf[row]])]
  const [row] = resample(drawsOf(clusters, resamples, options.rng), evaluate)
  return intervalOf(row, { confidence, method })
}

function ascending(scores: ArrayLike<number>): Int32Array {
  return Int32Array.from({ length: scores.length }, (_, row) => row).sort((a, b) => scores[a] - scores[b])
}

function weightedAuroc(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  order: Int32Array,
  weightOf: (row: number) => number,
): number | null {
  let negatives = 0
  let positives = 0
  let area = 0
  for (let at = 0; at < order.length; ) {
    const score = scores[order[at]]
    let tiedNegatives = 0
    let tiedPositives = 0
    for (; at < order.length && scores[order[at]] === score; at++) {
      const weight = weightOf(order[at])
      if (labels[order[at]] === 1) tiedPositives += weight
      else tiedNegatives += weight
    }
    area += tiedPositives * (negatives + tiedNegatives / 2)
    negatives += tiedNegatives
    positives += tiedPositives
  }
  return negatives === 0 || positives === 0 ? null : area / (negatives * positives)
}
