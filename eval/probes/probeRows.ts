import type { Rng } from '../../pipeline/random.js'
import type { MetricRow } from '../metricRow.js'
import { accuracy, balancedAccuracy } from '../metrics/accuracy.js'
import { onCounts } from '../metrics/confusion.js'
import type { Score } from '../metrics/score.js'
import { bootstrapTable, type Statistic } from '../statistics/bootstrap.js'
import type { Interval } from '../statistics/interval.js'
import { meanAbsoluteError, r2 } from '../statistics/residuals.js'
import type { FeatureTable, ProbeFeatures } from './features.js'
import { type ProbeRows, probeClassification, probeRegression } from './linear.js'
import type { ClassificationTask, Probe, RegressionTask } from './probe.js'

export interface ProbeContext {
  rng: Rng
  resamples: number
  provenance: Pick<MetricRow, 'dataset' | 'split' | 'run'>
}

/** One probe's scores with their intervals, and what chance scores on the same frames. */
export function probeRows(probe: Probe, features: ProbeFeatures, index: number, context: ProbeContext): MetricRow[] {
  return probe.kind === 'regression'
    ? regressionRows(probe, features, index, context)
    : classificationRows(probe, features, index, context)
}

interface Measured {
  metric: string
  unit: string
  score: Score
  chance: Score
  statistic: Statistic
}

function regressionRows(probe: RegressionTask, { train, test }: ProbeFeatures, index: number, context: ProbeContext) {
  const [from, on] = [train, test].map((table) => rowsWith(table, index, (value) => value as number))
  const reason = whyNot(from, on)
  if (reason) return notApplicableRows(probe, 'r2', 'ratio', reason, context)
  const fit = probeRegression(from, on, { rng: context.rng })
  const measured = [
    { metric: 'r2', unit: 'ratio', score: fit.r2, chance: fit.chance.r2, statistic: r2 },
    { metric: 'mae', unit: probe.unit, score: fit.mae, chance: fit.chance.mae, statistic: meanAbsoluteError },
  ]
  return tableRows(probe, measured, fit.clusters, { train: from, test: on, unseen: 0 }, context)
}

function classificationRows(
  probe: ClassificationTask,
  { train, test }: ProbeFeatures,
  index: number,
  context: ProbeContext,
) {
  const labels = [...new Set(train.targets[index].filter((label) => label !== null))].sort()
  const indexOf = (value: string | number) => labels.indexOf(value)
  // A label that training never showed cannot be predicted; its frames would measure the split, not the latent.
  const [from, on] = [train, test].map((table) => rowsWith(table, index, indexOf, (i) => i >= 0))
  const unseen = countOf(test.targets[index], (label) => indexOf(label) < 0)
  const reason = labels.length < 2 ? 'the training part shows one label only' : whyNot(from, on)
  if (reason) return notApplicableRows(probe, 'balanced_accuracy', 'ratio', reason, context)
  const classes = labels.length
  const fit = probeClassification(from, on, { rng: context.rng, classes })
  const measured = [
    {
      metric: 'balanced_accuracy',
      unit: 'ratio',
      score: fit.balancedAccuracy,
      chance: fit.chance.balancedAccuracy,
      statistic: onCounts(classes, balancedAccuracy) as Statistic,
    },
    {
      metric: 'accuracy',
      unit: 'ratio',
      score: fit.accuracy,
      chance: fit.chance.majority,
      statistic: onCounts(classes, accuracy) as Statistic,
    },
  ]
  return tableRows(probe, measured, fit.clusters, { train: from, test: on, unseen }, context)
}

function rowsWith(
  table: FeatureTable,
  index: number,
  toTarget: (value: string | number) => number,
  keeps: (target: number) => boolean = () => true,
): ProbeRows {
  const { width, features, logs } = table
  const kept = table.targets[index].flatMap((value, row) => {
    const target = value === null ? null : toTarget(value)
    return target !== null && keeps(target) ? [{ row, target }] : []
  })
  const packed = new Float32Array(kept.length * width)
  kept.forEach(({ row }, i) => {
    packed.set(features.subarray(row * width, (row + 1) * width), i * width)
  })
  return {
    features: packed,
    width,
    targets: kept.map(({ target }) => target),
    groups: kept.map(({ row }) => logs[row]),
  }
}

function whyNot(train: ProbeRows, test: ProbeRows): string | null {
  if (train.groups.length < 10) return `only ${train.groups.length} training frames say anything`
  return test.groups.length === 0 ? 'no test frame says anything' : null
}

function tableRows(
  probe: Probe,
  measured: Measured[],
  clusters: Float64Array[],
  sides: Sides,
  { rng, resamples, provenance }: ProbeContext,
): MetricRow[] {
  const statistics = Object.fromEntries(measured.map(({ metric, statistic }) => [metric, statistic]))
  const intervals = bootstrapTable(clusters, statistics, { rng, resamples })
  const population = populationOf(sides)
  return measured.flatMap(({ metric, unit, score, chance }) => [
    row(probe, 'latent', metric, unit, score, population, intervals[metric], provenance),
    row(probe, 'chance', metric, unit, chance, population, null, provenance),
  ])
}

/** What a probe is fitted and scored on; `unseen` test frames have a label that training lacks and are in neither. */
interface Sides extends Record<'train' | 'test', ProbeRows> {
  unseen: number
}

function populationOf({ train, test, unseen }: Sides): string {
  const side = ({ groups }: ProbeRows) => `${groups.length} frames of ${new Set(groups).size} logs`
  const left = unseen > 0 ? `; ${unseen} test frames left out: training never showed their label` : ''
  return `fitted on ${side(train)} (train), scored on ${side(test)} (test)${left}`
}

function countOf(targets: readonly (string | number | null)[], counts: (target: string | number) => boolean): number {
  return targets.filter((target) => target !== null && counts(target)).length
}

function notApplicableRows(probe: Probe, metric: string, unit: string, reason: string, context: ProbeContext) {
  const score = { value: null, count: 0 }
  return [{ ...row(probe, 'latent', metric, unit, score, 'none', null, context.provenance), remark: reason }]
}

function row(
  probe: Probe,
  model: string,
  metric: string,
  unit: string,
  { value, count }: Score,
  population: string,
  interval: Interval | null,
  provenance: Pick<MetricRow, 'dataset' | 'split' | 'run'>,
): MetricRow {
  return {
    task: 'probe',
    model,
    metric,
    value,
    unit,
    count,
    countOf: 'frames',
    className: null,
    horizonS: null,
    slice: probe.name,
    policy: 'linear probe',
    mask: 'none',
    classPolicy: probe.shortcut ? 'shortcut: should be near chance' : 'wanted: should beat chance',
    ego: null,
    population,
    part: 'test',
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    confidence: interval?.confidence ?? 0.95,
    interval: interval?.method ?? 'none',
    clusters: interval?.clusters ?? 0,
    verdict: value === null ? 'not-applicable' : null,
    remark: interval?.reason ?? (model === 'chance' ? 'the same constant on every frame has no interval' : null),
    ...provenance,
  }
}
