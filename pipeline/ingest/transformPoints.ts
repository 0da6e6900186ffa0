import { type Pose, rotationMatrix } from '../pose.js'

/** Takes the first `count` points (x y z, metres) through a transform, in place. Cities need doubles: they are far from their origins. */
export function transformPoints({ q, t }: Pose, pointsM: Float32Array | Float64Array, count: number): void {
  const m = rotationMatrix(q)
  for (let at = 0; at < 3 * count; at += 3) {
    const x = pointsM[at]
    const y = pointsM[at + 1]
    const z = pointsM[at + 2]
    pointsM[at] = m[0] * x + m[1] * y + m[2] * z + t[0]
    pointsM[at + 1] = m[3] * x + m[4] * y + m[5] * z + t[1]
    pointsM[at + 2] = m[6] * x + m[7] * y + m[8] * z + t[2]
  }
}
