import { basename, dirname } from 'node:path'
import { DataError } from '../../errors.js'
import { compose, identity, type Pose } from '../../pose.js'
import { FindingError } from '../checks/findingError.js'
import type { Sensor } from '../reader.js'
import type { Bag } from './bag.js'
import type { BagIndex } from './bagIndex.js'
import type { CloudTopic } from './cloudTopics.js'
import type { Description } from './description.js'
import { transformName } from './stampOrder.js'
import { referenceFirst } from './sweepPlan.js'
import { isSame } from './transformTree.js'

/** Frames that no sensor has (https://www.ros.org/reps/rep-0105.html): clouds in them were moved there. */
const notOfSensors: ReadonlySet<string> = new Set(['base_link', 'base_footprint', 'odom', 'map', 'earth', 'world'])

interface LidarSources {
  index: BagIndex
  bag: Bag
  description: Description
}

/** The topics to take, the reference first. Throws DataError when clouds of one LiDAR are offered twice, and for a radar's. */
export function lidarTopics({ index, bag, description }: LidarSources): CloudTopic[] {
  const { lidar } = description.topics
  if (lidar) {
    return lidar.map((name) => {
      const topic = index.clouds.get(name)
      if (topic) return topic
      throw new DataError('a LiDAR topic that log.json names has no clouds', {
        file: bag.file,
        place: `topic ${name}`,
        expected: [...index.topics.keys()].sort().join(', '),
      })
    })
  }
  const topics = referenceFirst([...index.clouds.values()])
  const radar = topics.find(({ isRadar }) => isRadar)
  if (radar)
    throw new DataError('clouds of a radar; name the LiDARs as "lidar" in the "topics" of log.json', {
      file: bag.file,
      place: `topic ${radar.name}, field rcs`,
      actual: topics.map(({ name }) => name).join(', '),
    })
  const { seen_from } = description
  const twins = topics.filter((topic) => topics.some((other) => other !== topic && isOneLidar(other, topic, seen_from)))
  if (twins.length === 0) return topics
  throw new DataError(
    'several topics hold clouds of one frame; name those to take as "lidar" in the "topics" of log.json',
    {
      file: bag.file,
      place: `frame ${twins[0].frame}`,
      actual: twins.map(({ name }) => name).join(', '),
    },
  )
}

function isOneLidar(a: CloudTopic, b: CloudTopic, seenFrom: Description['seen_from']): boolean {
  const isSeenAlike = seenFrom[a.name] === seenFrom[b.name]
  return isSeenAlike && a.frame === b.frame && isSame(a.frameFromCloud, b.frameFromCloud)
}

/** A topic's LiDAR, whose rays begin at its mounting, and where the coordinates of its clouds are on the ego. */
export interface PlacedLidar {
  sensor: Sensor
  egoFromCloud: Pose
}

/**
 * A LiDAR is called by its frame, that of its clouds or the one they were seen from; where clouds are posed in it (Foxglove's
 * may be), by its frame and topic. Throws DataError when no unchanging transforms lead from the ego to a frame, and for clouds
 * in a frame of the vehicle or the world of which nobody says from where they were seen.
 */
export function placedLidar(topic: CloudTopic, sources: LidarSources): PlacedLidar {
  const { name, frame, frameFromCloud } = topic
  const origin = sources.description.seen_from[name]
  if (!origin && notOfSensors.has(frame))
    throw new DataError("clouds in a frame that is not a LiDAR's: where their rays began is not known", {
      file: sources.bag.file,
      place: `topic ${name}, frame ${frame}`,
      expected: `the clouds of single LiDARs, named as "lidar" in the "topics" of log.json; or the frame of the LiDAR that saw them: "seen_from": { "${name}": … }`,
    })
  const egoFromCloud = compose(egoFrom(frame, name, sources), frameFromCloud)
  if (origin) return { sensor: { sensorName: origin, egoFromSensor: egoFrom(origin, name, sources) }, egoFromCloud }
  const sensorName = isSame(frameFromCloud, identity) ? frame : `${frame}/${name.replace(/^\//, '')}`
  return { sensor: { sensorName, egoFromSensor: egoFromCloud }, egoFromCloud }
}

function egoFrom(frame: string, topic: string, { index, bag, description }: LidarSources): Pose {
  const { ego } = description.frames
  const egoFromFrame = index.transforms.fixed(ego, frame)
  if (egoFromFrame) return egoFromFrame
  refuseBadMounting(frame, index, bag)
  throw new DataError('nothing says where the LiDAR stands on the ego', {
    file: bag.file,
    place: `topic ${topic}, frame ${frame}`,
    expected: `unchanging transforms between ${ego} and ${frame} (tf_static, or "transforms" in log.json), or the name of the ego's frame as "ego" in the "frames" of log.json; where these are no LiDAR's clouds, the LiDARs as "lidar" in its "topics"`,
    actual: `frames ${index.transforms.frames.join(', ') || 'none'}`,
  })
}

/** Throws FindingError when there was a transform of the LiDAR's frame, and it was none. */
function refuseBadMounting(frame: string, { transforms }: BagIndex, bag: Bag): void {
  const refused = transforms.refused.get(frame)
  if (!refused) return
  const { q, t } = refused.pose
  const at = { file: basename(bag.file), place: transformName(refused.parent, frame) }
  const expected = 'a unit quaternion and finite metres'
  const actual = `[${q.join(', ')}] of norm ${Math.hypot(...q)}, [${t.join(', ')}] m`
  throw new FindingError({ check: 'extrinsics', ...at, expected, actual, count: 1, effect: 'log' }, dirname(bag.file))
}
