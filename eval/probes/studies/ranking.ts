/**
 * Ranks, from 0 and ascending, of some rows where all `candidates` are ordered by `near`, greatest first, and by row where
 * it is equal. O(n log n) once, then O(log n) a row: the order itself is never made.
 * @param near by row
 * @param candidates ascending; the rows asked for are among them
 */
export function ranking(near: Float64Array, candidates: Int32Array): (rows: readonly number[]) => number[] {
  const sorted = Float64Array.from(candidates, (row) => near[row]).sort()
  const rankOf = (row: number) => {
    const value = near[row]
    const notGreater = countWhere(sorted, (other) => other <= value)
    const smaller = countWhere(sorted, (other) => other < value)
    const isAlone = notGreater - smaller === 1
    const before = isAlone ? 0 : candidates.filter((other) => other < row && near[other] === value).length
    return sorted.length - notGreater + before
  }
  return (rows) => rows.map(rankOf).sort((a, b) => a - b)
}

/** Mean over the wanted of the precision at their ranks, which ascend; 0 of none. */
export function averagePrecision(ranks: readonly number[]): number {
  const sum = ranks.reduce((total, rank, i) => total + (i + 1) / (rank + 1), 0)
  return ranks.length === 0 ? 0 : sum / ranks.length
}

/** How many of the ascending values, from the first on, are as asked. */
function countWhere(ascending: Float64Array, is: (value: number) => boolean): number {
  let [from, to] = [0, ascending.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (is(ascending[middle])) from = middle + 1
    else to = middle
  }
  return from
}
