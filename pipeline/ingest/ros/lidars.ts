import { DataError } from '../../errors.js'
import { compose, identity } from '../../pose.js'
import type { Sensor } from '../reader.js'
import type { Bag } from './bag.js'
import type { BagIndex, CloudTopic } from './bagIndex.js'
import type { Description } from './description.js'
import { referenceFirst } from './sweepPlan.js'
import { isSame } from './transformTree.js'

interface LidarSources {
  index: BagIndex
  bag: Bag
  description: Description
}

/** The topics to take, the reference first. Throws DataError when clouds of one frame are offered twice. */
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
  const twins = topics.filter((topic) => topics.some((other) => other !== topic && isOneLidar(other, topic)))
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

function isOneLidar(a: CloudTopic, b: CloudTopic): boolean {
  return a.frame === b.frame && isSame(a.frameFromCloud, b.frameFromCloud)
}

/**
 * A LiDAR is called by its frame; where clouds are posed in it (Foxglove's may be), by its frame and topic. Throws DataError
 * when no unchanging transforms lead from the ego to that frame.
 */
export function sensorOf(
  { name, frame, frameFromCloud }: CloudTopic,
  { index, bag, description }: LidarSources,
): Sensor {
  const { ego } = description.frames
  const egoFromFrame = index.transforms.fixed(ego, frame)
  const sensorName = isSame(frameFromCloud, identity) ? frame : `${frame}/${name.replace(/^\//, '')}`
  if (egoFromFrame) return { sensorName, egoFromSensor: compose(egoFromFrame, frameFromCloud) }
  throw new DataError('nothing says where the LiDAR stands on the ego', {
    file: bag.file,
    place: `topic ${name}, frame ${frame}`,
    expected: `unchanging transforms between ${ego} and ${frame} (tf_static, or "transforms" in log.json), or the name of the ego's frame as "ego" in the "frames" of log.json`,
    actual: `frames ${index.transforms.frames.join(', ') || 'none'}`,
  })
}
