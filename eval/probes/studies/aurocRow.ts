import type { MetricRow } from '../../metricRow.js'
import { auroc, bootstrapAuroc } from '../../statistics/auroc.js'
import type { BootstrapOptions } from '../../statistics/bootstrap.js'
import { fitLogistic, probabilities } from '../../statistics/logistic.js'
import { allRows, type Design } from '../../statistics/standardise.js'
import { type ProbeLine, probeRow } from '../probeRow.js'

/** Rows with what they are (1) or are not (0), and the log that each is of. */
export interface Labelled {
  labels: readonly number[]
  logs: readonly string[]
}

/** The row that says how well scores tell labels apart, with its interval by bootstrap over logs. */
export function aurocRow(
  line: ProbeLine,
  scores: readonly number[],
  { labels, logs }: Labelled,
  options: BootstrapOptions,
): MetricRow {
  const { numbers, count } = clusterNumbers(logs)
  return probeRow(line, auroc(scores, labels), bootstrapAuroc(scores, labels, numbers, count, options))
}

/** Probability of label 1 for each test row, by logistic regression on the training rows with a fixed penalty. */
export function linearScores(train: Design, labels: readonly number[], test: Design, lambda: number): number[] {
  const [fit] = fitLogistic(train, labels, 2, [lambda], allRows(labels.length))
  const rows = test.features.length / test.width
  const p = probabilities(fit, test, allRows(rows))
  return Array.from({ length: rows }, (_, row) => p[2 * row + 1])
}

/** Names of clusters, by row, as numbers in order of first appearance. */
function clusterNumbers(names: readonly string[]): { numbers: Int32Array; count: number } {
  const known = new Map<string, number>()
  const numbers = Int32Array.from(names, (name) => {
    const number = known.get(name) ?? known.size
    known.set(name, number)
    return number
  })
  return { numbers, count: known.size }
}
