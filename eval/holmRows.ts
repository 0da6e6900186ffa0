import type { MetricRow } from './metricRow.js'
import { holm } from './statistics/holm.js'

/**
 * The rows with Holm's p for those that hold a slice against the rest. A family is what one asks at once: one value of one
 * model under one policy, over all slices and horizons.
 */
export function withHolm(rows: readonly MetricRow[]): MetricRow[] {
  const families = new Map<string, number[]>()
  rows.forEach((row, at) => {
    if (!row.metric.endsWith('_minus_rest') || (row.p ?? null) === null) return
    const key = JSON.stringify([row.task, row.model, row.policy, row.measure, row.metric, row.className])
    families.set(key, [...(families.get(key) ?? []), at])
  })
  const corrected = [...rows]
  for (const members of families.values()) {
    const adjusted = holm(members.map((at) => rows[at].p!))
    members.forEach((at, i) => {
      const remark = [rows[at].remark, `Holm over ${members.length} slices and horizons`].filter(Boolean).join('; ')
      corrected[at] = { ...rows[at], pHolm: adjusted[i], remark }
    })
  }
  return corrected
}
