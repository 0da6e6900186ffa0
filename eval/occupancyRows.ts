import { stream } from '../pipeline/random.js'
import { type DatasetTaxonomy, rareIndices } from '../pipeline/taxonomy.js'
import type { MetricRow } from './metricRow.js'
import { Confusion, onCounts } from './metrics/confusion.js'
import { classIou, meanIou, occupancyIou, pooledRecall, precision, recall } from './metrics/iou.js'
import { classPolicyOf, type Policy, scoredClasses } from './metrics/policies.js'
import type { Score } from './metrics/score.js'
import type { Tally } from './scoreboard.js'
import { bootstrapTable, pairedBootstrap } from './statistics/bootstrap.js'
import type { Interval } from './statistics/interval.js'

/** What all rows of one evaluation share. */
export interface RowContext {
  taxonomy: DatasetTaxonomy
  seed: number
  resamples: number
  /** Ego trajectory of forecasts. */
  ego: string
  part: string
  population: Record<'reconstruction' | 'forecast', string>
  dataset: string
  split: string
  run: string
}

/** A score of a confusion, by its name in the rows. */
export interface Measure {
  metric: string
  className: string | null
  score: (confusion: Confusion) => Score
}

/** Every score of one tally, with log-bootstrap intervals, over all its logs. */
export function rowsOf(tally: Tally, context: RowContext): MetricRow[] {
  return sliceRows(tally, [...headline(tally.policy, context), ...byClass(tally.policy, context)], 'all', context)
}

/** The headline scores over the logs of one slice. */
export function slicedRows(tally: Tally, slice: string, logIds: ReadonlySet<string>, context: RowContext): MetricRow[] {
  const logs = new Map([...tally.logs].filter(([logId]) => logIds.has(logId)))
  return logs.size === 0 ? [] : sliceRows({ ...tally, logs }, headline(tally.policy, context), slice, context)
}

/** How far `candidate` is ahead of `baseline` on the same logs, for the headline scores. */
export function gainRows(candidate: Tally, baseline: Tally, context: RowContext): MetricRow[] {
  const logIds = [...candidate.logs.keys()]
  const classes = context.taxonomy.classes.length
  return headline(candidate.policy, context).map(({ metric, className, score }) => {
    const paired = pairedBootstrap(
      logIds.map((id) => candidate.logs.get(id)!.counts),
      logIds.map((id) => baseline.logs.get(id)!.counts),
      onCounts(classes, score),
      { rng: stream(context.seed, 'gain', metric, candidate.horizonS ?? 0), resamples: context.resamples },
    )
    const better = paired.probabilityBetter === null ? null : `P(better) = ${paired.probabilityBetter.toFixed(3)}`
    const { count } = score(merged(candidate.logs, classes))
    const measured = { value: paired.value, count }
    const row = rowFor(candidate, `${metric}_gain_over_${baseline.model}`, className, measured, paired, 'all', context)
    return { ...row, remark: better ?? row.remark }
  })
}

function sliceRows(tally: Tally, measures: Measure[], slice: string, context: RowContext): MetricRow[] {
  const classes = context.taxonomy.classes.length
  const statistics = Object.fromEntries(measures.map(({ score }, i) => [i, onCounts(classes, score)]))
  const intervals = bootstrapTable(
    [...tally.logs.values()].map(({ counts }) => counts),
    statistics,
    {
      rng: stream(context.seed, 'bootstrap', tally.task, tally.model, tally.horizonS ?? 0, slice),
      resamples: context.resamples,
    },
  )
  const all = merged(tally.logs, classes)
  return measures.map(({ metric, className, score }, i) =>
    rowFor(tally, metric, className, score(all), intervals[i], slice, context),
  )
}

function merged(logs: ReadonlyMap<string, Confusion>, classes: number): Confusion {
  return Confusion.sum(classes, logs.values())
}

/** IoU, mIoU and rare recall under a policy. */
export function headline(policy: Policy, { taxonomy }: Pick<RowContext, 'taxonomy'>): Measure[] {
  const rare = rareIndices(taxonomy)
  return [
    { metric: 'iou', className: null, score: (c) => occupancyIou(c, policy, taxonomy) },
    { metric: 'miou', className: null, score: (c) => meanIou(c, policy, taxonomy) },
    { metric: 'rare_recall', className: null, score: (c) => pooledRecall(c, rare) },
  ]
}

function byClass(policy: Policy, { taxonomy }: RowContext): Measure[] {
  return scoredClasses(policy, taxonomy).flatMap((index): Measure[] => {
    const className = taxonomy.classes[index].name
    return [
      { metric: 'class_iou', className, score: (c) => classIou(c, policy, index) },
      { metric: 'recall', className, score: (c) => recall(c, index) },
      { metric: 'precision', className, score: (c) => precision(c, index) },
    ]
  })
}

function rowFor(
  tally: Tally,
  metric: string,
  className: string | null,
  { value, count }: Score,
  interval: Interval,
  slice: string,
  context: RowContext,
): MetricRow {
  const { policy, task, model, horizonS } = tally
  return {
    task,
    model,
    metric,
    value,
    unit: 'ratio',
    count,
    countOf: 'voxels',
    className,
    horizonS,
    slice,
    policy: policy.name,
    mask: policy.mask,
    classPolicy: classPolicyOf(policy),
    ego: task === 'forecast' ? context.ego : null,
    population: context.population[task],
    part: context.part,
    low: interval.low,
    high: interval.high,
    confidence: interval.confidence,
    interval: interval.method,
    clusters: interval.clusters,
    verdict: value === null ? 'not-applicable' : null,
    remark: interval.reason ?? null,
    dataset: context.dataset,
    split: context.split,
    run: context.run,
  }
}
