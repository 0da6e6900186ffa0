import { z } from 'zod'
import { DataError, messageOf } from '../../errors.js'
import type { Pose } from '../../pose.js'
import type { SkipCounter } from '../skipCounter.js'
import type { Bag, BagMessage, MessageRef, Topic } from './bag.js'
import type { CloudMessage } from './cloudMessages.js'
import { type CloudTopic, CloudTopics } from './cloudTopics.js'
import { type Decode, decoderOf } from './decoders.js'
import type { Description } from './description.js'
import { type BoxMessage, type MessageType, messageTypeOf, type PoseMessage } from './messages.js'
import { type SceneMessage, sceneBoxes, type TimedScene } from './sceneBoxes.js'
import { StampOrder, topicName, transformName } from './stampOrder.js'
import { TransformTree } from './transformTree.js'
import { Unstamped } from './unstamped.js'

export interface PoseTopic {
  name: string
  type: string
  poses: PoseMessage[]
}

/** What one pass over a bag leaves in memory: everything but the points. By topic name. */
export class BagIndex {
  readonly poses = new Map<string, PoseTopic>()
  readonly boxes = new Map<string, (BoxMessage & { ref: MessageRef })[]>()
  readonly transforms: TransformTree
  /** Type by name of every topic in the bag. */
  readonly topics = new Map<string, string>()
  private readonly cloudTopics: CloudTopics
  private readonly scenes = new Map<string, TimedScene[]>()
  readonly order = new StampOrder()
  private readonly unstamped: Unstamped
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
    this.cloudTopics = new CloudTopics(bag.file, description)
    this.unstamped = new Unstamped(skips)
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
    index.unstamped.settle()
    for (const [topic, updates] of index.scenes) {
      const boxes = sceneBoxes(updates)
      if (boxes.length > 0) index.boxes.set(topic, boxes)
    }
    for (const [topic, { good, fault }] of index.health)
      if (good === 0 && fault !== null)
        throw new DataError('no message of a topic can be read', {
          file: bag.file,
          place: `topic ${topic} (${index.topics.get(topic)})`,
          actual: fault,
        })
    return index
  }

  get clouds(): ReadonlyMap<string, CloudTopic> {
    return this.cloudTopics.byName
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
      scene: boxes === null ? [] : boxes && [boxes],
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
    else if (known.role === 'scene') this.takeScene(message, known.parse.parse(decoded))
    else this.takeBoxes(message, known.parse.parse(decoded))
  }

  private takeCloud(message: BagMessage, cloud: CloudMessage): void {
    const { topic, ref } = message
    if (cloud.width * cloud.height === 0) {
      this.skips.add('sweep', 'a cloud without a point', this.placeOf(message))
      return
    }
    this.order.note(topicName(topic.name), ref, cloud.stampNs)
    const { clouds } = this.cloudTopics.look(message, cloud, this.unstamped.isAll(topic.name))
    this.atItsTime(message, cloud.stampNs, (stampNs) => stampNs !== null && clouds.push({ stampNs, topic, ref }) > 0)
  }

  private takePose(message: BagMessage, pose: PoseMessage): void {
    const { name, type } = message.topic
    this.order.note(topicName(name), message.ref, pose.stampNs)
    const own = this.poses.get(name) ?? { name, type, poses: [] }
    this.poses.set(name, own)
    this.atItsTime(message, pose.stampNs, (stampNs) => stampNs !== null && own.poses.push({ ...pose, stampNs }) > 0)
  }

  private takeTransforms(message: BagMessage, edges: PoseMessage[]): void {
    const isStatic = message.topic.name.split('/').at(-1) === 'tf_static'
    for (const { child, ...edge } of edges) {
      const add = (stampNs: bigint) => {
        if (!this.transforms.add({ ...edge, child: child ?? '', stampNs }, isStatic))
          this.skips.add('transform', 'not finite, or without a unit quaternion', this.placeOf(message))
        return true
      }
      // The time of what never changes says nothing, and is often 0.
      if (isStatic) {
        add(edge.stampNs)
        continue
      }
      this.order.note(transformName(edge.parent, child ?? ''), message.ref, edge.stampNs)
      this.atItsTime(message, edge.stampNs, (stampNs) => {
        if (stampNs === null && this.transforms.isTimed(edge.parent, child ?? '')) return false
        return add(stampNs ?? 0n)
      })
    }
  }

  private takeBoxes(message: BagMessage, boxes: BoxMessage): void {
    const { topic, ref } = message
    const messages = this.boxes.get(topic.name) ?? []
    this.boxes.set(topic.name, messages)
    this.atItsTime(
      message,
      boxes.stampNs,
      (stampNs) => stampNs !== null && messages.push({ ...boxes, stampNs, ref }) > 0,
    )
  }

  /** An update has the times of its entities; where one of them is 0, it waits as a whole. */
  private takeScene(message: BagMessage, { entities, deletions }: SceneMessage): void {
    const { topic, logTimeNs, ref } = message
    const updates = this.scenes.get(topic.name) ?? []
    this.scenes.set(topic.name, updates)
    const stamps = entities.map(({ stampNs }) => stampNs)
    const stamped = stamps.includes(0n) ? 0n : stamps[0]
    const take = (stampNs: bigint | null) => {
      if (stampNs === null) return false
      const timed = entities.map((entity) => ({ ...entity, stampNs: entity.stampNs || stampNs }))
      return updates.push({ entities: timed, deletions, logTimeNs, ref }) > 0
    }
    if (stamped === undefined) take(0n)
    else this.atItsTime(message, stamped, take)
  }

  /** `take` is called now, or, for a stamp of 0, when all of the bag has been seen. */
  private atItsTime(message: BagMessage, stampNs: bigint, take: (stampNs: bigint | null) => boolean): void {
    if (stampNs === 0n) this.unstamped.hold(message, this.placeOf(message), take)
    else {
      this.unstamped.saw(message, stampNs)
      take(stampNs)
    }
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
