import type { MetricRow } from '../eval/metricRow.js'
import { aligned, cell, intervalsOf, partOf } from './headline.js'

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
  if (lines.length === 0) return ['no audits']
  const [{ policy, mask, classPolicy }] = judged
  return [
    ...aligned([['held out', 'gap', 'value', 'support', 'verdict', 'why'], ...lines]),
    '',
    `policy ${policy}: mask ${mask}; ${classPolicy}`,
    partOf(judged),
    intervalsOf(judged),
  ]
}
