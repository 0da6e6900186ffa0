import { UsageError } from '../../pipeline/errors.js'
import { isBaseline } from '../baselines.js'
import { type LogSlice, logSlices } from '../logSlices.js'
import { type Directed, isDirected } from '../measures/measure.js'
import { ruleOf, type Sampled, Sampler } from '../sampler.js'
import type { Tally } from '../scoreboard.js'
import { type Paired, pairedOf } from '../statistics/bootstrap.js'
import { holm } from '../statistics/holm.js'
import { knownPolicy } from '../tallyRows.js'
import type { ComparisonRow, Outcome } from './comparisonRow.js'
import { counterpart, type PairedLogs, pairedLogs, refuseOtherPopulations, type Side } from './population.js'

/** How a comparison is made. */
export interface CompareConfig {
  /** Bootstrap resamples over logs. */
  resamples: number
  /** Logs that must support a difference. */
  minLogs: number
}

export const compareDefaults: CompareConfig = { resamples: 2000, minLogs: 3 }

/** A number of one side that the other lacks. */
export interface Unpaired {
  what: string
  why: string
}

export interface Comparison {
  rows: ComparisonRow[]
  unpaired: Unpaired[]
}

/** Above this corrected p a difference is not called. */
export const significance = 0.05

/**
 * Every number of B against the same number of A, on the logs of both: B − A by a paired cluster bootstrap, both sides
 * under the same draws. Headline values over all logs are one family of tests, single classes and slices (of the scene and
 * of the logs) another; p-values are corrected by Holm within each. Baselines depend on no model and are not compared.
 *
 * @throws UsageError when the two were not scored on the same frames, or have no number on the same log in common.
 */
export function compareTallies(a: Side, b: Side, { resamples, minLogs }: CompareConfig, seed: number): Comparison {
  refuseOtherPopulations(a, b)
  const unpaired = [...missing(a, b, 'B'), ...missing(b, a, 'A')]
  const { slices } = logSlices(a.about.logs)
  const sampler = new Sampler(seed, resamples)
  const rows = a.tallies.flatMap((ours) => {
    const theirs = isBaseline(ours.model) ? undefined : counterpart(ours, b)
    return theirs ? tallyRows(ours, theirs, { slices, sampler, minLogs, side: a }) : []
  })
  if (rows.length === 0) throw nothingInCommon(a, b, unpaired)
  return { rows: withOutcomes(rows, minLogs), unpaired }
}

interface Context {
  slices: readonly LogSlice[]
  sampler: Sampler
  minLogs: number
  side: Side
}

function tallyRows(a: Tally, b: Tally, context: Context): ComparisonRow[] {
  const paired = pairedLogs(a, b)
  if (paired.logIds.length === 0) return []
  const values = a.measure
    .values(context.side.about.world, a.policy)
    .filter(isDirected)
    .filter(({ className, headline }) => a.slice === 'all' || className === null || headline)
  const rows = differences(a, b, values, paired, context)
  if (a.slice !== 'all') return rows
  const headline = values.filter((value) => value.headline)
  const sliced = context.slices.flatMap(({ name, logIds }) => {
    const inside = paired.logIds.filter((logId) => logIds.has(logId))
    const of = { ...paired, logIds: inside }
    return inside.length === 0 ? [] : differences({ ...a, slice: name }, b, headline, of, context)
  })
  return [...rows, ...sliced]
}

function differences(
  a: Tally,
  b: Tally,
  values: readonly Directed[],
  paired: PairedLogs,
  { sampler }: Context,
): ComparisonRow[] {
  const [ours, theirs] = [a, b].map(({ logs }) =>
    sampler.sample(new Map(paired.logIds.map((id) => [id, logs.get(id)!])), values),
  )
  return values.map((value, i) => differenceRow(a, value, ours[i], theirs[i], paired))
}

function differenceRow(
  tally: Tally,
  { metric, className, unit, better, countOf, headline }: Directed,
  a: Sampled,
  b: Sampled,
  { leftOut, why }: PairedLogs,
): ComparisonRow {
  const paired = pairedOf(b.resamples, a.resamples, ruleOf(a), better)
  const { task, model, measure, horizonS, slice } = tally
  return {
    ...{ task, model, measure: measure.name, metric, className, horizonS, slice, policy: knownPolicy(tally) },
    ...{ unit, better, valueA: a.score.value, valueB: b.score.value, difference: paired.value },
    ...{ low: paired.low, high: paired.high, confidence: paired.confidence, interval: paired.method },
    ...{ logs: paired.clusters, logsLeftOut: leftOut, whyLeftOut: why, count: b.score.count, countOf },
    ...{ probabilityBetter: paired.probabilityBetter, p: paired.p, pHolm: null },
    family: headline && slice === 'all' ? 'headline' : 'breakdown',
    outcome: isSame(a, b, paired) ? 'same' : 'open',
    remark: paired.reason ?? null,
  }
}

/** Whether no log at all tells the two apart: then there is nothing to test. */
function isSame(a: Sampled, b: Sampled, { value }: Paired): boolean {
  return value === 0 && a.resamples.onDraws.every((drawn, i) => Object.is(drawn, b.resamples.onDraws[i]))
}

/** Corrects the p-values of what is tested, and says what each difference means. */
function withOutcomes(rows: readonly ComparisonRow[], minLogs: number): ComparisonRow[] {
  const decided = rows.map((row) => ({ ...row, outcome: outcomeBefore(row, minLogs) }))
  for (const family of ['headline', 'breakdown']) {
    const members = decided.filter((row) => row.family === family)
    const adjusted = holm(members.map(({ outcome, p }) => (outcome === 'open' ? p : null)))
    members.forEach((row, i) => {
      row.pHolm = adjusted[i]
      if (row.outcome === 'open') row.outcome = called(row)
    })
  }
  return decided
}

function outcomeBefore({ difference, logs, outcome }: ComparisonRow, minLogs: number): Outcome {
  if (difference === null) return 'not-applicable'
  return logs < Math.max(2, minLogs) ? 'insufficient-support' : outcome
}

/** A difference is called where the corrected p is small and the interval agrees. */
function called({ pHolm, low, high, difference, better }: ComparisonRow): Outcome {
  if (pHolm === null || pHolm >= significance || low === null || high === null || (low <= 0 && high >= 0)) return 'open'
  return difference! > 0 === (better === 'higher') ? 'better' : 'worse'
}

function missing(of: Side, other: Side, name: string): Unpaired[] {
  return of.tallies.flatMap((tally) => {
    if (isBaseline(tally.model)) return []
    const theirs = counterpart(tally, other)
    const what = [tally.task, tally.model, tally.measure.name, knownPolicy(tally), at(tally.horizonS), tally.slice]
    if (!theirs) return [{ what: what.join(' '), why: `${name} has none` }]
    const { logIds, why } = pairedLogs(tally, theirs)
    return name === 'B' && logIds.length === 0 ? [{ what: what.join(' '), why: why ?? 'no logs' }] : []
  })
}

function at(horizonS: number | null): string {
  return horizonS === null ? 'any horizon' : `${horizonS} s`
}

function nothingInCommon(a: Side, b: Side, unpaired: readonly Unpaired[]): UsageError {
  const [first] = unpaired
  return new UsageError('the two have no number on the same frames of the same log', {
    file: b.dir,
    place: first && `${first.what}: ${first.why}`,
    expected: `${a.about.population.forecast}, horizons ${a.about.windows.horizonsS.join(', ')} s`,
    actual: `${b.about.population.forecast}, horizons ${b.about.windows.horizonsS.join(', ')} s`,
  })
}
