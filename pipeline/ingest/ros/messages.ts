import { z } from 'zod'
import type { Pose, Vec3 } from '../../pose.js'
import { type CloudMessage, foxgloveCloud, pointCloud2 } from './cloudMessages.js'
import { type SceneMessage, sceneUpdate } from './sceneBoxes.js'
import { frame, pose, rotation, time, transform, vector } from './values.js'

/** Where a frame or the ego was. `pose` takes coordinates of `child` to those of `parent`. */
export interface PoseMessage {
  stampNs: bigint
  parent: string
  /** Null where the message does not say whose pose it is. */
  child: string | null
  pose: Pose
  /** How fast it moves by the message's own word; left out where it has none. */
  speedMps?: number
}

export interface BoxMessage {
  stampNs: bigint
  /** The boxes are where their frame was at this time; left out where it is `stampNs`. */
  seenNs?: bigint
  frame: string
  boxes: MessageBox[]
}

export interface MessageBox {
  /** '' where the message gives none. */
  trackId: string
  category: string
  sizeM: Vec3
  frameFromBox: Pose
}

/** What a message type is to ingest, and how its decoded messages are checked and understood. */
export type MessageType =
  | { role: 'cloud'; parse: z.ZodType<CloudMessage> }
  | { role: 'transforms'; parse: z.ZodType<PoseMessage[]> }
  | { role: 'pose'; parse: z.ZodType<PoseMessage> }
  | { role: 'boxes'; parse: z.ZodType<BoxMessage> }
  | { role: 'scene'; parse: z.ZodType<SceneMessage> }

const header = z.object({ stamp: time, frame_id: frame })

const tfMessage = z
  .object({ transforms: z.array(z.object({ header, child_frame_id: frame, transform })) })
  .transform(({ transforms }): PoseMessage[] =>
    transforms.map((edge) => ({
      stampNs: edge.header.stamp,
      parent: edge.header.frame_id,
      child: edge.child_frame_id,
      pose: edge.transform,
    })),
  )

const foxgloveEdge = z
  .object({ timestamp: time, parent_frame_id: frame, child_frame_id: frame, translation: vector, rotation })
  .transform(
    (edge): PoseMessage => ({
      stampNs: edge.timestamp,
      parent: edge.parent_frame_id,
      child: edge.child_frame_id,
      pose: { q: edge.rotation, t: edge.translation },
    }),
  )

const twist = z.object({ twist: z.object({ linear: vector }) })
const odometry = z
  .object({ header, child_frame_id: frame, pose: z.object({ pose }), twist: twist.nullish() })
  .transform(
    (message): PoseMessage => ({
      stampNs: message.header.stamp,
      parent: message.header.frame_id,
      child: message.child_frame_id || null,
      pose: message.pose.pose,
      speedMps: message.twist ? Math.hypot(...message.twist.twist.linear) : undefined,
    }),
  )

const poseStamped = z.object({ header, pose }).transform(
  (message): PoseMessage => ({
    stampNs: message.header.stamp,
    parent: message.header.frame_id,
    child: null,
    pose: message.pose,
  }),
)

const poseWithCovarianceStamped = z.object({ header, pose: z.object({ pose }) }).transform(
  (message): PoseMessage => ({
    stampNs: message.header.stamp,
    parent: message.header.frame_id,
    child: null,
    pose: message.pose.pose,
  }),
)

const poseInFrame = z.object({ timestamp: time, frame_id: frame, pose }).transform(
  (message): PoseMessage => ({
    stampNs: message.timestamp,
    parent: message.frame_id,
    child: null,
    pose: message.pose,
  }),
)

/** A class and its score: one level deeper in vision_msgs from Galactic on; a number in ROS 1. */
const hypothesis = z.union([
  z.object({ hypothesis: z.object({ class_id: z.string(), score: z.number() }) }).transform((r) => r.hypothesis),
  z
    .object({ id: z.union([z.string(), z.number(), z.bigint()]), score: z.number() })
    .transform(({ id, score }) => ({ class_id: `${id}`, score })),
])
const detection = z
  .object({
    results: z.array(hypothesis),
    bbox: z.object({ center: pose, size: vector }),
    id: z.string().optional(),
    tracking_id: z.string().optional(),
  })
  .transform(
    ({ results, bbox, id, tracking_id }): MessageBox => ({
      trackId: id || tracking_id || '',
      category: results.reduce((best, r) => (r.score > best.score ? r : best), { class_id: '', score: -1 }).class_id,
      sizeM: bbox.size,
      frameFromBox: bbox.center,
    }),
  )
const detections = z.object({ header, detections: z.array(detection) }).transform((message): BoxMessage => {
  return { stampNs: message.header.stamp, frame: message.header.frame_id, boxes: message.detections }
})

/** Every message type that ingest understands; anything else in a bag is not looked at. */
export const messageTypes = {
  'sensor_msgs/PointCloud2': { role: 'cloud', parse: pointCloud2 },
  'foxglove.PointCloud': { role: 'cloud', parse: foxgloveCloud },
  'tf2_msgs/TFMessage': { role: 'transforms', parse: tfMessage },
  'tf/tfMessage': { role: 'transforms', parse: tfMessage },
  'foxglove.FrameTransform': { role: 'transforms', parse: foxgloveEdge.transform((edge) => [edge]) },
  'foxglove.FrameTransforms': {
    role: 'transforms',
    parse: z.object({ transforms: z.array(foxgloveEdge) }).transform(({ transforms }) => transforms),
  },
  'nav_msgs/Odometry': { role: 'pose', parse: odometry },
  'geometry_msgs/PoseStamped': { role: 'pose', parse: poseStamped },
  'geometry_msgs/PoseWithCovarianceStamped': { role: 'pose', parse: poseWithCovarianceStamped },
  'foxglove.PoseInFrame': { role: 'pose', parse: poseInFrame },
  'vision_msgs/Detection3DArray': { role: 'boxes', parse: detections },
  'foxglove.SceneUpdate': { role: 'scene', parse: sceneUpdate },
} satisfies Record<string, MessageType>

export function messageTypeOf(type: string): MessageType | null {
  return Object.hasOwn(messageTypes, type) ? messageTypes[type as keyof typeof messageTypes] : null
}
