import { baselines } from '../baselines.js'
import type { MetricRow } from '../metricRow.js'
import { modelOf, rowWhere } from './rows.js'

/** What an interval says about two numbers. */
export type Comparison = 'ahead' | 'behind' | 'open'

type Bounds = Pick<MetricRow, 'low' | 'high'>

/** A difference, or a value against a constant: decided when its whole interval lies on one side. */
export function against({ low, high }: Bounds, threshold = 0): Comparison {
  if (low === null || high === null) return 'open'
  return low > threshold ? 'ahead' : high < threshold ? 'behind' : 'open'
}

/** The model's paired gain over a baseline at a horizon. */
export function gainOver(rows: readonly MetricRow[], baseline: string, metric: string, horizonS: number) {
  return rowWhere(rows, { task: 'forecast', metric: `${metric}_gain_over_${baseline}`, horizonS, slice: 'all' })
}

/**
 * The forecaster that is best at a horizon, only where the evidence says so against each other one: the paired
 * difference where there is one, else intervals that do not meet. Undefined when the data cannot tell.
 */
export function provenBest(rows: readonly MetricRow[], metric: string, horizonS: number): string | undefined {
  const candidates = [modelOf(rows), ...baselines].flatMap((model) => {
    const row = model && rowWhere(rows, { task: 'forecast', model, metric, horizonS, slice: 'all', className: null })
    return row && row.value !== null ? [row] : []
  })
  if (candidates.length < 2) return undefined
  const best = candidates.reduce((a, b) => (b.value! > a.value! ? b : a))
  const others = candidates.filter((row) => row !== best)
  return others.every((other) => isAhead(rows, best, other)) ? best.model : undefined
}

function isAhead(rows: readonly MetricRow[], best: MetricRow, other: MetricRow): boolean {
  const model = modelOf(rows)
  const [baseline, wanted] = best.model === model ? [other.model, 'ahead'] : [best.model, 'behind']
  const paired =
    model === best.model || model === other.model ? gainOver(rows, baseline, best.metric, best.horizonS!) : undefined
  if (paired) return against(paired) === wanted
  return best.low !== null && other.high !== null && best.low > other.high
}
