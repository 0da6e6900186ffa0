import { z } from 'zod'
import { identity, normalise, type Pose, type Quaternion, type Vec3 } from '../../pose.js'

/** A unit quaternion may be off by the rounding of a float32 and of a careless writer. */
const unitTolerance = 0.01

const whole = z.union([z.number().int(), z.bigint(), z.string().regex(/^-?\d+$/)]).transform((value) => BigInt(value))
const ros2Time = z
  .object({ sec: whole, nanosec: whole })
  .transform(({ sec, nanosec }) => sec * 1_000_000_000n + nanosec)
const ros1Time = z.object({ sec: whole, nsec: whole }).transform(({ sec, nsec }) => sec * 1_000_000_000n + nsec)
const protobufTime = z
  .object({ seconds: whole, nanos: whole })
  .transform(({ seconds, nanos }) => seconds * 1_000_000_000n + nanos)

/** A time as ROS 2, ROS 1 or protobuf write it, to ns since the Unix epoch; an absent one is 0, as an unset one is. */
export const time = z.union([ros2Time, ros1Time, protobufTime, z.null().transform(() => 0n)])

const noVec: Vec3 = [0, 0, 0]
const vec3 = z.object({ x: z.number(), y: z.number(), z: z.number() }).transform(({ x, y, z: up }): Vec3 => [x, y, up])
const quaternion = z
  .object({ x: z.number(), y: z.number(), z: z.number(), w: z.number() })
  .transform(({ x, y, z: up, w }): Quaternion => [w, x, y, up])

export const vector = vec3.nullish().transform((value) => value ?? noVec)
export const rotation = quaternion.nullish().transform((value) => value ?? identity.q)

/** Absent parts are those of the identity, as protobuf leaves them out. The quaternion is as the message has it. */
export const pose = z
  .object({ position: vector, orientation: rotation })
  .nullish()
  .transform((value): Pose => (value ? { q: value.orientation, t: value.position } : identity))
export const transform = z
  .object({ translation: vector, rotation })
  .transform((value): Pose => ({ q: value.rotation, t: value.translation }))

/** A frame's name. ROS 1 wrote them with a leading slash once. */
export const frame = z.string().transform((name) => name.replace(/^\//, ''))

/** With its quaternion of length one; null for what is no pose. */
export function checkedPose({ q, t }: Pose): Pose | null {
  const isUnit = Math.abs(Math.hypot(...q) - 1) < unitTolerance
  return isUnit && t.every(Number.isFinite) ? { q: normalise(q), t } : null
}
