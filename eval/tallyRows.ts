import type { LogSlice } from './logSlices.js'
import type { Value, World } from './measures/measure.js'
import type { MetricRow } from './metricRow.js'
import { classPolicyOf } from './metrics/policies.js'
import { intervalOfValue, ruleOf, type Sampled, Sampler } from './sampler.js'
import type { Tally } from './scoreboard.js'
import { pairedOf } from './statistics/bootstrap.js'
import { twoSampleDifference, welchClusters } from './statistics/difference.js'
import { type Interval, intervalOf } from './statistics/interval.js'
import { pOfZero } from './statistics/significance.js'
import type { Evaluation } from './tallyTable.js'

/** What all rows of one evaluation share. */
export interface RowContext {
  world: World
  sampler: Sampler
  /** Logs that must support a number, or either side of a comparison of slices. */
  minLogs: number
  /** Ego trajectory of forecasts. */
  ego: string
  part: string
  population: Record<'reconstruction' | 'forecast', string>
  dataset: string
  split: string
  run: string
}

/** The context of rows that are made of an evaluation's own tallies. */
export function contextOf(about: Evaluation): RowContext {
  const { world, part, ego, population, seed, resamples, minLogs, dataset, split, dynamics: run } = about
  return { world, sampler: new Sampler(seed, resamples), minLogs, ego, part, population, dataset, split, run }
}

/**
 * Every value of one tally over all its logs, with intervals. Of a tally of a slice, single classes only where they are
 * headline values.
 */
export function rowsOf(tally: Tally, context: RowContext): MetricRow[] {
  const values = tally.measure
    .values(context.world, tally.policy)
    .filter(({ className, headline }) => tally.slice === 'all' || className === null || headline)
  return context.sampler.sample(tally.logs, values).map((sampled) => valueRow(tally, sampled, context))
}

/**
 * The headline values over the logs of one slice, such as a rig's, and, where `compare` asks for it, how far each is from
 * that of all other logs: `iou_minus_rest`, by a two-sample bootstrap.
 */
export function slicedRows(
  tally: Tally,
  { name, logIds }: LogSlice,
  context: RowContext,
  compare: boolean,
): MetricRow[] {
  const [inside, outside] = [true, false].map(
    (isIn) => new Map([...tally.logs].filter(([logId]) => logIds.has(logId) === isIn)),
  )
  if (inside.size === 0) return []
  const values = headlineOf(tally, context)
  const slice = { ...tally, slice: name }
  const ours = context.sampler.sample(inside, values)
  const rows = ours.map((sampled) => valueRow(slice, sampled, context))
  if (!compare || outside.size === 0) return rows
  const isEnough = Math.min(inside.size, outside.size) >= testable(context)
  const others = context.sampler.sample(outside, values, isEnough)
  return [...rows, ...ours.map((sampled, i) => restRow(slice, sampled, others[i], context))]
}

/**
 * How far `candidate` is ahead of `baseline` on the logs of both, for the headline values: positive where it is better,
 * also of what is better when it is lower.
 */
export function gainRows(candidate: Tally, baseline: Tally, context: RowContext): MetricRow[] {
  const values = headlineOf(candidate, context)
  const logIds = [...candidate.logs.keys()].filter((id) => baseline.logs.has(id))
  const [ours, theirs] = [candidate, baseline].map(({ logs }) =>
    context.sampler.sample(new Map(logIds.map((id) => [id, logs.get(id)!])), values),
  )
  return values.map((value, i) => {
    const sides = value.better === 'higher' ? [ours[i], theirs[i]] : [theirs[i], ours[i]]
    const paired = pairedOf(sides[0].resamples, sides[1].resamples, ruleOf(ours[i]))
    const { probabilityBetter, p } = paired
    const gain: Value = { ...value, metric: `${value.metric}_gain_over_${baseline.model}`, better: 'higher' }
    const row = rowFor(candidate, gain, ours[i].score.count, paired, context)
    const remark = probabilityBetter === null ? row.remark : `P(better) = ${probabilityBetter.toFixed(3)}`
    return { ...row, probabilityBetter, p, remark }
  })
}

function headlineOf({ measure, policy }: Tally, { world }: RowContext): Value[] {
  return measure.values(world, policy).filter(({ headline }) => headline)
}

function valueRow(tally: Tally, sampled: Sampled, context: RowContext): MetricRow {
  const interval = { ...intervalOfValue(sampled), value: sampled.score.value }
  return rowFor(tally, sampled.value, sampled.score.count, interval, context)
}

/** Logs that either side of a comparison of slices takes. */
function testable({ minLogs }: RowContext): number {
  return Math.max(2, minLogs)
}

function restRow(tally: Tally, slice: Sampled, rest: Sampled, context: RowContext): MetricRow {
  const value: Value = { ...slice.value, metric: `${slice.value.metric}_minus_rest` }
  const sides = [slice, rest].map(({ resamples }) => resamples.supports.filter(Boolean).length)
  const difference = twoSampleDifference(slice.resamples, rest.resamples)
  const effective = welchClusters([slice.resamples, rest.resamples], [slice.sizes, rest.sizes])
  const isEnough = Math.min(...sides) >= testable(context)
  const reason = `${sides[0]} logs against ${sides[1]}, and a test takes ${testable(context)} on either side`
  const bare = { low: null, high: null, method: 'none' as const, reason }
  const interval = intervalOf(difference, { ...ruleOf(slice), effective })
  const shown = { ...interval, clusters: sides[0], ...(!isEnough && interval.value !== null && bare) }
  const row = rowFor(tally, value, slice.score.count, shown, context)
  return { ...row, p: isEnough ? pOfZero(difference, effective) : null }
}

function rowFor(
  { measure, policy, task, model, horizonS, slice }: Tally,
  { metric, unit, countOf, className, better }: Value,
  count: number,
  interval: Interval,
  context: RowContext,
): MetricRow {
  const knowsPolicies = measure.policies === 'each'
  return {
    ...{ task, model, metric, measure: measure.name, value: interval.value, unit, better, countOf, className },
    // A difference of which one side says nothing rests on nothing.
    count: interval.value === null ? 0 : count,
    ...{ horizonS, slice, policy: knownPolicy({ measure, policy }) },
    mask: knowsPolicies ? policy.mask : 'none',
    classPolicy: knowsPolicies ? classPolicyOf(policy) : measure.what,
    ego: task === 'forecast' ? context.ego : null,
    population: context.population[task],
    part: context.part,
    ...{ low: interval.low, high: interval.high, confidence: interval.confidence, interval: interval.method },
    ...{ clusters: interval.clusters, probabilityBetter: null, p: null, pHolm: null },
    verdict: verdictOn(interval, context.minLogs),
    remark: interval.reason ?? null,
    ...{ dataset: context.dataset, split: context.split, run: context.run },
  }
}

/** The policy of a row: a measure that knows no policies names its own convention. */
export function knownPolicy({ measure, policy }: Pick<Tally, 'measure' | 'policy'>): string {
  return measure.policies === 'each' ? policy.name : measure.name
}

/** Only what keeps a number from being used: it says nothing, or too few logs say it. */
function verdictOn({ value, clusters }: Interval, minLogs: number): MetricRow['verdict'] {
  if (value === null) return 'not-applicable'
  return clusters < minLogs ? 'insufficient-support' : null
}
