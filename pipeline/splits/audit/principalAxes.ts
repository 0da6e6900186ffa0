import { EigenvalueDecomposition, Matrix } from 'ml-matrix'

/** Axes of too few vectors fit these and not the others: those of 1,000 let 45 times as many pairs of a million frames through. */
const mostSamples = 4096

/**
 * The orthonormal axes along which vectors differ most, most first: eigenvectors of the covariance of at most `mostSamples` of
 * them. They only make a search fast: along orthonormal axes two vectors are never farther apart than they are, whatever
 * the axes.
 *
 * @param vectorAt - [length] for each index below `count`.
 * @returns at most `most` axes and at most `length`; none when there are no vectors.
 */
export function principalAxes(
  vectorAt: (index: number) => Float64Array,
  count: number,
  length: number,
  most: number,
): Float64Array[] {
  if (count === 0) return []
  const samples = Math.min(count, mostSamples)
  const sums = new Float64Array(length)
  const products = new Float64Array(length * length)
  for (let n = 0; n < samples; n++) addVector(vectorAt(Math.floor((n * count) / samples)), sums, products)
  const covariance = new Matrix(length, length)
  for (let i = 0; i < length; i++)
    for (let j = 0; j <= i; j++) {
      const value = products[i * length + j] / samples - (sums[i] / samples) * (sums[j] / samples)
      covariance.set(i, j, value)
      covariance.set(j, i, value)
    }
  // The library returns them from the least eigenvalue up.
  const { eigenvectorMatrix } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true })
  return Array.from({ length: Math.min(most, length) }, (_, axis) =>
    Float64Array.from(eigenvectorMatrix.getColumn(length - 1 - axis)),
  )
}

/** Adds a vector to the sums and its products to the lower triangle, without its zeros, which are many. */
function addVector(vector: Float64Array, sums: Float64Array, products: Float64Array): void {
  const { length } = vector
  for (let i = 0; i < length; i++) {
    const value = vector[i]
    if (value === 0) continue
    sums[i] += value
    for (let j = 0; j <= i; j++) products[i * length + j] += value * vector[j]
  }
}
