import { copyFileSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DataError } from '../../../pipeline/errors.js'
import type { SweepSource } from '../../../pipeline/ingest/reader.js'
import { stream } from '../../../pipeline/random.js'
import { noBags, writeBag } from '../../support/bags.js'
import { tempFolder } from '../../support/tempFolder.js'
import { openBag } from './openBag.js'

/** Changes a file's bytes where they are. */
function damage(file: string, change: (bytes: Buffer) => void): string {
  const bytes = readFileSync(file)
  change(bytes)
  writeFileSync(file, bytes)
  return file
}

const chunkOpcode = 6

/** Where the chunks of an MCAP file start. */
function chunkStarts(bytes: Buffer): number[] {
  const starts: number[] = []
  for (let at = 8; at < bytes.length - 8; at += 9 + Number(bytes.readBigUInt64LE(at + 1)))
    if (bytes[at] === chunkOpcode) starts.push(at)
  return starts
}

describe.skipIf(noBags)(`a damaged MCAP file${noBags}`, () => {
  test('a chunk that does not fit its checksum is left out and counted, and the rest is read', async () => {
    const whole = writeBag('mcap', tempFolder(), { compression: 'NONE' })
    const place = chunkStarts(readFileSync(whole))[2]
    const { log, skips } = await openBag(damage(whole, (bytes) => (bytes[place + 20_000] ^= 1)))
    const why = 'damaged: its content does not fit its checksum or its length'
    expect(skips).toContainEqual({ what: 'chunk', why, where: `drive.mcap, byte ${place}`, count: 1 })
    expect(log.sweeps!.timesNs.length).toBeGreaterThan(10)
    expect(log.sweeps!.timesNs.length).toBeLessThan(21)
  })

  test('a damaged chunk that was the first to name the channels costs its own messages only', async () => {
    const mounting = { parent: 'base_link', child: 'lidar_top', translation_m: [1, 0, 2], rotation_wxyz: [1, 0, 0, 0] }
    const whole = writeBag('mcap', tempFolder(), { compression: 'NONE', log: { transforms: [mounting] } })
    const place = chunkStarts(readFileSync(whole))[0]
    const { log, skips } = await openBag(damage(whole, (bytes) => (bytes[place + 20_000] ^= 1)))
    expect(skips).toContainEqual(expect.objectContaining({ what: 'chunk', count: 1 }))
    expect(log.sweeps!.timesNs.length).toBeGreaterThan(10)
  })

  test('a chunk that cannot be unpacked is left out and counted too', async () => {
    const whole = writeBag('mcap', tempFolder())
    const place = chunkStarts(readFileSync(whole))[2]
    const { skips } = await openBag(damage(whole, (bytes) => bytes.fill(0, place + 60, place + 80)))
    expect(skips).toContainEqual(expect.objectContaining({ what: 'chunk', count: 1 }))
  })

  test('outside of chunks, the checksum of the whole data section tells', async () => {
    const whole = writeBag('mcap', tempFolder(), { unchunked: true })
    const bad = damage(whole, (bytes) => (bytes[bytes.length >> 1] ^= 1))
    await expect(openBag(bad)).rejects.toThrow('the data section does not fit its checksum')
  })

  test('cut off by a crash, it is read as far as it goes, and its sweeps are those of the whole', async () => {
    const whole = writeBag('mcap', tempFolder(), { compression: 'NONE' })
    const cut = join(tempFolder(), 'drive.mcap')
    copyFileSync(whole, cut)
    copyFileSync(join(dirname(whole), 'log.json'), join(dirname(cut), 'log.json'))
    truncateSync(cut, Math.round(readFileSync(whole).length * 0.6))
    const [one, other] = [await openBag(whole), await openBag(cut)]
    expect(other.skips).toContainEqual(expect.objectContaining({ what: 'recording', count: 1 }))
    const [all, some] = [one.log.sweeps!, other.log.sweeps!]
    expect(some.timesNs.length).toBeGreaterThan(5)
    expect(some.timesNs.length).toBeLessThan(all.timesNs.length)
    expect(some.timesNs).toEqual(all.timesNs.subarray(0, some.timesNs.length))
    const [read, expected] = [await some.read(5), await all.read(5)]
    expect(read.pointsM).toEqual(expected.pointsM)
  })

  test('with an end, but no record where one should start, it says what mends it', async () => {
    const whole = writeBag('mcap', tempFolder())
    const place = chunkStarts(readFileSync(whole))[1]
    const bad = damage(whole, (bytes) => bytes.writeBigUInt64LE(1n << 40n, place + 1))
    await expect(openBag(bad)).rejects.toThrow(new RegExp(`byte ${place}: damaged.*mcap recover`))
  })

  test('of something else, it is none', async () => {
    const file = join(tempFolder(), 'notes.mcap')
    writeFileSync(file, 'This is not a recording.')
    await expect(openBag(file)).rejects.toThrow('not an MCAP file')
  })
})

describe.skipIf(noBags)(`an MCAP file with one byte changed${noBags}`, () => {
  test.each([1, 2, 3])(
    'gives the points of the whole one, fewer and counted, or a DataError; seed %i',
    async (seed) => {
      const whole = writeBag('mcap', tempFolder(), { compression: 'NONE' })
      const expected = (await openBag(whole)).log.sweeps!
      const good = readFileSync(whole)
      const random = stream(seed, 'changed bytes')
      for (let round = 0; round < 12; round++) {
        const [place, bit] = [random.int(good.length), random.int(8)]
        const bytes = Buffer.from(good)
        bytes[place] ^= 1 << bit
        writeFileSync(whole, bytes)
        const opened = await openBag(whole).catch((error) => error)
        if (opened instanceof DataError) continue
        const found: SweepSource = opened.log.sweeps
        if (found.timesNs.length < expected.timesNs.length) expect(opened.skips).not.toEqual([])
        for (const [index, timeNs] of found.timesNs.entries()) {
          const twin = expected.timesNs.indexOf(timeNs)
          expect([place, (await found.read(index)).pointsM]).toEqual([place, (await expected.read(twin)).pointsM])
        }
      }
    },
  )
})

describe.skipIf(noBags)(`Foxglove messages${noBags}`, () => {
  test('of clouds without a turn of length one are refused: their points would be nowhere', async () => {
    const bag = writeBag('foxglove-protobuf', tempFolder(), { no_turn: true })
    await expect(openBag(bag)).rejects.toThrow(/topic \/lidar.*pose: not finite, or without a unit quaternion/)
  })
})

describe.skipIf(noBags)(`a damaged ROS 1 bag${noBags}`, () => {
  test('a chunk that cannot be unpacked is left out and counted', async () => {
    const whole = writeBag('rosbag1', tempFolder(), { compression: 'BZ2' })
    const bad = damage(whole, (bytes) => bytes.fill(0x55, 20_000, 20_100))
    const { log, skips } = await openBag(bad)
    expect(skips).toContainEqual(expect.objectContaining({ what: 'chunk', count: 1 }))
    expect(log.sweeps!.timesNs.length).toBeLessThan(21)
  })

  test('cut off, or never closed, it says what mends it', async () => {
    const cut = writeBag('rosbag1', tempFolder())
    truncateSync(cut, 200_000)
    await expect(openBag(cut)).rejects.toThrow('rosbag reindex')
    const open = writeBag('rosbag1', tempFolder())
    const place = readFileSync(open).indexOf('index_pos=') + 'index_pos='.length
    await expect(openBag(damage(open, (bytes) => bytes.writeBigUInt64LE(0n, place)))).rejects.toThrow(
      'without an index',
    )
  })
})

describe.skipIf(noBags)(`a ROS 2 bag in sqlite3${noBags}`, () => {
  test('is read without a trace in its folder, even beside the lock of one that crashed', async () => {
    const dir = writeBag('rosbag2', tempFolder())
    mkdirSync(join(dir, 'drive.db3.lock'))
    const before = readdirSync(dir)
    const { log } = await openBag(dir)
    await log.sweeps!.read(3)
    expect(readdirSync(dir)).toEqual(before)
  })

  test('with writes that were never merged is refused', async () => {
    const dir = writeBag('rosbag2', tempFolder())
    writeFileSync(join(dir, 'drive.db3-wal'), 'pages')
    await expect(openBag(dir)).rejects.toThrow('write-ahead log')
  })

  test('of garbage is refused, and so is one of which a part is gone', async () => {
    const dir = writeBag('rosbag2', tempFolder())
    damage(join(dir, 'drive.db3'), (bytes) => bytes.fill(7))
    await expect(openBag(dir)).rejects.toThrow('drive.db3: not a ROS 2 bag that can be read')
    damage(join(dir, 'metadata.yaml'), (bytes) => bytes.write('dr0ve', bytes.indexOf('- drive.db3') + 2))
    await expect(openBag(dir)).rejects.toThrow('dr0ve.db3: a part of the bag is not there')
  })

  test('without metadata is one log a name, its parts by number', async () => {
    const dir = writeBag('rosbag2', tempFolder(), { split: true, without_metadata: true })
    expect(readdirSync(dir).sort()).toEqual(['drive_0.db3', 'drive_1.db3', 'log.json'])
    const { log } = await openBag(dir)
    expect(log.head.logId).toBe('drive')
    expect(log.sweeps!.timesNs).toHaveLength(21)
  })
})

describe.skipIf(noBags)(`what a bag leaves open is asked for, not guessed${noBags}`, () => {
  const refused: [string, Record<string, unknown>, RegExp][] = [
    [
      'a LiDAR without a transform',
      { without: ['tf_static'] },
      /topic \/lidar\/points, frame lidar_top: nothing says where the LiDAR stands.*base_link.*tf_static/,
    ],
    ['no poses at all', { without: ['odometry'] }, /nothing says where the ego was.*nav_msgs\/Odometry/],
    ['clouds of one LiDAR on two topics', { twin_topic: true }, /frame lidar_top.*\/lidar\/again, \/lidar\/points/],
    ['two fields of point times', { time: ['t', 'time'] }, /topic \/lidar\/points: points with several times.*t, time/],
    ['point times on another clock', { time: ['time'], time_shift: 5 }, /another clock.*found 5\.000\d* to 5\.089/],
    ['point times in no unit', { time: ['time'], time_scale: 1e-14 }, /in no unit.*point_times/],
    ['a topic that is not there', { log: { topics: { lidar: ['/nothing'] } } }, /topic \/nothing/],
    ['an unknown key', { log: { topics: { lidars: ['/lidar/points'] } } }, /log\.json, topics.*lidars/],
    ['a log whose rig nobody says', { log: { rig_id: null } }, /the log does not say its rig/],
  ]
  test.for(refused)('%s', async ([, options, message]) => {
    await expect(openBag(writeBag('mcap', tempFolder(), options))).rejects.toThrow(message)
  })

  test('and taken from log.json when it says so', async () => {
    const mounting = { parent: 'base_link', child: 'lidar_top', translation_m: [1, 0, 2], rotation_wxyz: [1, 0, 0, 0] }
    const topics = { lidar: ['/lidar/again'], odometry: '/odom', boxes: '/boxes' }
    const log = { transforms: [mounting], topics, point_times: 'none' }
    const options = { twin_topic: true, without: ['tf_static'], time: ['time'], time_shift: 5, log }
    const opened = await openBag(writeBag('mcap', tempFolder(), options))
    expect(opened.log.sensors).toEqual([{ sensorName: 'lidar_top', egoFromSensor: { q: [1, 0, 0, 0], t: [1, 0, 2] } }])
    expect((await opened.log.sweeps!.read(0)).offsetNs.every((ns) => ns === 0)).toBe(true)
    expect(opened.log.boxes!.timesNs).toHaveLength(21)
    const boxless = await openBag(writeBag('mcap', tempFolder(), { log: { topics: { boxes: null } } }))
    expect(boxless.log.boxes).toBeNull()
  })
})
