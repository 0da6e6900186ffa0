import { CholeskyDecomposition, Matrix } from 'ml-matrix'
import { UsageError } from '../../pipeline/errors.js'
import { type Design, inverseStd } from './standardise.js'

/** A linear function of the features as they are: bias + Σ weights·x. */
export interface Linear {
  weights: Float64Array
  bias: number
}

/**
 * Sums and products of d features and the target (last) about a shift: all that ridge regression needs of its rows.
 * They add up and subtract, so every inner fold and every λ shares one pass over the rows. The shift cancels in the
 * solution; it keeps large offsets from eating the digits.
 */
export interface Moments {
  rows: number
  /** [d + 1]. */
  shift: Float64Array
  /** [d + 1]. */
  sums: Float64Array
  /** [d + 1, d + 1], lower triangle. */
  products: Float64Array
}

/** The moments of the given rows of (features, target) about `shift`. */
export function momentsOf(
  { features, width }: Design,
  targets: ArrayLike<number>,
  rows: Int32Array,
  shift: Float64Array,
): Moments {
  const size = width + 1
  const moments = { rows: rows.length, shift, sums: new Float64Array(size), products: new Float64Array(size * size) }
  const four = new Float64Array(4 * size)
  for (let start = 0; start < rows.length; start += 4) {
    four.fill(0)
    for (let i = start; i < Math.min(start + 4, rows.length); i++) {
      const to = (i - start) * size
      for (let j = 0; j < width; j++) four[to + j] = features[rows[i] * width + j] - shift[j]
      four[to + width] = targets[rows[i]] - shift[width]
    }
    addFour(moments, four, size)
  }
  return moments
}

/** Adds four rows at once: the products are read and written a quarter as often. */
function addFour({ sums, products }: Moments, four: Float64Array, size: number): void {
  const [second, third, fourth] = [size, 2 * size, 3 * size]
  for (let a = 0; a < size; a++) {
    const w = four[a]
    const x = four[second + a]
    const y = four[third + a]
    const z = four[fourth + a]
    sums[a] += w + x + y + z
    const row = a * size
    for (let b = 0; b <= a; b++)
      products[row + b] += w * four[b] + x * four[second + b] + y * four[third + b] + z * four[fourth + b]
  }
}

/** The moments of what is in `all` and not in `part`. Both must be about the same shift. */
export function without(all: Moments, part: Moments): Moments {
  return {
    rows: all.rows - part.rows,
    shift: all.shift,
    sums: all.sums.map((value, i) => value - part.sums[i]),
    products: all.products.map((value, i) => value - part.products[i]),
  }
}

/**
 * Ridge regression: the w that minimises (1/n)‖y − Xw‖² + λ‖w‖² over standardised features and a centred target, from
 * (XᵀX/n + λI) w = Xᵀy/n by Cholesky, given back for the features as they are. A. Hoerl & R. Kennard, "Ridge
 * Regression", 1970, https://doi.org/10.1080/00401706.1970.10488634. Our λ is theirs divided by n, so it means the same
 * for every number of rows.
 *
 * @throws UsageError where λ is too small to tell collinear features apart.
 */
export function ridge({ rows, shift, sums, products }: Moments, lambda: number): Linear {
  const size = shift.length
  const width = size - 1
  const mean = sums.map((sum, a) => shift[a] + sum / rows)
  const covariance = (a: number, b: number) => products[a * size + b] / rows - (sums[a] * sums[b]) / (rows * rows)
  const scale = mean.map((value, a) => inverseStd(covariance(a, a), value))
  const left = Matrix.zeros(width, width)
  for (let a = 0; a < width; a++) {
    for (let b = 0; b < a; b++) {
      const correlation = covariance(a, b) * scale[a] * scale[b]
      left.set(a, b, correlation)
      left.set(b, a, correlation)
    }
    // A feature that does not vary has an empty row and column; 1 keeps the system solvable and its weight 0.
    left.set(a, a, (scale[a] === 0 ? 1 : covariance(a, a) * scale[a] ** 2) + lambda)
  }
  const cholesky = new CholeskyDecomposition(left)
  if (!cholesky.isPositiveDefinite())
    throw new UsageError('collinear features need a larger λ', { actual: `λ = ${lambda}` })
  const right = Matrix.columnVector(Float64Array.from({ length: width }, (_, a) => covariance(width, a) * scale[a]))
  const weights = Float64Array.from(cholesky.solve(right).to1DArray(), (value, a) => value * scale[a])
  return { weights, bias: mean[width] - weights.reduce((sum, weight, a) => sum + weight * mean[a], 0) }
}

/** The linear function at the given rows. */
export function predict({ weights, bias }: Linear, { features, width }: Design, rows: Int32Array): Float64Array {
  return Float64Array.from(rows, (row) => {
    let sum = bias
    for (let j = 0; j < width; j++) sum += weights[j] * features[row * width + j]
    return sum
  })
}
