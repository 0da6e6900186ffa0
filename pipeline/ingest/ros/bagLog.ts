import { DataError } from '../../errors.js'
import { headOf } from '../logFile.js'
import { type Fill, type HashedLog, type RawLog, sourceOf } from '../reader.js'
import type { SkipCounter } from '../skipCounter.js'
import type { Bag } from './bag.js'
import { BagBoxes } from './bagBoxes.js'
import { BagIndex } from './bagIndex.js'
import { CloudSweeps } from './cloudSweeps.js'
import { readDescription } from './description.js'
import { egoPoses } from './egoPoses.js'

/**
 * One log from a bag: one pass finds where everything lies, the points are read when they are asked for. `files` are the
 * bag's files below the log's folder, in the bag's order. Throws DataError.
 */
export async function openBagLog(
  bag: Bag,
  log: HashedLog,
  files: readonly string[],
  fill: Fill,
  skips: SkipCounter,
): Promise<RawLog> {
  const description = await readDescription(log.dir)
  const index = await BagIndex.read(bag, files, description, skips)
  const head = headOf(log.dir, { logId: log.logId, ...wordsOf(bag) }, description.log, fill)
  const poses = egoPoses({ index, bag, description, skips })
  const sweeps = CloudSweeps.open({ log, files, bag, index, description, poses, skips })
  const boxes = BagBoxes.open({ index, bag, description, poses, skips }, (file) => sourceOf(log, files[file]))
  if (!sweeps && !boxes)
    throw new DataError('neither clouds nor boxes', {
      file: bag.file,
      expected: 'sensor_msgs/PointCloud2, foxglove.PointCloud, vision_msgs/Detection3DArray or foxglove.SceneUpdate',
      actual:
        [...index.topics]
          .map(([name, type]) => `${name} (${type})`)
          .sort()
          .join(', ') || 'no topics',
    })
  return {
    dir: log.dir,
    head,
    poses: poses.track,
    sensors: sweeps?.lidars ?? [],
    sweeps,
    boxes,
    voxels: null,
    map: null,
  }
}

/** What the bag's own metadata says of who and where, by the keys of `log.json`. */
function wordsOf({ words }: Bag) {
  const word = (key: string) => words.get(key) || null
  return {
    siteId: word('site_id'),
    routeId: word('route_id'),
    rigId: word('rig_id'),
    mapVersion: word('map_version'),
    weather: word('weather'),
    timeOfDay: word('time_of_day'),
    date: word('date'),
    license: word('license'),
    vocabulary: word('vocabulary'),
  }
}
