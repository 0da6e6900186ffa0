import { isBaseline } from '../baselines.js'
import type { MetricRow } from '../metricRow.js'
import { leadingRows } from './rows.js'

/** The model's slices held against all other logs, under the leading policy. */
export function restRows(rows: readonly MetricRow[]): MetricRow[] {
  return leadingRows(rows).filter(({ metric, model }) => metric.endsWith('_minus_rest') && !isBaseline(model))
}

/** Where in time a row is: `2 s`, `reconstruction`, or over all horizons, as the growth of the error is. */
export function whenOf({ task, horizonS }: Pick<MetricRow, 'task' | 'horizonS'>): string {
  if (task === 'reconstruction') return 'reconstruction'
  return horizonS === null ? 'all horizons' : `${horizonS} s`
}

/** What a slice's difference from the rest says, after correction for how many slices there are. */
export function outcomeOfSlice({
  pHolm,
  low,
  high,
  value,
  better,
}: MetricRow): 'worse' | 'better' | 'open' | 'untested' {
  if (pHolm === null || pHolm === undefined || value === null) return 'untested'
  if (pHolm >= 0.05 || low === null || high === null || (low <= 0 && high >= 0)) return 'open'
  return value > 0 === (better !== 'lower') ? 'better' : 'worse'
}
