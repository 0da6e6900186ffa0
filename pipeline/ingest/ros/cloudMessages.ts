import { z } from 'zod'
import { identity, type Pose } from '../../pose.js'
import { checkedPose, frame, pose, time } from './values.js'

/** Numbers in a point, little endian unless the cloud says otherwise. */
export type NumberType = 'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'float32' | 'float64'

export const numberBytes: Readonly<Record<NumberType, number>> = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  float64: 8,
}

export interface CloudField {
  name: string
  offset: number
  type: NumberType
}

/** A cloud as its message lays it out: `height` rows of `width` points. */
export interface CloudMessage {
  stampNs: bigint
  frame: string
  /** Where the points' own frame lies in `frame`. */
  frameFromCloud: Pose
  width: number
  height: number
  pointStep: number
  rowStep: number
  littleEndian: boolean
  /** No point is meant to be invalid; else NaN stands for a ray that did not return. */
  dense: boolean
  fields: CloudField[]
  data: Uint8Array
}

/** https://docs.ros.org/en/noetic/api/sensor_msgs/html/msg/PointField.html, codes 1 to 8. */
const rosTypes = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'float32', 'float64'] as const
/** https://docs.foxglove.dev/docs/visualization/message-schemas/packed-element-field, codes 1 to 8: unsigned first. */
const foxgloveTypes = ['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'float32', 'float64'] as const

const code = z.number().int().min(1, 'no such type of number').max(8, 'no such type of number')
const count = z.number().int().nonnegative()
const bytes = z.instanceof(Uint8Array)

/** A field of several numbers is of no use here: only those of one are kept. */
const rosField = z
  .object({ name: z.string(), offset: count, datatype: code, count: count })
  .transform(({ name, offset, datatype, count: numbers }) => ({ name, offset, type: rosTypes[datatype - 1], numbers }))

export const pointCloud2 = z
  .object({
    header: z.object({ stamp: time, frame_id: frame }),
    height: count,
    width: count,
    fields: z.array(rosField),
    is_bigendian: z.boolean(),
    point_step: count,
    row_step: count,
    data: bytes,
    is_dense: z.boolean(),
  })
  .transform(
    (cloud): CloudMessage => ({
      stampNs: cloud.header.stamp,
      frame: cloud.header.frame_id,
      frameFromCloud: identity,
      width: cloud.width,
      height: cloud.height,
      pointStep: cloud.point_step,
      rowStep: rowStepOf(cloud),
      littleEndian: !cloud.is_bigendian,
      dense: cloud.is_dense,
      fields: cloud.fields
        .filter(({ numbers }) => numbers <= 1)
        .map(({ name, offset, type }) => ({ name, offset, type })),
      data: cloud.data,
    }),
  )

interface RosLayout {
  height: number
  width: number
  point_step: number
  row_step: number
  data: Uint8Array
}

/** Drivers that never pad rows write anything as `row_step`, 0 or the whole cloud's bytes; nor do other readers ask for it then. */
function rowStepOf({ height, width, point_step, row_step, data }: RosLayout): number {
  const packed = width * point_step
  return height <= 1 || data.length === height * packed ? packed : row_step
}

const foxgloveField = z
  .object({ name: z.string(), offset: count, type: code })
  .transform(({ name, offset, type }): CloudField => ({ name, offset, type: foxgloveTypes[type - 1] }))

/** In JSON, bytes are base64. */
const packed = z.union([bytes, z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64')))])

export const foxgloveCloud = z
  .object({
    timestamp: time,
    frame_id: frame,
    pose: pose
      .refine((value) => checkedPose(value) !== null, 'not finite, or without a unit quaternion')
      .transform((value) => checkedPose(value)!),
    point_stride: count,
    fields: z.array(foxgloveField),
    data: packed,
  })
  .transform((cloud): CloudMessage => {
    const width = cloud.point_stride > 0 ? Math.floor(cloud.data.length / cloud.point_stride) : 0
    return {
      stampNs: cloud.timestamp,
      frame: cloud.frame_id,
      frameFromCloud: cloud.pose,
      width,
      height: 1,
      pointStep: cloud.point_stride,
      rowStep: width * cloud.point_stride,
      littleEndian: true,
      dense: false,
      fields: cloud.fields,
      data: cloud.data,
    }
  })
