import type { MetricRow } from '../eval/metricRow.js'
import { aligned, cell } from './headline.js'

/** The gaps that have a verdict, one line each. */
export function auditTable(rows: readonly MetricRow[]): string[] {
  const judged = rows.filter((row) => row.task === 'audit' && row.metric.endsWith('_gap') && row.verdict)
  const lines = judged.map((row) => [
    row.slice,
    row.metric,
    cell(row),
    `${row.clusters} ${row.clusters === 1 ? 'log' : 'logs'}`,
    row.verdict!,
    row.remark ?? '',
  ])
  return lines.length === 0
    ? ['no audits']
    : aligned([['held out', 'gap', 'value', 'support', 'verdict', 'why'], ...lines])
}
