import { stream } from '../../random.js'

const rounds = 12
const mostSamples = 1000

/**
 * A few orthonormal axes along which vectors differ most, by orthogonal iteration on at most a thousand of them. They
 * only make a search fast: along orthonormal axes two vectors are never farther apart than they are, whatever the axes.
 */
export function principalAxes(
  vectorAt: (index: number) => Float64Array,
  count: number,
  length: number,
  most: number,
): Float64Array[] {
  const rng = stream(1, 'principal axes')
  const step = Math.max(1, count / mostSamples)
  const samples = Array.from({ length: Math.min(count, mostSamples) }, (_, i) => vectorAt(Math.floor(i * step)))
  const centred = aroundMean(samples, length)
  let axes = orthonormal(
    Array.from({ length: Math.min(most, length) }, () => Float64Array.from({ length }, () => rng.normal())),
  )
  for (let round = 0; round < rounds; round++) axes = orthonormal(axes.map((axis) => turned(axis, centred)))
  return axes
}

function aroundMean(samples: readonly Float64Array[], length: number): Float64Array[] {
  const mean = new Float64Array(length)
  for (const sample of samples) for (let i = 0; i < length; i++) mean[i] += sample[i] / samples.length
  return samples.map((sample) => sample.map((value, i) => value - mean[i]))
}

/** The covariance of the samples times the axis, plus a little of the axis, so that a flat direction stays one. */
function turned(axis: Float64Array, samples: readonly Float64Array[]): Float64Array {
  const result = axis.map((value) => 1e-9 * value)
  for (const sample of samples) {
    const along = dot(axis, sample)
    for (let i = 0; i < result.length; i++) result[i] += along * sample[i]
  }
  return result
}

/** Gram–Schmidt, twice over, because once leaves axes that are nearly parallel a little oblique. */
function orthonormal(axes: readonly Float64Array[]): Float64Array[] {
  const done: Float64Array[] = []
  for (const axis of axes) {
    const own = axis.slice()
    for (let pass = 0; pass < 2; pass++) {
      for (const other of done) {
        const along = dot(own, other)
        for (let i = 0; i < own.length; i++) own[i] -= along * other[i]
      }
      const norm = Math.sqrt(dot(own, own))
      for (let i = 0; i < own.length; i++) own[i] /= norm
    }
    done.push(own)
  }
  return done
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}
