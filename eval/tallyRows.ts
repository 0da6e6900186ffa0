import { stream } from '../pipeline/random.js'
import type { Value, World } from './measures/measure.js'
import type { MetricRow } from './metricRow.js'
import { classPolicyOf } from './metrics/policies.js'
import type { Score } from './metrics/score.js'
import type { Tally } from './scoreboard.js'
import { bootstrapTable, pairedBootstrap } from './statistics/bootstrap.js'
import type { Interval } from './statistics/interval.js'

/** What all rows of one evaluation share. */
export interface RowContext {
  world: World
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

/** Every value of one tally, with log-bootstrap intervals, over all its logs. */
export function rowsOf(tally: Tally, context: RowContext): MetricRow[] {
  return sliceRows(tally, tally.measure.values(context.world, tally.policy), context)
}

/** The headline values over the logs of one slice, such as a rig's. */
export function slicedRows(tally: Tally, slice: string, logIds: ReadonlySet<string>, context: RowContext): MetricRow[] {
  const logs = new Map([...tally.logs].filter(([logId]) => logIds.has(logId)))
  return logs.size === 0 ? [] : sliceRows({ ...tally, slice, logs }, headlineOf(tally, context), context)
}

/** How far `candidate` is ahead of `baseline` on the logs of both, for the headline values. */
export function gainRows(candidate: Tally, baseline: Tally, context: RowContext): MetricRow[] {
  const logIds = [...candidate.logs.keys()].filter((id) => baseline.logs.has(id))
  const [ours, theirs] = [candidate, baseline].map(({ logs }) => logIds.map((id) => logs.get(id)!))
  return headlineOf(candidate, context).map((value) => {
    const paired = pairedBootstrap(ours, theirs, (sums) => value.score(sums).value, {
      rng: stream(context.seed, 'gain', value.metric, candidate.horizonS ?? 0),
      resamples: context.resamples,
      better: value.better,
    })
    const better = paired.probabilityBetter === null ? null : `P(better) = ${paired.probabilityBetter.toFixed(3)}`
    const measured = { value: paired.value, count: value.score(summed(ours)).count }
    const gain = { ...value, metric: `${value.metric}_gain_over_${baseline.model}` }
    const row = rowFor(candidate, gain, measured, paired, context)
    return { ...row, remark: better ?? row.remark }
  })
}

function headlineOf({ measure, policy }: Tally, { world }: RowContext): Value[] {
  return measure.values(world, policy).filter(({ headline }) => headline)
}

function sliceRows(tally: Tally, values: Value[], context: RowContext): MetricRow[] {
  const clusters = [...tally.logs.values()]
  const statistics = Object.fromEntries(values.map(({ score }, i) => [i, (sums: Float64Array) => score(sums).value]))
  const intervals = bootstrapTable(clusters, statistics, {
    rng: stream(context.seed, 'bootstrap', tally.task, tally.model, tally.horizonS ?? 0, tally.slice),
    resamples: context.resamples,
  })
  const all = summed(clusters)
  return values.map((value, i) => rowFor(tally, value, value.score(all), intervals[i], context))
}

function summed(clusters: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(clusters[0]?.length ?? 0)
  for (const cluster of clusters) for (let i = 0; i < sum.length; i++) sum[i] += cluster[i]
  return sum
}

function rowFor(
  { measure, policy, task, model, horizonS, slice }: Tally,
  { metric, unit, countOf, className }: Value,
  { value, count }: Score,
  interval: Interval,
  context: RowContext,
): MetricRow {
  const knowsPolicies = measure.policies === 'each'
  return {
    task,
    model,
    metric,
    value,
    unit,
    count,
    countOf,
    className,
    horizonS,
    slice,
    policy: knowsPolicies ? policy.name : measure.name,
    mask: knowsPolicies ? policy.mask : 'none',
    classPolicy: knowsPolicies ? classPolicyOf(policy) : measure.what,
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
