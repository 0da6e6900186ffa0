import type { SkipCounter } from './skipCounter.js'

/** Points on their way into a sweep: the arrays go point by point, and may be longer than `count`. */
export interface LoosePoints {
  count: number
  /** x y z a point, 3·count. */
  pointsM: Float32Array | Float64Array
  lidar: Uint8Array
  offsetNs: Int32Array
  category: Uint8Array | null
  /** The file they came from, below the log's folder. */
  file: string
}

/** Drops points whose coordinates are not finite, in place, and counts them with the first row. */
export function dropNotFinite(points: LoosePoints, skips: SkipCounter): void {
  const { pointsM, count } = points
  // Most sweeps have none: asked for on its own, this is a loop that compiles to little.
  if (areFinite(pointsM, count)) return
  dropPoints(points, (row) => (isFinitePoint(pointsM, row) ? null : notFinite), skips)
}

function areFinite(pointsM: Float32Array | Float64Array, count: number): boolean {
  // Zero times anything finite is zero; times the rest it is not a number, and stays so. By axes, which do not wait for each other.
  let [x, y, z] = [0, 0, 0]
  for (let at = 0; at < 3 * count; at += 3) {
    x += 0 * pointsM[at]
    y += 0 * pointsM[at + 1]
    z += 0 * pointsM[at + 2]
  }
  return x + y + z === 0
}

export const notFinite = 'coordinates are not finite'

export function isFinitePoint(pointsM: Float32Array | Float64Array, row: number): boolean {
  // The sum is finite exactly when all three are: coordinates are far too small to overflow.
  return Number.isFinite(pointsM[3 * row] + pointsM[3 * row + 1] + pointsM[3 * row + 2])
}

/** Drops the points that `faultOf` has a reason for, in place, and counts them by reason, each with its first row. */
export function dropPoints(points: LoosePoints, faultOf: (row: number) => string | null, skips: SkipCounter): void {
  const { count, pointsM, lidar, offsetNs, category, file } = points
  const faults = new Map<string, { first: number; count: number }>()
  let kept = 0
  for (let row = 0; row < count; row++) {
    const fault = faultOf(row)
    if (fault !== null) {
      const known = faults.get(fault)
      if (known) known.count++
      else faults.set(fault, { first: row, count: 1 })
      continue
    }
    if (kept < row) {
      pointsM.copyWithin(3 * kept, 3 * row, 3 * row + 3)
      lidar[kept] = lidar[row]
      offsetNs[kept] = offsetNs[row]
      if (category) category[kept] = category[row]
    }
    kept++
  }
  for (const [why, { first, count }] of faults) skips.add('point', why, `${file}, row ${first}`, count)
  points.count = kept
}
