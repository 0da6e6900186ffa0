import { z } from 'zod'
import { DataError, messageOf } from '../../errors.js'
import type { Pose } from '../../pose.js'
import type { SkipCounter } from '../skipCounter.js'
import type { Bag, BagMessage, MessageRef, Topic } from './bag.js'
import type { CloudMessage } from './cloudMessages.js'
import { faultOf, returnsOf } from './cloudPoints.js'
import { type Decode, decoderOf } from './decoders.js'
import type { Description } from './description.js'
import { type BoxMessage, type MessageType, messageTypeOf, type PoseMessage } from './messages.js'
import { PointTimeSurvey } from './pointTimes.js'
import { isSame, TransformTree } from './transformTree.js'

/** The clouds of one topic: where each lies in the bag. */
export interface CloudTopic {
  name: string
  frame: string
  /** Where the points' own frame lies in `frame`. */
  frameFromCloud: Pose
  clouds: { stampNs: bigint; topic: Topic; ref: MessageRef }[]
  survey: PointTimeSurvey
}

export interface PoseTopic {
  name: string
  type: string
  poses: PoseMessage[]
}

export interface BoxTopic {
  name: string
  messages: (BoxMessage & { ref: MessageRef })[]
}

/** What one pass over a bag leaves in memory: everything but the points. By topic name. */
export class BagIndex {
  readonly clouds = new Map<string, CloudTopic>()
  readonly poses = new Map<string, PoseTopic>()
  readonly boxes = new Map<string, BoxTopic>()
  readonly transforms: TransformTree
  /** Type by name of every topic in the bag. */
  readonly topics = new Map<string, string>()
  private readonly decoders = new Map<Topic, Decode>()
  /** By topic name: messages read, and why the first bad one is bad. */
  private readonly health = new Map<string, { good: number; fault: string | null }>()

  private constructor(
    private readonly bag: Bag,
    private readonly files: readonly string[],
    private readonly description: Description,
    private readonly skips: SkipCounter,
  ) {
    this.transforms = new TransformTree(bag.file)
    for (const { parent, child, translation_m, rotation_wxyz } of description.transforms) {
      const [x, y, z] = translation_m
      const [qw, qx, qy, qz] = rotation_wxyz
      const pose: Pose = { q: [qw, qx, qy, qz], t: [x, y, z] }
      if (!this.transforms.add({ parent, child, stampNs: 0n, pose }, true))
        throw new DataError('a transform of log.json is no pose', { file: bag.file, place: `${parent} to ${child}` })
    }
  }

  /**
   * Reads the bag once. `files` are its files below the log's folder. Throws DataError for a topic of which no message can
   * be understood; single bad messages are left out and counted.
   */
  static async read(
    bag: Bag,
    files: readonly string[],
    description: Description,
    skips: SkipCounter,
  ): Promise<BagIndex> {
    const index = new BagIndex(bag, files, description, skips)
    for await (const message of bag.messages((topic) => index.wants(topic))) index.take(message)
    for (const [topic, { good, fault }] of index.health)
      if (good === 0 && fault !== null)
        throw new DataError('no message of a topic can be read', {
          file: bag.file,
          place: `topic ${topic} (${index.topics.get(topic)})`,
          actual: fault,
        })
    return index
  }

  /** Decodes a message of a topic that it has seen. Throws what the decoder throws. */
  decode(topic: Topic, data: Uint8Array): unknown {
    const decode = this.decoders.get(topic) ?? decoderOf(topic, this.bag.file)
    this.decoders.set(topic, decode)
    return decode(data)
  }

  private wants({ name, type }: Topic): boolean {
    this.topics.set(name, type)
    const { lidar, odometry, boxes } = this.description.topics
    const asked = {
      cloud: lidar,
      pose: odometry && [odometry],
      boxes: boxes === null ? [] : boxes && [boxes],
      transforms: undefined,
    }
    const known = messageTypeOf(type)
    return known !== null && (asked[known.role]?.includes(name) ?? true)
  }

  private take(message: BagMessage): void {
    const { topic } = message
    const health = this.health.get(topic.name) ?? { good: 0, fault: null }
    this.health.set(topic.name, health)
    try {
      this.understand(message)
      health.good++
    } catch (error) {
      if (error instanceof DataError) throw error
      health.fault ??= faultIn(error)
      this.skips.add('message', `not a ${topic.type} that can be read`, this.placeOf(message))
    }
  }

  private understand(message: BagMessage): void {
    const { topic, data } = message
    const decoded = this.decode(topic, data)
    const known: MessageType = messageTypeOf(topic.type)!
    if (known.role === 'cloud') this.takeCloud(message, known.parse.parse(decoded))
    else if (known.role === 'pose') this.takePose(message, known.parse.parse(decoded))
    else if (known.role === 'transforms') this.takeTransforms(message, known.parse.parse(decoded))
    else this.takeBoxes(message, known.parse.parse(decoded))
  }

  private takeCloud(message: BagMessage, cloud: CloudMessage): void {
    const { topic, ref } = message
    const fault = faultOf(cloud)
    if (fault) throw new Error(fault)
    const known = this.clouds.get(topic.name)
    const { frame, frameFromCloud } = cloud
    const own: CloudTopic = known ?? {
      name: topic.name,
      frame,
      frameFromCloud,
      clouds: [],
      survey: new PointTimeSurvey(this.bag.file, topic.name, this.description.point_times),
    }
    if (own.frame !== frame || !isSame(own.frameFromCloud, frameFromCloud))
      throw new Error(
        `a cloud in frame ${frame} on a topic whose first is in frame ${own.frame}, or posed otherwise in it`,
      )
    this.clouds.set(topic.name, own)
    const stampNs = this.stampOf(message, cloud.stampNs)
    if (!own.survey.isDone) own.survey.look({ ...cloud, stampNs }, returnsOf(cloud))
    own.clouds.push({ stampNs, topic, ref })
  }

  private takePose(message: BagMessage, pose: PoseMessage): void {
    const { name, type } = message.topic
    const own = this.poses.get(name) ?? { name, type, poses: [] }
    this.poses.set(name, own)
    own.poses.push({ ...pose, stampNs: this.stampOf(message, pose.stampNs) })
  }

  private takeTransforms(message: BagMessage, edges: PoseMessage[]): void {
    const isStatic = message.topic.name.split('/').at(-1) === 'tf_static'
    for (const edge of edges) {
      // The time of what never changes says nothing, and is often 0.
      const stampNs = isStatic ? edge.stampNs : this.stampOf(message, edge.stampNs)
      if (!this.transforms.add({ ...edge, child: edge.child ?? '', stampNs }, isStatic))
        this.skips.add('transform', 'not finite, or without a unit quaternion', this.placeOf(message))
    }
  }

  private takeBoxes(message: BagMessage, boxes: BoxMessage[]): void {
    const { name } = message.topic
    const own = this.boxes.get(name) ?? { name, messages: [] }
    this.boxes.set(name, own)
    for (const some of boxes)
      own.messages.push({ ...some, stampNs: this.stampOf(message, some.stampNs), ref: message.ref })
  }

  private stampOf(message: BagMessage, stampNs: bigint): bigint {
    if (stampNs !== 0n) return stampNs
    this.skips.add('stamp', `of a ${message.topic.type} is 0: when it was recorded is taken`, this.placeOf(message))
    return message.logTimeNs
  }

  placeOf({ topic, ref }: { topic: Topic; ref: MessageRef }): string {
    return `${this.files[ref.file]}, topic ${topic.name}, at ${ref.at}${ref.within ? ` +${ref.within}` : ''}`
  }
}

/** The first thing that is wrong with a message. */
function faultIn(error: unknown): string {
  if (!(error instanceof z.ZodError)) return messageOf(error)
  const [{ path, message }] = error.issues
  return `${path.join('.')}: ${message}`
}
