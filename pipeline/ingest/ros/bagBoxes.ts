import { DataError } from '../../errors.js'
import { compose, invert, type Pose } from '../../pose.js'
import type { Box, BoxSource, CategoryCount } from '../reader.js'
import type { SkipCounter } from '../skipCounter.js'
import type { Bag, MessageRef } from './bag.js'
import type { BagIndex } from './bagIndex.js'
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
    topic: string,
    messages: readonly BoxMessage[],
    private readonly sources: BoxSources,
    /** The file of the topic's first message, with its hash, as frames name it. */
    readonly source: string,
  ) {
    const { poses, skips } = sources
    const byTime = new Map<bigint, Box[]>()
    const counts = new Map<string, CategoryCount>()
    messages.forEach((message, number) => {
      const place = `topic ${topic}, message ${number}`
      const { stampNs, seenNs = stampNs } = message
      if (!poses.covers(stampNs) || !(poses.covers(seenNs) || message.frame === poses.cityFrame)) {
        skips.add('box time', 'no poses around it', place)
        return
      }
      const known = byTime.get(stampNs) ?? []
      byTime.set(stampNs, known)
      const before = new Set(known.map(({ trackId }) => trackId))
      for (const box of this.boxesOf(message, place)) {
        if (before.has(box.trackId)) {
          skips.add('box', 'a second one of its track at its time', place)
          continue
        }
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
    const topics: [string, readonly (BoxMessage & { ref: MessageRef })[]][] = [...sources.index.boxes].filter(
      ([, messages]) => messages.length > 0,
    )
    const { bag, description } = sources
    if (topics.length > 1)
      throw new DataError('several topics hold boxes; name one as "boxes" in the "topics" of log.json', {
        file: bag.file,
        actual: topics.map(([name]) => name).join(', '),
      })
    const [[topic, messages]] = topics.length > 0 ? topics : [['', []]]
    if (messages.length > 0) return new BagBoxes(topic, messages, sources, sourceOfFile(messages[0].ref.file))
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
  private boxesOf(message: BoxMessage, place: string): Box[] {
    const { skips } = this.sources
    const { boxes } = message
    if (boxes.length === 0) return []
    const egoFromFrame = this.egoFrom(message, place)
    const ids = new Map<string, number>()
    for (const { trackId } of boxes) ids.set(trackId, (ids.get(trackId) ?? 0) + 1)
    return boxes.flatMap(({ trackId, category, sizeM, frameFromBox }, i) => {
      const where = `${place}, box ${i}`
      const checked = checkedPose(frameFromBox)
      if (!checked || !sizeM.every((size) => size > 0 && Number.isFinite(size))) {
        skips.add('box', 'not finite, without volume, or without a unit quaternion', where)
        return []
      }
      const isShared = ids.get(trackId)! > 1
      if (!trackId) skips.add('track', 'a box without an id is followed nowhere', where)
      else if (isShared) skips.add('track', 'several boxes of a message have its id: they are followed nowhere', where)
      const egoFromBox = compose(egoFromFrame, checked)
      return [{ trackId: isShared || !trackId ? where : trackId, category, sizeM, egoFromBox, interiorPoints: null }]
    })
  }

  /** Where the message's frame is on the ego of its time; what was seen before stays where it was in the world. */
  private egoFrom({ frame, stampNs, seenNs }: BoxMessage, place: string): Pose {
    const { poses, index, description, bag } = this.sources
    const cityFromEgo = (ns: bigint) => poses.track.at(poses.track.timeNs(ns))
    if (frame === poses.cityFrame) return invert(cityFromEgo(stampNs))
    const fixed = index.transforms.fixed(description.frames.ego, frame)
    if (!fixed)
      throw new DataError('boxes in a frame of which nobody says where it is', {
        file: bag.file,
        place,
        expected: `${poses.cityFrame}, ${description.frames.ego} or a frame fixed to it`,
        actual: frame || 'no frame',
      })
    if (seenNs === undefined || seenNs === stampNs) return fixed
    return compose(compose(invert(cityFromEgo(stampNs)), cityFromEgo(seenNs)), fixed)
  }
}
