import type { Score } from '../metrics/score.js'
import { type Columns, number, orNull, readTable, text, whole, writeTable } from '../parquetTable.js'

export const comparisonFile = 'comparison.parquet'

/** What a difference means, after correction for how many there are. */
export type Outcome = 'better' | 'worse' | 'open' | 'same' | 'insufficient-support' | 'not-applicable'

/** How far B is from A in one number, on the logs of both. */
export interface ComparisonRow {
  task: string
  model: string
  measure: string
  metric: string
  className: string | null
  horizonS: number | null
  slice: string
  policy: string
  unit: string
  better: 'higher' | 'lower'
  valueA: Score['value']
  valueB: Score['value']
  /** B − A. */
  difference: number | null
  low: number | null
  high: number | null
  confidence: number
  /** As in `MetricRow`. */
  interval: string
  /** Logs that say something about the number. */
  logs: number
  /** Logs that A or B lacks or scored on other frames, and which; 0 and null where the logs are the same. */
  logsLeftOut: number
  whyLeftOut: string | null
  /** Voxels, rays, things, … that B's value rests on. */
  count: number
  countOf: string
  /** The part of the resamples on which B is better, ties half. */
  probabilityBetter: number | null
  /** Two-sided p of there being no difference (`statistics/significance.ts`), and corrected by Holm within `family`. */
  p: number | null
  pHolm: number | null
  /** Which tests it was corrected for together: `headline`: headline values over all logs; `breakdown`: classes and slices. */
  family: 'headline' | 'breakdown'
  outcome: Outcome
  remark: string | null
}

const columns: Columns<ComparisonRow> = {
  task: text,
  model: text,
  measure: text,
  metric: text,
  className: orNull(text),
  horizonS: orNull(number),
  slice: text,
  policy: text,
  unit: text,
  better: text,
  valueA: orNull(number),
  valueB: orNull(number),
  difference: orNull(number),
  low: orNull(number),
  high: orNull(number),
  confidence: number,
  interval: text,
  logs: whole,
  logsLeftOut: whole,
  whyLeftOut: orNull(text),
  count: whole,
  countOf: text,
  probabilityBetter: orNull(number),
  p: orNull(number),
  pHolm: orNull(number),
  family: text,
  outcome: text,
  remark: orNull(text),
}

/** Writes one Parquet row a compared number. Throws DataError for a value that is not finite. */
export function writeComparison(path: string, rows: readonly ComparisonRow[]): Promise<void> {
  return writeTable(path, columns, rows)
}

/** Reads what `writeComparison` wrote. Throws DataError when the file is missing, damaged or another table. */
export function readComparison(path: string): Promise<ComparisonRow[]> {
  return readTable(path, columns, 'a comparison')
}

/** How much better B is: the difference, turned round where lower is better. Null where there is none. */
export function gainOf({ difference, low, high, better }: ComparisonRow): {
  value: number | null
  low: number | null
  high: number | null
} {
  const turned = (value: number | null) => (value === null ? null : -value)
  if (better === 'higher') return { value: difference, low, high }
  return { value: turned(difference), low: turned(high), high: turned(low) }
}
