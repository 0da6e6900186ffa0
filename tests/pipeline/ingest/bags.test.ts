import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Frame } from '../../../pipeline/schema.js'
import { type BagKind, noBags, writeBag } from '../../support/bags.js'
import { tempFolder } from '../../support/tempFolder.js'
import { datasetOf, SeenFrames } from './datasetOf.js'
import { openBag } from './openBag.js'

/** The drive of `python/drive.py` as frames. */
async function framesOf(kind: BagKind, options: Record<string, unknown>): Promise<SeenFrames> {
  const dataset = await datasetOf([writeBag(kind, tempFolder(), options)])
  const frames: Frame[] = []
  for await (const frame of dataset.frames(dataset.logs[0].logId)) frames.push(frame)
  return new SeenFrames(dataset, frames)
}

const same: [string, BagKind, Record<string, unknown>][] = [
  ['an MCAP file of ROS 2 messages, LZ4', 'mcap', { compression: 'LZ4' }],
  ['an MCAP file without chunks and without any index', 'mcap', { unchunked: true }],
  ['an MCAP file of Foxglove messages in protobuf', 'foxglove-protobuf', {}],
  ['an MCAP file of Foxglove messages in JSON', 'foxglove-json', {}],
  ['Foxglove messages that name a standing car once, in protobuf', 'foxglove-protobuf', { said_once: true }],
  ['Foxglove messages that name a standing car once, in JSON', 'foxglove-json', { said_once: true }],
  ['a ROS 2 bag in sqlite3', 'rosbag2', {}],
  ['a ROS 2 bag in sqlite3 without definitions', 'rosbag2', { old: true }],
  ['a ROS 2 bag in sqlite3, messages packed one by one', 'rosbag2', { packed: true }],
  ['a ROS 2 bag in sqlite3, left in write-ahead mode', 'rosbag2', { wal: true }],
  ['a ROS 2 bag in sqlite3, in two parts', 'rosbag2', { split: true }],
  ['a ROS 2 bag in MCAP', 'rosbag2-mcap', {}],
  ['a ROS 1 bag', 'rosbag1', {}],
  ['a ROS 1 bag, LZ4', 'rosbag1', { compression: 'LZ4' }],
  ['a ROS 1 bag, BZ2', 'rosbag1', { compression: 'BZ2' }],
  ['big endian, in doubles', 'mcap', { bigendian: true, double: true }],
  ['rows of points with some that did not return', 'mcap', { organised: true }],
  ['point times in float seconds', 'mcap', { time: ['time'] }],
  ['point times in seconds since the epoch', 'mcap', { time: ['timestamp'] }],
  ['point times in whole microseconds', 'mcap', { time: ['offset_time'], time_scale: 1e-3 }],
  ['poses from transforms', 'mcap', { poses: 'tf' }],
  ['clouds without a stamp: when they were recorded is taken', 'rosbag1', { no_stamp: true }],
]

describe.skipIf(noBags)(`the same drive gives the same frames${noBags}`, () => {
  let whole: Promise<SeenFrames> | null = null
  const expectedFrames = () => (whole ??= framesOf('mcap', {}))

  test.for(same)('%s', async ([, kind, options]) => {
    const [expected, found] = [await expectedFrames(), await framesOf(kind, options)]
    expect(found.frames).toHaveLength(5)
    const seen = ({ timestampNs, cityFromEgo, semantics, observed, lidarPoints, sweeps }: Frame) => {
      return { timestampNs, cityFromEgo, semantics, observed, lidarPoints, sweeps }
    }
    expect(found.frames.map(seen)).toEqual(expected.frames.map(seen))
  })

  test('and they hold what stood there', async () => {
    const frames = await expectedFrames()
    // At 2 s the ego is at x = 10 m: the car's rear is at 28.02 − 10 = 18.02 m, the wall at 6.03 m on the left.
    expect(frames.at(4, 18.1, 0.5, 0.7)).toBe('car')
    expect(frames.at(4, 5, 6.1, 0.9)).toBe('others')
    expect(frames.at(4, 5, 0, 0.6)).toBe('free')
    expect(frames.at(4, 5, 7.5, 0.9)).toBe('unknown')
    expect(frames.frames[4].cityFromEgo.t).toEqual([10, 0, 0])
    expect(frames.frames[4].timestampNs).toBe(1_700_000_002_000_000_000n)
  })
})

describe.skipIf(noBags)(`sweeps of a bag${noBags}`, () => {
  test('the motion of the ego within a sweep is gone: a car at 28.02 m is at 23.02 m in all of the sweep at 1 s', async () => {
    const { log } = await openBag(writeBag('mcap', tempFolder()))
    const { pointsM, offsetNs, count } = await log.sweeps!.read(10)
    const car = Array.from({ length: count }, (_, p) => p).filter((p) => pointsM[3 * p] > 22)
    expect(car).toHaveLength(35)
    for (const p of car) expect(pointsM[3 * p]).toBeCloseTo(23.02, 4)
    expect([offsetNs[0], offsetNs[count - 1]]).toEqual([0, 90_000_000])
    expect(log.sensors).toEqual([
      { sensorName: 'lidar_top', egoFromSensor: { q: [Math.SQRT1_2, 0, 0, Math.SQRT1_2].map(near), t: [1, 0, 2] } },
    ])
  })

  test('two LiDARs become one sweep at the time of the first, each point with its LiDAR and its own time', async () => {
    const { log } = await openBag(writeBag('mcap', tempFolder(), { second_lidar: true }))
    expect(log.sweeps!.timesNs).toHaveLength(21)
    expect(log.sweeps!.lidars.map(({ sensorName }) => sensorName)).toEqual(['lidar_top', 'lidar_rear'])
    const { pointsM, offsetNs, lidar, count } = await log.sweeps!.read(10)
    const car = Array.from({ length: count }, (_, p) => p).filter((p) => pointsM[3 * p] > 22)
    expect(car).toHaveLength(70)
    for (const p of car) expect(pointsM[3 * p]).toBeCloseTo(23.02, 4)
    expect([lidar[0], lidar[count - 1]]).toEqual([0, 1])
    // The rear one's cloud is stamped 30 ms later.
    expect(offsetNs[lidar.indexOf(1)]).toBe(30_000_000)
    expect(offsetNs[count - 1]).toBe(120_000_000)
  })

  test('of clouds that the driver has freed of motion, points stay where they are', async () => {
    const { log } = await openBag(writeBag('mcap', tempFolder(), { log: { motion_compensated: true } }))
    const { pointsM, offsetNs, count } = await log.sweeps!.read(10)
    // The last point was taken 90 ms late, from 0.45 m further on: left as it is, the car is that much too near.
    expect(pointsM[3 * (count - 1)]).toBeCloseTo(22.57, 4)
    expect(offsetNs[count - 1]).toBe(90_000_000)
  })

  test('outside of the poses are left out and counted', async () => {
    const { log, skips } = await openBag(writeBag('mcap', tempFolder(), { poses_until_s: 1 }))
    // Poses end at 1.0 s; the next sweep but one is 0.1 s beyond.
    expect(log.sweeps!.timesNs).toHaveLength(11)
    expect(skips).toContainEqual(expect.objectContaining({ what: 'sweep', count: 10 }))
    expect(skips).toContainEqual(expect.objectContaining({ what: 'box time', count: 10 }))
  })
})

describe.skipIf(noBags)(`boxes of a bag${noBags}`, () => {
  test('that were recorded twice are taken once, and counted', async () => {
    const { log, skips } = await openBag(writeBag('mcap', tempFolder(), { box_messages: 2 }))
    expect(log.boxes!.at(5).map(({ trackId }) => trackId)).toEqual(['car-1'])
    expect(skips).toContainEqual(expect.objectContaining({ why: 'a second one of its track at its time', count: 21 }))
  })

  test('that share an id are followed nowhere: each is a track of its own', async () => {
    const { log, skips } = await openBag(writeBag('mcap', tempFolder(), { cars: 2 }))
    const ids = [5, 6].flatMap((index) => log.boxes!.at(index).map(({ trackId }) => trackId))
    expect(new Set(ids).size).toBe(4)
    expect(skips).toContainEqual(expect.objectContaining({ what: 'track', count: 42 }))
  })
})

describe.skipIf(noBags)(`who and where a bag is${noBags}`, () => {
  test('a file of a folder with several: one log each, called by its name', async () => {
    const dir = tempFolder()
    for (const name of ['one', 'two']) {
      mkdirSync(join(dir, name))
      writeBag('mcap', join(dir, name), { log: { log_id: `the ${name}` } })
    }
    const dataset = await datasetOf([join(dir, 'one')])
    expect(dataset.logs.map(({ logId }) => logId)).toEqual(['the one'])
  })

  test('an MCAP file that says it itself needs no log.json, and is believed before one', async () => {
    const metadata = { rig_id: 'r1', site_id: 's1', route_id: 't1', vocabulary: 'nuscenes', date: '2024-05-06' }
    const { log } = await openBag(writeBag('mcap', tempFolder(), { metadata, log: { rig_id: 'another' } }))
    const { rigId, siteId, routeId, logId, date, vocabulary } = log.head
    expect([rigId, siteId, routeId, logId, date, vocabulary]).toEqual([
      'r1',
      's1',
      't1',
      'drive',
      '2024-05-06',
      'nuscenes',
    ])
  })
})

function near(value: number): unknown {
  return expect.closeTo(value, 6)
}
