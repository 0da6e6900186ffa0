/**
 * One number and everything it needs to mean something: what was measured, on which frames, under which policy, with
 * which interval, and where it came from. Every table, plot and file of results is made of these rows.
 */
export interface MetricRow {
  /** Which evaluation: `reconstruction`, `forecast`, `probe`, `audit`. */
  task: 'reconstruction' | 'forecast' | 'probe' | 'audit'
  /** What predicted: a run's model, or a baseline (`copy`, `warp`, `chance`). */
  model: string
  /** `iou`, `miou`, `class_iou`, `recall`, `precision`, `rare_recall`, `r2`, `mae`, `accuracy`, `iou_gap`, … */
  metric: string
  /** What measured it, by registry key (`eval/measures/measures.ts`); null or left out where no measure did. */
  measure?: string | null
  /** Null when there was nothing to measure: not applicable, never 0 or 1. */
  value: number | null
  /** `ratio`, `m`, `m/s`, `rad/s`, `nat`. */
  unit: string
  /** Which way is good; null or left out where neither is. */
  better?: 'higher' | 'lower' | null
  /** What the value counts over: voxels, frames. */
  count: number
  countOf: string
  /** Class the number is about; null for all. */
  className: string | null
  horizonS: number | null
  /** `all`, or the part of the population this row is about: `rig=shuttle32`. */
  slice: string
  /** Name of the policy and what it says, so that the row stands alone. */
  policy: string
  mask: string
  classPolicy: string
  /** Ego trajectory in forecasts: `given` or `predicted`; null elsewhere. */
  ego: string | null
  /** Which frames or windows, in words and numbers. */
  population: string
  part: string
  low: number | null
  high: number | null
  confidence: number
  /** `bca`, `percentile`, `wilson`, or `none` with the reason in `remark`. */
  interval: string
  clusters: number
  /** Of a difference: the part of the resamples on which it is a gain, ties half; null or left out elsewhere. */
  probabilityBetter?: number | null
  /** Of a difference: two-sided p of there being none (`statistics/significance.ts`). */
  p?: number | null
  /** The same, corrected by Holm for all tests of its family; the remark says which that is. */
  pHolm?: number | null
  verdict: 'pass' | 'fail' | 'insufficient-support' | 'not-applicable' | null
  remark: string | null
  /** Content hashes of the dataset, the split and the model folder the number came from. */
  dataset: string
  split: string
  run: string
}

/** The row with a remark before the one it has; null leaves it as it is. */
export function withRemark(row: MetricRow, remark: string | null): MetricRow {
  return remark ? { ...row, remark: [remark, row.remark].filter(Boolean).join('; ') } : row
}
