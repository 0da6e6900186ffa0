import { notApplicable, type Score } from '../metrics/score.js'
import type { Statistic } from './bootstrap.js'

/**
 * Sufficient statistics of a regression's predictions on some rows: [n, Σt, Σt², Σe², Σ|e|], t = target − centre,
 * e = target − prediction. Those of several groups of rows add up, so a bootstrap over logs can resample them. `centre`
 * is any number near the targets (their training mean): it cancels, and keeps the digits.
 */
export function residuals(
  targets: ArrayLike<number>,
  predictionAt: (row: number) => number,
  rows: Iterable<number>,
  centre: number,
): Float64Array {
  const sums = new Float64Array(5)
  for (const row of rows) {
    const target = targets[row] - centre
    const error = targets[row] - predictionAt(row)
    sums[0]++
    sums[1] += target
    sums[2] += target ** 2
    sums[3] += error ** 2
    sums[4] += Math.abs(error)
  }
  return sums
}

/** R² = 1 − Σe² / Σ(t − t̄)², t̄ the mean of the very rows; null where their targets do not vary. */
export const r2: Statistic = ([rows, sum, squares, errorSquares]) => {
  const variation = squares - sum ** 2 / rows
  return rows < 2 || variation <= 1e-12 * squares ? null : 1 - errorSquares / variation
}

/** Mean absolute error, in the target's unit. */
export const meanAbsoluteError: Statistic = ([rows, , , , absolute]) => (rows === 0 ? null : absolute / rows)

/** A statistic of residuals with the rows it rests on. */
export function scoreOf(statistic: Statistic, sums: Float64Array): Score {
  const value = statistic(sums)
  return value === null ? notApplicable : { value, count: sums[0] }
}
