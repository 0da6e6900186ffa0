import { normalise, type Quaternion } from '../pose.js'

/** How far `R·Rᵀ` may be from the identity: files print matrices with six digits or so. */
const tolerance = 1e-3

/**
 * The unit quaternion of a row-major 3×3 rotation matrix; null when it is no rotation (not orthonormal to 10⁻³, or a
 * reflection). The largest component is computed first, so that none is divided by one near zero (Shepperd 1978,
 * https://doi.org/10.2514/3.55767b).
 */
export function quaternionFromMatrix(m: ArrayLike<number>): Quaternion | null {
  if (!isRotation(m)) return null
  const [xx, yy, zz] = [m[0], m[4], m[8]]
  const trace = xx + yy + zz
  const largest = Math.max(trace, xx, yy, zz)
  if (largest === trace) return normalise([1 + trace, m[7] - m[5], m[2] - m[6], m[3] - m[1]])
  if (largest === xx) return normalise([m[7] - m[5], 1 + xx - yy - zz, m[1] + m[3], m[2] + m[6]])
  if (largest === yy) return normalise([m[2] - m[6], m[1] + m[3], 1 + yy - xx - zz, m[5] + m[7]])
  return normalise([m[3] - m[1], m[2] + m[6], m[5] + m[7], 1 + zz - xx - yy])
}

function isRotation(m: ArrayLike<number>): boolean {
  for (let i = 0; i < 3; i++)
    for (let j = 0; j <= i; j++) {
      const dot = m[3 * i] * m[3 * j] + m[3 * i + 1] * m[3 * j + 1] + m[3 * i + 2] * m[3 * j + 2]
      // Written so that NaN fails too.
      if (!(Math.abs(dot - (i === j ? 1 : 0)) < tolerance)) return false
    }
  const determinant =
    m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6]) + m[2] * (m[3] * m[7] - m[4] * m[6])
  return determinant > 0
}
