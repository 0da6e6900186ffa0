import type { MetricRow } from '../metricRow.js'
import type { Score } from '../metrics/score.js'
import type { Interval } from '../statistics/interval.js'

export type Provenance = Pick<MetricRow, 'dataset' | 'split' | 'run'>

/** What a row of the probe stage says beside its number. */
export interface ProbeLine extends Provenance {
  /** What was probed: a run's latent, or what it is held against (`chance`, `control`). */
  model: string
  metric: string
  unit: string
  /** What `Score.count` counts. */
  countOf: string
  className?: string | null
  slice: string
  /** How it was read off: `linear probe`, `nearest neighbours`. */
  policy: string
  /** What a high value means. */
  classPolicy: string
  population: string
  remark?: string | null
}

/** A number with its interval as a row; `interval` null: it has none, and `remark` says why. */
export function probeRow(line: ProbeLine, { value, count }: Score, interval: Interval | null): MetricRow {
  const { remark = null, className = null, ...rest } = line
  return {
    task: 'probe',
    ...rest,
    value,
    count,
    className,
    horizonS: null,
    mask: 'none',
    ego: null,
    part: 'test',
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    confidence: interval?.confidence ?? 0.95,
    interval: interval?.method ?? 'none',
    clusters: interval?.clusters ?? 0,
    verdict: value === null ? 'not-applicable' : null,
    remark: remark ?? interval?.reason ?? null,
  }
}
