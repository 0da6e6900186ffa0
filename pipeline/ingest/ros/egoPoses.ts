import { DataError } from '../../errors.js'
import { compose, identity, type Pose } from '../../pose.js'
import { maxPoseGapS, PoseTrack } from '../poseTrack.js'
import type { SkipCounter } from '../skipCounter.js'
import type { Bag } from './bag.js'
import type { BagIndex, PoseTopic } from './bagIndex.js'
import type { Description } from './description.js'
import type { PoseMessage } from './messages.js'
import { topicName, transformName } from './stampOrder.js'
import { firstFrom, inOrder, isSame, poseBetween, type TimedPoses } from './transformTree.js'
import { checkedPose } from './values.js'

/** A sweep may be this far beyond the poses: with a turn of 0.1 s its points stay within what a track bridges. */
const beyondNs = 50_000_000n
const maxGapNs = BigInt(maxPoseGapS * 1e9)
/** Odometry that says it is this fast, in this share of its messages, cannot stay where it is. */
const [movingMps, movingShare] = [0.5, 0.1]
/** Frames that stand still in the world, the one that maps use first (https://www.ros.org/reps/rep-0105.html). */
const cityFrames = ['map', 'odom', 'world']

/** Where the ego was. `cityFrame` is the frame its poses are in. */
export interface EgoPoses {
  track: PoseTrack
  cityFrame: string
  covers(stampNs: bigint): boolean
  /** For messages: the time they begin and end. */
  span: string
}

interface CityPoses extends TimedPoses {
  cityFrame: string
}

/** What the poses are looked for in. */
interface Sources {
  index: BagIndex
  bag: Bag
  description: Description
  skips: SkipCounter
}

/**
 * The ego's poses, from the first of these that the bag has: the topic that the description names; `nav_msgs/Odometry`;
 * transforms above the ego frame; poses of nothing named. Throws DataError when there is none, and when several topics
 * offer them: which is right is not for us to guess.
 */
export function egoPoses(sources: Sources): EgoPoses {
  const { bag } = sources
  const { cityFrame, stampsNs, poses } = cityPoses(sources)
  const column = (value: (pose: Pose) => number) => Float64Array.from(poses, value)
  const track = new PoseTrack({
    file: bag.file,
    timestampNs: BigInt64Array.from(stampsNs),
    q: [0, 1, 2, 3].map((i) => column(({ q }) => q[i])),
    t: [0, 1, 2].map((i) => column(({ t }) => t[i])),
  })
  const span = stampsNs.length > 0 ? `${stampsNs[0]} to ${stampsNs.at(-1)}` : 'none'
  return { track, cityFrame, covers: (stampNs) => isCovered(stampsNs, stampNs), span }
}

function cityPoses(sources: Sources): CityPoses {
  const { index, bag, description } = sources
  const topics = [...index.poses.values()]
  if (description.topics.odometry) return ofTopic(topics[0] ?? missing(sources), sources)
  const odometries = topics.filter(({ type }) => type === 'nav_msgs/Odometry')
  if (odometries.length > 0) return ofTopic(only(odometries, bag), sources)
  const chain = ofTransforms(sources)
  if (chain) return chain
  if (topics.length > 0) return ofTopic(only(topics, bag), sources)
  return missing(sources)
}

function missing({ index, bag, description }: Sources): never {
  throw new DataError('nothing says where the ego was', {
    file: bag.file,
    expected: description.topics.odometry
      ? `the topic ${description.topics.odometry} that log.json names`
      : `nav_msgs/Odometry, transforms above ${description.frames.ego}, or a topic of poses`,
    actual: `topics ${[...index.topics.keys()].sort().join(', ') || 'none'}; frames ${index.transforms.frames.join(', ') || 'none'}`,
  })
}

function only(topics: readonly PoseTopic[], bag: Bag): PoseTopic {
  if (topics.length === 1) return topics[0]
  throw new DataError('several topics say where the ego was; name one as "odometry" in the "topics" of log.json', {
    file: bag.file,
    actual: topics.map(({ name }) => name).join(', '),
  })
}

/** Poses of a topic, taken to the ego frame where they are those of another one. */
function ofTopic(topic: PoseTopic, sources: Sources): CityPoses {
  const { index, bag, description, skips } = sources
  const { ego } = description.frames
  index.order.refuseSetBack(topicName(topic.name), bag.file)
  const [{ parent: cityFrame, child }] = topic.poses
  const refused = (what: string, expected: string, actual: string) =>
    new DataError(what, { file: bag.file, place: `topic ${topic.name}`, expected, actual })
  if (cityFrame === ego)
    throw refused('poses in the frame of the ego itself', 'poses in a frame that stands still in the world', cityFrame)
  const childFromEgo = child === null ? identity : index.transforms.fixed(child, ego)
  if (!childFromEgo)
    throw refused(
      'poses of a frame that is not fixed to the ego',
      `unchanging transforms between ${child} and ${ego} (tf_static, or "transforms" in log.json), or the name of the ego's frame as "ego" in the "frames" of log.json`,
      `frames ${index.transforms.frames.join(', ') || 'none'}`,
    )
  const good = topic.poses.flatMap((message) => {
    const pose = message.parent === cityFrame && message.child === child ? checkedPose(message.pose) : null
    return pose ? [{ ...message, pose }] : []
  })
  const bad = topic.poses.length - good.length
  skips.add('pose', 'not finite, without a unit quaternion, or of other frames', `topic ${topic.name}`, bad)
  if (good.length === 0)
    throw refused('no pose of a topic is one', 'unit quaternions and finite metres', `${bad} others`)
  if (standsStill(good))
    throw refused(
      'poses that stay the same while the ego moves by its twist: they were never filled in',
      'poses that go with the twist; or another topic, or transforms',
      `${good.length} poses that are the same`,
    )
  const ordered = inOrder({
    stampsNs: good.map(({ stampNs }) => stampNs),
    poses: good.map(({ pose }) => compose(pose, childFromEgo)),
  })
  skips.add('pose', 'a second one of its time', `topic ${topic.name}`, good.length - ordered.poses.length)
  return { cityFrame, ...ordered }
}

/** Wheel odometry may publish its speed alone, beside a pose at the origin. */
function standsStill(messages: readonly PoseMessage[]): boolean {
  const moving = messages.filter(({ speedMps }) => speedMps !== undefined && speedMps >= movingMps)
  return moving.length >= movingShare * messages.length && messages.every(({ pose }) => isSame(pose, messages[0].pose))
}

/**
 * The way up from the ego frame to the city's, at the times of its fastest transform; the others are interpolated at those
 * times, and times beyond them or in a gap too long to be bridged are left out. Null when no transform above the ego has times.
 */
function ofTransforms({ index, bag, description }: Sources): CityPoses | null {
  const wanted = description.frames.city
  const above = index.transforms.above(description.frames.ego, wanted)
  const city = (wanted ? [wanted] : cityFrames).find((name) => above.some(({ parent }) => parent === name))
  if (!city) {
    if (above.every(({ isStatic }) => isStatic) && !wanted) return null
    throw new DataError(
      'no frame above the ego stands still in the world; name it as "city" in the "frames" of log.json',
      {
        file: bag.file,
        expected: wanted ?? cityFrames.join(' | '),
        actual: above.map(({ parent }) => parent).join(', ') || 'none',
      },
    )
  }
  const chain = above.slice(0, above.findIndex(({ parent }) => parent === city) + 1)
  for (const { parent, child } of chain) index.order.refuseSetBack(transformName(parent, child), bag.file)
  const edges = chain.map((edge) => ({
    edge,
    poses: inOrder({ stampsNs: edge.stampsNs, poses: edge.parentFromChild }),
  }))
  const timed = edges.filter(({ edge }) => !edge.isStatic)
  if (timed.length === 0) return null
  const fastest = timed.reduce((best, one) => (one.poses.stampsNs.length > best.poses.stampsNs.length ? one : best))
  const found: CityPoses = { cityFrame: city, stampsNs: [], poses: [] }
  for (const stampNs of fastest.poses.stampsNs) {
    const steps = edges.map(({ edge, poses }) =>
      edge.changes ? poseBetween(poses, stampNs, maxGapNs) : poses.poses[0],
    )
    if (steps.some((step) => step === null)) continue
    found.stampsNs.push(stampNs)
    found.poses.push((steps as Pose[]).reduce((below, parentFromChild) => compose(parentFromChild, below), identity))
  }
  return found
}

function isCovered(stampsNs: readonly bigint[], stampNs: bigint): boolean {
  const after = firstFrom(stampsNs, stampNs)
  if (after === 0) return stampsNs[0] - stampNs <= beyondNs
  if (after === stampsNs.length) return stampNs - stampsNs[after - 1] <= beyondNs
  return stampsNs[after] === stampNs || stampsNs[after] - stampsNs[after - 1] <= maxGapNs
}
