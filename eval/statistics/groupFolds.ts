import { UsageError } from '../../pipeline/errors.js'
import type { Rng } from '../../pipeline/random.js'

/** What keeps rows together: a log, a site. */
export type Group = string | number

/**
 * Deals groups into k folds of about equal numbers of rows, never splitting one: the largest first, each to the fold
 * that has the fewest rows yet; the stream breaks ties. Rows of one log are near copies of each other, so a fold that
 * shares a log with its training part measures memory.
 *
 * @param groups - the group of each row.
 * @returns the fold of each row, 0 … k − 1; every fold has a row.
 * @throws UsageError unless 2 ≤ k ≤ the number of groups.
 */
export function groupFolds(groups: readonly Group[], k: number, rng: Rng): Int32Array {
  const rowsOf = rowsByGroup(groups)
  if (k < 2 || k > rowsOf.size)
    throw new UsageError('folds that keep groups whole', { expected: `2 to ${rowsOf.size} folds`, actual: `${k}` })
  const foldOf = new Map<Group, number>()
  const rowsIn = new Array<number>(k).fill(0)
  for (const [group, rows] of rng.shuffle([...rowsOf]).sort((a, b) => b[1].length - a[1].length)) {
    const fold = rowsIn.indexOf(Math.min(...rowsIn))
    foldOf.set(group, fold)
    rowsIn[fold] += rows.length
  }
  return Int32Array.from(groups, (group) => foldOf.get(group)!)
}

/** The rows of each group, in order of the groups' first rows. */
export function rowsByGroup(groups: readonly Group[]): Map<Group, Int32Array> {
  const rowsOf = new Map<Group, number[]>()
  for (const [row, group] of groups.entries()) {
    const rows = rowsOf.get(group)
    if (rows) rows.push(row)
    else rowsOf.set(group, [row])
  }
  return new Map([...rowsOf].map(([group, rows]) => [group, Int32Array.from(rows)]))
}

/** The rows of one fold, and all others. */
export interface Fold {
  held: Int32Array
  rest: Int32Array
}

/** The folds of `groupFolds` as rows; none where fewer than two groups leave nothing to hold out. */
export function foldsOf(groups: readonly Group[], k: number, rng: Rng): Fold[] {
  const count = Math.min(k, new Set(groups).size)
  if (count < 2) return []
  const foldOf = groupFolds(groups, count, rng)
  const rows = Int32Array.from(foldOf, (_, row) => row)
  return Array.from({ length: count }, (_, fold) => ({
    held: rows.filter((row) => foldOf[row] === fold),
    rest: rows.filter((row) => foldOf[row] !== fold),
  }))
}

/**
 * The λ with the least loss summed over folds; of equals the largest, the smoothest model. The middle one where there
 * are no folds.
 *
 * @param lossesOf - a fold's summed loss on its held rows for each λ.
 */
export function leastLoss(
  lambdas: readonly number[],
  folds: readonly Fold[],
  lossesOf: (fold: Fold) => readonly number[],
): number {
  if (folds.length === 0) return lambdas[lambdas.length >> 1]
  const totals = lambdas.map(() => 0)
  for (const fold of folds) for (const [i, loss] of lossesOf(fold).entries()) totals[i] += loss
  const least = Math.min(...totals)
  return Math.max(...lambdas.filter((_, i) => totals[i] === least))
}
