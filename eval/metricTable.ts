import type { MetricRow } from './metricRow.js'
import { type Columns, number, orNull, readTable, snakeCase, text, whole, writeTable } from './parquetTable.js'

/** The table's columns in file order; a field of MetricRow that is missing here does not compile. */
const columns: Columns<MetricRow> = {
  task: text,
  model: text,
  metric: text,
  measure: orNull(text),
  value: orNull(number),
  unit: text,
  better: orNull(text),
  count: whole,
  countOf: text,
  className: orNull(text),
  horizonS: orNull(number),
  slice: text,
  policy: text,
  mask: text,
  classPolicy: text,
  ego: orNull(text),
  population: text,
  part: text,
  low: orNull(number),
  high: orNull(number),
  confidence: number,
  interval: text,
  clusters: whole,
  probabilityBetter: orNull(number),
  p: orNull(number),
  pHolm: orNull(number),
  verdict: orNull(text),
  remark: orNull(text),
  dataset: text,
  split: text,
  run: text,
}

/** Names of the columns in the file: the fields of MetricRow in snake case. */
export const metricColumns = Object.keys(columns).map(snakeCase)

/** Writes one Parquet row a number. Throws DataError for a value that is not finite. */
export function writeMetrics(path: string, rows: readonly MetricRow[]): Promise<void> {
  return writeTable(path, columns, rows)
}

/** Reads what `writeMetrics` wrote. Throws DataError when the file is missing, damaged or another table. */
export function readMetrics(path: string): Promise<MetricRow[]> {
  return readTable(path, columns, 'a table of metrics')
}
