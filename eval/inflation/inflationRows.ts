import { stream } from '../../pipeline/random.js'
import type { DatasetTaxonomy } from '../../pipeline/taxonomy.js'
import type { Value } from '../measures/measure.js'
import { headline } from '../measures/occupancy.js'
import type { MetricRow } from '../metricRow.js'
import { classPolicyOf, type Policy } from '../metrics/policies.js'
import { clusterBootstrap, pairedBootstrap } from '../statistics/bootstrap.js'
import type { Interval } from '../statistics/interval.js'
import type { LogCounts } from './trainAndScore.js'

/** What both models reconstructed in one repeat. */
export interface Repeat {
  clean: LogCounts
  leaky: LogCounts
}

/** What all rows share. */
export interface InflationContext {
  taxonomy: DatasetTaxonomy
  policy: Policy
  seed: number
  resamples: number
  population: string
  dataset: string
  split: string
  run: string
}

/** Name of a row that says how far the leaky model is ahead. */
export function inflationOf(metric: string): string {
  return `${metric}_inflation`
}

/**
 * IoU, mIoU and rare recall of both models and how far the leaky one is ahead, over all repeats and for each. The
 * counts of a log are summed over the repeats; intervals are a bootstrap over the test logs, paired for the difference,
 * so what a log has of its own cancels. They do not hold the noise of training: that is what the single repeats show.
 */
export function inflationRows(repeats: readonly Repeat[], context: InflationContext): MetricRow[] {
  const measures = headline(context.policy, context.taxonomy)
  const all = { clean: merged(repeats.map(({ clean }) => clean)), leaky: merged(repeats.map(({ leaky }) => leaky)) }
  return [
    ...measures.flatMap((measure) => [
      armRow('clean', all, measure, context),
      armRow('leaky', all, measure, context),
      differenceRow(all, measure, 'all', context),
    ]),
    ...repeats.flatMap((repeat, i) =>
      measures.map((measure) => differenceRow(repeat, measure, `repeat=${i + 1}`, context)),
    ),
  ]
}

/** The same logs in all; counts are whole numbers, so the order of the sum does not matter. */
function merged(all: readonly LogCounts[]): LogCounts {
  const summed = (logId: string) => all[0][logId].map((_, i) => all.reduce((sum, counts) => sum + counts[logId][i], 0))
  return Object.fromEntries(Object.keys(all[0]).map((logId) => [logId, summed(logId)]))
}

function armRow(arm: keyof Repeat, repeat: Repeat, measure: Value, context: InflationContext): MetricRow {
  const { seed, resamples } = context
  const statistic = (sums: Float64Array) => measure.score(sums).value
  const rng = stream(seed, 'inflation', arm, measure.metric)
  const interval = clusterBootstrap(Object.values(repeat[arm]), statistic, { rng, resamples })
  return rowOf(arm, measure.metric, 'all', countOf(repeat[arm], measure), interval, null, context)
}

function differenceRow(repeat: Repeat, measure: Value, slice: string, context: InflationContext): MetricRow {
  const { seed, resamples } = context
  const logIds = Object.keys(repeat.clean)
  const [leaky, clean] = [repeat.leaky, repeat.clean].map((counts) => logIds.map((logId) => counts[logId]))
  const rng = stream(seed, 'inflation', 'difference', measure.metric, slice)
  const statistic = (sums: Float64Array) => measure.score(sums).value
  const paired = pairedBootstrap(leaky, clean, statistic, { rng, resamples })
  const better = paired.probabilityBetter === null ? null : `P(leaky is ahead) = ${paired.probabilityBetter.toFixed(3)}`
  const count = countOf(repeat.clean, measure)
  return rowOf('leaky − clean', inflationOf(measure.metric), slice, count, paired, better, context)
}

/** Voxels that the score counts over. */
function countOf(counts: LogCounts, { score }: Value): number {
  const logs = Object.values(counts)
  return score(Float64Array.from(logs[0], (_, i) => logs.reduce((sum, log) => sum + log[i], 0))).count
}

function rowOf(
  model: string,
  metric: string,
  slice: string,
  count: number,
  interval: Interval,
  remark: string | null,
  { policy, population, dataset, split, run }: InflationContext,
): MetricRow {
  const { value, low, high, confidence, method, clusters, reason } = interval
  return {
    ...{ task: 'audit', model, metric, value, unit: 'ratio', count, countOf: 'voxels', className: null },
    ...{ horizonS: null, slice, policy: policy.name, mask: policy.mask, classPolicy: classPolicyOf(policy), ego: null },
    ...{ population, part: 'test', low, high, confidence, interval: method, clusters },
    ...{ verdict: value === null ? 'not-applicable' : null, remark: reason ?? remark, dataset, split, run },
  }
}
