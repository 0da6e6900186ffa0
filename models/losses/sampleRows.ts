import { stream } from '../../pipeline/random.js'

/**
 * Rows to take a loss of, at most `atMost` of those that count: all of them where that is enough, else one drawn from
 * each of `atMost` stretches of equal length, so that they are spread over the frames as the counted rows are.
 *
 * @param counted 0 leaves a row out
 * @returns indices, rising
 */
export function sampleRows(counted: ArrayLike<number>, atMost: number, seed: number, step: number): Int32Array {
  const rows = new Int32Array(counted.length)
  let n = 0
  for (let row = 0; row < counted.length; row++) if (counted[row] !== 0) rows[n++] = row
  if (n <= atMost) return rows.slice(0, n)
  const rng = stream(seed, 'loss rows', step)
  return Int32Array.from({ length: atMost }, (_, i) => rows[Math.floor(((i + rng.float()) * n) / atMost)])
}
