import { DataError } from '../../pipeline/errors.js'

/** Features, [n, d] row-major. */
export interface Design {
  features: Float64Array | Float32Array
  /** d. */
  width: number
}

/** What takes a feature to mean 0 and standard deviation 1 on the rows it was fitted on; [d] each. */
export interface Scale {
  mean: Float64Array
  /** 0 for a feature that does not vary, which then weighs nothing. */
  inverseStd: Float64Array
}

/** n. Throws DataError where the features do not make whole rows. */
export function rowCount({ features, width }: Design): number {
  if (width < 1 || features.length % width !== 0)
    throw new DataError('features do not make whole rows', {
      expected: `a multiple of ${width}`,
      actual: `${features.length} numbers`,
    })
  return features.length / width
}

/** The numbers 0 … n − 1: all rows. */
export function allRows(n: number): Int32Array {
  return Int32Array.from({ length: n }, (_, row) => row)
}

/** 1 / standard deviation, or 0 where the variation is rounding (float32 carries seven digits). */
export function inverseStd(variance: number, mean: number): number {
  const std = Math.sqrt(Math.max(variance, 0))
  return std <= 1e-9 * Math.abs(mean) ? 0 : 1 / std
}

/** Mean and standard deviation (over n) of each feature on the given rows alone. */
export function scaleOf({ features, width }: Design, rows: Int32Array): Scale {
  const mean = new Float64Array(width)
  const variance = new Float64Array(width)
  for (const row of rows) for (let j = 0; j < width; j++) mean[j] += features[row * width + j] / rows.length
  for (const row of rows)
    for (let j = 0; j < width; j++) variance[j] += (features[row * width + j] - mean[j]) ** 2 / rows.length
  return { mean, inverseStd: variance.map((value, j) => inverseStd(value, mean[j])) }
}

/** The given rows, standardised: [rows, d]. */
export function standardised({ features, width }: Design, rows: Int32Array, scale: Scale): Float64Array {
  const out = new Float64Array(rows.length * width)
  for (let i = 0; i < rows.length; i++)
    for (let j = 0; j < width; j++)
      out[i * width + j] = (features[rows[i] * width + j] - scale.mean[j]) * scale.inverseStd[j]
  return out
}
