import type { MetricRow } from '../metricRow.js'
import type { Finding } from './findings.js'
import { counted, inWords, signed } from './numbers.js'
import { rowsWhere, valuesOf } from './rows.js'
import { outcomeOfSlice, restRows } from './slices.js'

/** Slices of the logs that are worse than the rest at any horizon, and those that nothing can be said of. */
export function worstSlices(all: readonly MetricRow[]): Finding[] {
  const rows = restRows(all).filter(({ metric }) => metric === 'iou_minus_rest' || metric === 'miou_minus_rest')
  const outcomes = valuesOf(rows, 'slice').map((slice) => {
    const of = rowsWhere(rows, { slice })
    const worse = of.filter((row) => outcomeOfSlice(row) === 'worse').sort((a, b) => a.pHolm! - b.pHolm!)
    return { slice, worst: worse[0], isTested: of.some(({ pHolm }) => (pHolm ?? null) !== null) }
  })
  const worse = outcomes.filter(({ worst }) => worst).sort((a, b) => a.worst.pHolm! - b.worst.pHolm!)
  const untested = outcomes.filter(({ isTested }) => !isTested)
  const named = (row: MetricRow) =>
    `${row.slice}, ${row.metric.startsWith('m') ? 'mIoU' : 'IoU'}: ${inWords(row, signed)} against all other logs`
  return [
    ...(worse.length === 0
      ? []
      : [
          {
            tone: 'bad' as const,
            what: `Worse than elsewhere: ${worse
              .slice(0, 3)
              .map(({ slice }) => slice)
              .join(', ')}${worse.length > 3 ? ` and ${worse.length - 3} more` : ''}`,
            evidence: worse
              .slice(0, 3)
              .map(({ worst }) => named(worst))
              .join('; '),
          },
        ]),
    ...(untested.length === 0
      ? []
      : [
          {
            tone: 'unknown' as const,
            what: `${counted(untested.length, 'slice')} ${untested.length === 1 ? 'has' : 'have'} too few logs to be held against the rest`,
            evidence: listOf(untested.map(({ slice }) => slice)),
          },
        ]),
  ]
}

/** The first few of a list. */
function listOf(names: readonly string[]): string {
  return `${names.slice(0, 6).join(', ')}${names.length > 6 ? ` and ${names.length - 6} more` : ''}`
}
