import { DataError } from '../../errors.js'
import { compose, invert, type Pose } from '../../pose.js'
import type { Box, BoxSource, CategoryCount } from '../reader.js'
import type { SkipCounter } from '../skipCounter.js'
import type { Bag } from './bag.js'
import type { BagIndex, BoxTopic } from './bagIndex.js'
import type { Description } from './description.js'
import type { EgoPoses } from './egoPoses.js'
import type { BoxMessage } from './messages.js'
import { checkedPose } from './values.js'

interface BoxSources {
  index: BagIndex
  bag: Bag
  description: Description
  poses: EgoPoses
  skips: SkipCounter
}

/** The boxes of one topic, in the ego frame of their times. All stay in memory, about 300 bytes a box. */
export class BagBoxes implements BoxSource {
  readonly timesNs: Float64Array
  readonly categories: readonly CategoryCount[]
  private readonly boxes: readonly Box[][]

  private constructor(
    topic: BoxTopic,
    private readonly sources: BoxSources,
    /** The file of the topic's first message, with its hash, as frames name it. */
    readonly source: string,
  ) {
    const { poses, skips } = sources
    const byTime = new Map<bigint, Box[]>()
    const counts = new Map<string, CategoryCount>()
    topic.messages.forEach((message, number) => {
      const place = `topic ${topic.name}, message ${number}`
      if (!poses.covers(message.stampNs)) {
        skips.add('box time', 'no poses around it', place)
        return
      }
      const known = byTime.get(message.stampNs) ?? []
      byTime.set(message.stampNs, known)
      for (const box of this.boxesOf(message, place)) {
        known.push(box)
        const count = counts.get(box.category) ?? { name: box.category, where: place, count: 0 }
        counts.set(box.category, { ...count, count: count.count + 1 })
      }
    })
    const stamps = [...byTime.keys()].sort((a, b) => (a < b ? -1 : 1))
    this.timesNs = Float64Array.from(stamps, (stampNs) => poses.track.timeNs(stampNs))
    this.boxes = stamps.map((stampNs) => byTime.get(stampNs)!)
    this.categories = [...counts.values()]
  }

  /** Null for a bag without boxes. Throws DataError when several topics hold some, and for boxes in a frame nobody knows. */
  static open(sources: BoxSources, sourceOfFile: (file: number) => string): BagBoxes | null {
    const topics = [...sources.index.boxes.values()]
    const { bag, description } = sources
    if (topics.length > 1)
      throw new DataError('several topics hold boxes; name one as "boxes" in the "topics" of log.json', {
        file: bag.file,
        actual: topics.map(({ name }) => name).join(', '),
      })
    const [topic] = topics
    if (topic?.messages.length > 0) return new BagBoxes(topic, sources, sourceOfFile(topic.messages[0].ref.file))
    if (!description.topics.boxes) return null
    throw new DataError('the topic of boxes that log.json names has none', {
      file: bag.file,
      place: `topic ${description.topics.boxes}`,
      expected: [...sources.index.topics.keys()].sort().join(', '),
    })
  }

  at(index: number): Box[] {
    return this.boxes[index]
  }

  /** A message's boxes in the ego frame; what is no box is counted. */
  private boxesOf({ boxes, frame, stampNs }: BoxMessage, place: string): Box[] {
    const { skips } = this.sources
    const egoFromFrame = this.egoFrom(frame, stampNs, place)
    return boxes.flatMap(({ trackId, category, sizeM, frameFromBox }, i) => {
      const where = `${place}, box ${i}`
      const checked = checkedPose(frameFromBox)
      if (!checked || !sizeM.every((size) => size > 0 && Number.isFinite(size))) {
        skips.add('box', 'not finite, without volume, or without a unit quaternion', where)
        return []
      }
      if (!trackId) skips.add('track', 'a box without an id is followed nowhere', where)
      const egoFromBox = compose(egoFromFrame, checked)
      return [{ trackId: trackId || where, category, sizeM, egoFromBox, interiorPoints: null }]
    })
  }

  private egoFrom(frame: string, stampNs: bigint, place: string): Pose {
    const { poses, index, description, bag } = this.sources
    if (frame === poses.cityFrame) return invert(poses.track.at(poses.track.timeNs(stampNs)))
    const fixed = index.transforms.fixed(description.frames.ego, frame)
    if (fixed) return fixed
    throw new DataError('boxes in a frame of which nobody says where it is', {
      file: bag.file,
      place,
      expected: `${poses.cityFrame}, ${description.frames.ego} or a frame fixed to it`,
      actual: frame || 'no frame',
    })
  }
}
