import { stream } from '../pipeline/random.js'
import type { Value } from './measures/measure.js'
import type { Score } from './metrics/score.js'
import { resampleSums } from './statistics/bootstrap.js'
import { type Draws, drawsOf } from './statistics/draws.js'
import { effectiveClusters } from './statistics/effectiveClusters.js'
import { type Interval, type IntervalRule, intervalOf } from './statistics/interval.js'
import { proportionInterval } from './statistics/proportion.js'
import type { Resamples } from './statistics/resample.js'

export const confidence = 0.95

/** Draws that are kept; of many slices of a large fleet they would fill the memory, and made again they are the same. */
const mostBytes = 2 ** 28

/** One value of a tally over some logs. */
export interface Sampled {
  value: Value
  /** Over all of the logs. */
  score: Score
  /** [C] what each log counts for: the count of the value on it. */
  sizes: Float64Array
  resamples: Resamples
}

/** Sums by log. */
export type LogSums = ReadonlyMap<string, Float64Array>

/**
 * Resamples values over logs. The same logs are drawn alike whatever is measured on them, so that values of two tallies of
 * the same logs are paired draw by draw, and a draw is made once for all.
 */
export class Sampler {
  private readonly draws = new Map<string, Draws>()
  private bytes = 0

  constructor(
    private readonly seed: number,
    private readonly resamples: number,
  ) {}

  /** All values on the same draws of the logs; without `drawing` only what needs none. */
  sample(logs: LogSums, values: readonly Value[], drawing = true): Sampled[] {
    const logIds = [...logs.keys()].sort()
    const clusters = logIds.map((logId) => logs.get(logId)!)
    const statistics = values.map(
      ({ score }) =>
        (sums: Float64Array) =>
          score(sums).value,
    )
    const resampled = resampleSums(clusters, statistics, this.drawsOf(logIds, drawing && logIds.length > 1))
    const all = summed(clusters)
    return values.map((value, i) => ({
      value,
      score: value.score(all),
      sizes: Float64Array.from(clusters, (sums) => value.score(sums).count),
      resamples: resampled[i],
    }))
  }

  private drawsOf(logIds: readonly string[], drawing: boolean): Draws {
    const key = JSON.stringify(logIds)
    const known = this.draws.get(key)
    if (known) return known
    // One log is the same on every draw.
    const draws = drawsOf(logIds.length, drawing ? this.resamples : 0, stream(this.seed, 'logs', ...logIds))
    if (!drawing) return draws
    this.bytes += draws.weights.byteLength
    if (this.bytes > mostBytes) {
      this.draws.clear()
      this.bytes = draws.weights.byteLength
    }
    this.draws.set(key, draws)
    return draws
  }
}

/** The rule by which a value's interval is made, from what its logs count for. */
export function ruleOf({ sizes }: Pick<Sampled, 'sizes'>): IntervalRule {
  const effective = effectiveClusters(sizes)
  return { confidence, method: 'bca', ...(effective > 0 && { effective }) }
}

/** A value's interval: BCa, or Wilson's where a proportion rests on few logs or all logs agree. */
export function intervalOfValue(sampled: Sampled): Interval {
  const interval = intervalOf(sampled.resamples, ruleOf(sampled))
  return isProportion(sampled) ? proportionInterval(interval, sampled.sizes) : interval
}

function isProportion({ value, resamples }: Sampled): boolean {
  return value.unit === 'ratio' && resamples.onDraws.every((drawn) => !(drawn < 0 || drawn > 1))
}

/** Σ over logs, [L]. */
export function summed(clusters: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(clusters[0]?.length ?? 0)
  for (const cluster of clusters) for (let i = 0; i < sum.length; i++) sum[i] += cluster[i]
  return sum
}
