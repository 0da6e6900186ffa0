/** Unit quaternion, order w x y z. */
export type Quaternion = readonly [number, number, number, number]
/** Metres. */
export type Vec3 = readonly [number, number, number]

/** A rigid transform. A name says its direction: `cityFromEgo` takes ego coordinates to city coordinates. */
export interface Pose {
  q: Quaternion
  t: Vec3
}

export const identity: Pose = { q: [1, 0, 0, 0], t: [0, 0, 0] }

/** The rotation by `yawRad` about z (counter-clockwise seen from above), then the translation `t`. */
export function poseFromYaw(yawRad: number, t: Vec3 = [0, 0, 0]): Pose {
  return { q: [Math.cos(yawRad / 2), 0, 0, Math.sin(yawRad / 2)], t }
}

/** Quaternion of the intrinsic rotations yaw (z), pitch (y), roll (x), in radians. */
export function quaternionFromEuler(yawRad: number, pitchRad: number, rollRad: number): Quaternion {
  const [cy, sy] = [Math.cos(yawRad / 2), Math.sin(yawRad / 2)]
  const [cp, sp] = [Math.cos(pitchRad / 2), Math.sin(pitchRad / 2)]
  const [cr, sr] = [Math.cos(rollRad / 2), Math.sin(rollRad / 2)]
  return [
    cr * cp * cy + sr * sp * sy,
    sr * cp * cy - cr * sp * sy,
    cr * sp * cy + sr * cp * sy,
    cr * cp * sy - sr * sp * cy,
  ]
}

/** Heading of the x axis in the x–y plane, radians in (−π, π]. */
export function yawOf(q: Quaternion): number {
  const [w, x, y, z] = q
  return Math.atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z))
}

function multiply(a: Quaternion, b: Quaternion): Quaternion {
  return [
    a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3],
    a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2],
    a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1],
    a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0],
  ]
}

/** Row-major 3×3 rotation matrix. */
export function rotationMatrix([w, x, y, z]: Quaternion): Float64Array {
  return Float64Array.of(
    1 - 2 * (y * y + z * z),
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    2 * (x * y + w * z),
    1 - 2 * (x * x + z * z),
    2 * (y * z - w * x),
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    1 - 2 * (x * x + y * y),
  )
}

/** Rotates `v`. */
export function rotate(q: Quaternion, [x, y, z]: Vec3): Vec3 {
  const m = rotationMatrix(q)
  return [m[0] * x + m[1] * y + m[2] * z, m[3] * x + m[4] * y + m[5] * z, m[6] * x + m[7] * y + m[8] * z]
}

/** Takes a point through the transform. */
export function transform(pose: Pose, point: Vec3): Vec3 {
  const r = rotate(pose.q, point)
  return [r[0] + pose.t[0], r[1] + pose.t[1], r[2] + pose.t[2]]
}

/** `aFromC = compose(aFromB, bFromC)`. */
export function compose(aFromB: Pose, bFromC: Pose): Pose {
  return { q: normalise(multiply(aFromB.q, bFromC.q)), t: transform(aFromB, bFromC.t) }
}

/** `bFromA = invert(aFromB)`. */
export function invert({ q, t }: Pose): Pose {
  const inverse: Quaternion = [q[0], -q[1], -q[2], -q[3]]
  const [x, y, z] = rotate(inverse, t)
  return { q: inverse, t: [-x, -y, -z] }
}

/** The pose a share `u` of the way from `a` (0) to `b` (1): spherical for the rotation, linear for the translation. */
export function interpolate(a: Pose, b: Pose, u: number): Pose {
  const t: Vec3 = [a.t[0] + (b.t[0] - a.t[0]) * u, a.t[1] + (b.t[1] - a.t[1]) * u, a.t[2] + (b.t[2] - a.t[2]) * u]
  return { q: slerp(a.q, b.q, u), t }
}

function slerp(a: Quaternion, b: Quaternion, u: number): Quaternion {
  let dot = a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3]
  const sign = dot < 0 ? -1 : 1
  dot = Math.min(1, Math.abs(dot))
  const angle = Math.acos(dot)
  // Near-equal rotations: the sine vanishes and the straight line is exact to rounding.
  const [wa, wb] =
    angle < 1e-6 ? [1 - u, u] : [Math.sin((1 - u) * angle) / Math.sin(angle), Math.sin(u * angle) / Math.sin(angle)]
  return normalise([0, 1, 2, 3].map((i) => wa * a[i] + sign * wb * b[i]) as unknown as Quaternion)
}

export function normalise(q: Quaternion): Quaternion {
  const norm = Math.hypot(q[0], q[1], q[2], q[3])
  return [q[0] / norm, q[1] / norm, q[2] / norm, q[3] / norm]
}
