import type { MetricRow } from '../eval/metricRow.js'
import { aligned, cell } from './headline.js'

/** Probes against chance, one line each. */
export function probeTable(rows: readonly MetricRow[]): string[] {
  const of = (row: MetricRow, model: string) =>
    rows.find((other) => other.slice === row.slice && other.metric === row.metric && other.model === model)
  const lines = rows
    .filter((row) => row.task === 'probe' && row.model !== 'chance')
    .map((row) => {
      const chance = of(row, 'chance')
      return [row.slice, row.metric, row.unit, cell(row), chance ? cell(chance) : '', String(row.count)]
    })
  return lines.length === 0
    ? ['no probes']
    : aligned([['probe', 'metric', 'unit', 'latent', 'chance', 'frames'], ...lines])
}
