import { baselines, isBaseline } from '../baselines.js'
import type { MetricRow } from '../metricRow.js'

type Where = { [K in keyof MetricRow]?: MetricRow[K] | readonly MetricRow[K][] }

/** Rows whose fields are as asked: equal, or one of a list. */
export function rowsWhere(rows: readonly MetricRow[], where: Where): MetricRow[] {
  const conditions = Object.entries(where) as [keyof MetricRow, unknown][]
  return rows.filter((row) =>
    conditions.every(([field, wanted]) =>
      Array.isArray(wanted) ? wanted.includes(row[field]) : row[field] === wanted,
    ),
  )
}

export function rowWhere(rows: readonly MetricRow[], where: Where): MetricRow | undefined {
  return rowsWhere(rows, where)[0]
}

/** Values of a field in order of first appearance. */
export function valuesOf<K extends keyof MetricRow>(rows: readonly MetricRow[], field: K): MetricRow[K][] {
  return [...new Set(rows.map((row) => row[field]))]
}

/**
 * Forecast and reconstruction under the policy that the report leads with: occlab's own, or the first there is. The
 * convention of a measure that knows no policies leads only where there is nothing else.
 */
export function leadingRows(rows: readonly MetricRow[]): MetricRow[] {
  const scores = rowsWhere(rows, { task: ['forecast', 'reconstruction'] })
  const underPolicies = scores.filter(({ policy, measure }) => policy !== measure)
  const names = valuesOf(underPolicies.length > 0 ? underPolicies : scores, 'policy')
  const policy = names.includes('occlab') ? 'occlab' : names[0]
  return rowsWhere(scores, { policy })
}

/** What measures found: under the leading policy, or under a convention of the measure's own. */
export function measuredRows(rows: readonly MetricRow[]): MetricRow[] {
  const leading = new Set(leadingRows(rows))
  return rows.filter((row) => leading.has(row) || (row.measure != null && row.policy === row.measure))
}

/** Horizons with forecasts, seconds, ascending. */
export function horizonsOf(rows: readonly MetricRow[]): number[] {
  const horizons = valuesOf(rowsWhere(rows, { task: 'forecast' }), 'horizonS').flatMap((horizonS) => horizonS ?? [])
  return horizons.sort((a, b) => a - b)
}

/** Name of the model that was evaluated, whatever it is called: the forecaster that is no baseline. */
export function modelOf(rows: readonly MetricRow[]): string | undefined {
  return valuesOf(rowsWhere(rows, { task: 'forecast' }), 'model').find((name) => !isBaseline(name))
}

/** Forecasters of a table, the model first. */
export function forecastersOf(rows: readonly MetricRow[]): string[] {
  const names = valuesOf(rowsWhere(rows, { task: 'forecast' }), 'model')
  const model = modelOf(rows)
  return [...(model ? [model] : []), ...baselines.filter((name) => names.includes(name))]
}
