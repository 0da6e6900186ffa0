import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findLogs } from '../../../pipeline/ingest/findLogs.js'
import { kitti } from '../../../pipeline/ingest/kitti/reader.js'
import { turnOffsetsNs } from '../../../pipeline/ingest/kitti/scans.js'
import { readWallClock } from '../../../pipeline/ingest/kitti/wallClock.js'
import { parseXml } from '../../../pipeline/ingest/kitti/xmlTree.js'
import { BoxIndex } from '../../../pipeline/ingest/occupancy/boxIndex.js'
import type { Frame } from '../../../pipeline/schema.js'
import { noNumpy, numpy } from '../../support/numpy.js'
import { datasetOf, SeenFrames } from './datasetOf.js'
import { openLog } from './openLog.js'
import { kitti as sample } from './samples/kitti.js'
import { copiesOf } from './samples/sample.js'

const open = (path: string) => openLog(kitti, path, { site: 'karlsruhe' })

/** Changes a text file of a copy; a change that changes nothing is a mistake of the test. */
function edit(file: string, change: (text: string) => string): void {
  const text = readFileSync(file, 'utf8')
  expect(change(text)).not.toBe(text)
  writeFileSync(file, change(text))
}

test('a point’s time by its azimuth: rear, left, front, right, rear', () => {
  const points = Float32Array.of(-1, 1e-9, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 0, -1, 0, -1, -1e-9, 0)
  const offsetNs = turnOffsetsNs(points, 6, { startNs: -50e6, endNs: 52e6 })
  expect([...offsetNs]).toEqual([-50e6, -25e6, -12.5e6, 0, 26e6, 52e6])
})

describe.skipIf(noNumpy)(`KITTI odometry${noNumpy}`, () => {
  const copy = copiesOf({ ...sample, write: (dir) => numpy('write_kitti.py', 'odometry', dir) as string })

  test('a sequence with its poses beside `sequences/`: what it is called and where its files lie', async () => {
    const path = await copy()
    expect(await kitti.recognises(path)).toBe(true)
    const [{ dir, files, logId }] = await kitti.logs(path)
    expect(dir).toBe(dirname(dirname(path)))
    expect(logId).toBe('kitti-04')
    expect(files.slice(0, 4)).toEqual([
      ...['poses/04.txt', 'sequences/04/calib.txt', 'sequences/04/times.txt', 'sequences/04/velodyne/000000.bin'],
    ])
    expect(files).toHaveLength(3 + 6)
    const { log, skipped } = await open(path)
    expect([log.head.rigId, log.head.routeId, log.head.vocabulary]).toEqual(['kitti', 'kitti-sequence-04', 'kitti'])
    expect(log.poses.at(5e8).t[0]).toBeCloseTo(2.5, 6)
    expect(skipped()).toEqual([])
  })

  test('its scans are rid of the ego motion already: the points are those of the file', async () => {
    const path = await copy()
    const { log } = await open(path)
    const { pointsM, count, offsetNs } = await log.sweeps!.read(2)
    const bytes = readFileSync(join(path, 'velodyne', '000002.bin'))
    expect(count).toBe(bytes.length / 16)
    for (let p = 0; p < count; p++)
      for (let axis = 0; axis < 3; axis++) expect(pointsM[3 * p + axis]).toBe(bytes.readFloatLE(16 * p + 4 * axis))
    // The wall on the left was met before the scanner faced forward, the one on the right after.
    expect([pointsM[1] > 0, offsetNs[0] < 0]).toEqual([true, true])
    expect(offsetNs.some((ns) => ns > 10e6)).toBe(true)
  })

  test('without poses, inside or beside, the sequence is not complete', async () => {
    const path = await copy()
    rmSync(join(dirname(dirname(path)), 'poses'), { recursive: true })
    await expect(open(path)).rejects.toThrow('the sequence is not complete (expected this file, or poses/NN.txt beside')
  })

  test.each(['auto', 'kitti', 'semantickitti'] as const)(
    'named from the folder above `sequences/` on: %s',
    async (format) => {
      const path = await copy()
      const root = dirname(dirname(path))
      if (format === 'semantickitti') mkdirSync(join(path, 'labels'))
      const { logs, problems } = await findLogs([root], format)
      expect(logs.map(({ logId }) => logId)).toEqual([`${format === 'semantickitti' ? format : 'kitti'}-04`])
      // `poses` holds no log, nor should it.
      expect(problems).toEqual([])
      mkdirSync(join(root, 'sequences', 'poses'))
      expect((await findLogs([root], format)).problems.map(({ name }) => name)).toEqual(['sequences/poses'])
    },
  )

  test('with labels or voxels it is SemanticKITTI’s; without calibration, times and poses it is nothing', async () => {
    const path = await copy()
    writeFileSync(join(path, 'labels'), 'a file is no folder')
    expect(await kitti.recognises(path)).toBe(true)
    for (const name of ['calib.txt', 'times.txt']) rmSync(join(path, name))
    expect(await kitti.recognises(path)).toBe(false)
  })
})

describe.skipIf(noNumpy)(`KITTI raw${noNumpy}`, () => {
  const copy = copiesOf(sample)

  test('names: the drive, its date, KITTI’s car; its clock as it is written', async () => {
    const { log } = await open(await copy())
    const { logId, routeId, rigId, date } = log.head
    expect({ logId, routeId, rigId, date }).toEqual({
      ...{ logId: '2011_09_26_drive_0005_sync', routeId: '2011_09_26_drive_0005_sync' },
      ...{ rigId: 'kitti', date: '2011-09-26' },
    })
    // The first GPS/IMU record is 3 ms after the first scan.
    const clockNs = BigInt(Date.UTC(2011, 8, 26, 13, 2, 25)) * 1_000_000n + 500_000_000n
    expect(log.poses.timestampNs(0)).toBe(clockNs + 3_000_000n)
    expect(log.poses.timestampNs(log.sweeps!.timesNs[5])).toBe(clockNs + 500_000_000n)
  })

  test('poses: the writer’s drive in metres east and north of 49° N 8.4° E, taken to the LiDAR', async () => {
    const { log } = await open(await copy())
    const { t, q } = log.poses.at(0)
    // The IMU is at 1000 m east and 2000 m north, 0.03 m on; the LiDAR 0.81 m ahead, 0.32 m to the right and 0.8 m up.
    const yawRad = 0.3 + 0.2 * 0.003
    const [c, s] = [Math.cos(yawRad), Math.sin(yawRad)]
    const at = [1000 + 0.03 * c + 0.81 * c + 0.32 * s, 2000 + 0.03 * s + 0.81 * s - 0.32 * c, 115.8]
    for (const [axis, metres] of at.entries()) expect(t[axis]).toBeCloseTo(metres, 3)
    expect(2 * Math.atan2(q[3], q[0])).toBeCloseTo(yawRad, 6)
  })

  test('a hundredth of a degree of longitude at 49° N is 730.32 m', async () => {
    const path = await copy()
    const oxts = (n: number) => join(path, 'oxts', 'data', `000000000${n}.txt`)
    for (let n = 0; n < 6; n++) writeFileSync(oxts(n), `49 ${8.4 + n / 100} 100 0 0 0 ${'0 '.repeat(24)}\n`)
    const { log } = await open(path)
    // 6,378,137 m · cos 49° · π/180 / 100, and the LiDAR 0.81 m ahead of the IMU.
    expect(log.poses.at(0).t[0]).toBeCloseTo(0.81, 6)
    expect(log.poses.at(1e8).t[0]).toBeCloseTo(730.32 + 0.81, 1)
    expect(log.poses.at(1e8).t[1]).toBeCloseTo(-0.32, 6)
  })

  test('de-skewed, the walls are straight again and where they were: to 1 cm, and 15 cm off without', async () => {
    const path = await copy()
    const { log } = await open(path)
    // In the first scan's frame: walls at y = ±8.5, and the sides of a car at y = 3 to 5.
    const { pointsM, count } = await log.sweeps!.read(0)
    const bytes = readFileSync(join(path, 'velodyne_points', 'data', '0000000000.bin'))
    let [worstM, skewedM] = [0, 0]
    for (let p = 0; p < 2 * 287; p++) {
      const wallM = p < 287 ? 8.5 : -8.5
      worstM = Math.max(worstM, Math.abs(pointsM[3 * p + 1] - wallM), offGridM(pointsM[3 * p]))
      skewedM = Math.max(skewedM, offGridM(bytes.readFloatLE(16 * p)))
    }
    expect(count).toBe(2 * 287 + 135)
    expect(worstM).toBeLessThan(0.01)
    expect(skewedM).toBeGreaterThan(0.15)
  })

  test('tracklets: boxes on their ground points, 4 × 2 × 1.5 m, with every point of the car inside', async () => {
    const { log } = await open(await copy())
    const { timesNs, categories } = log.boxes!
    expect([...timesNs]).toEqual([...log.sweeps!.timesNs])
    expect(categories).toEqual([expect.objectContaining({ name: 'Car', count: 6 })])
    for (const index of timesNs.keys()) {
      const [box] = log.boxes!.at(index)
      expect(box.sizeM).toEqual([4, 2, 1.5])
      expect(box.egoFromBox.t[2]).toBeCloseTo(-1.5 + 0.75, 6)
      const { pointsM, count } = await log.sweeps!.read(index)
      const inside = new BoxIndex([box], 0.02)
      let points = 0
      for (let at = 0; at < 3 * count; at += 3)
        if (inside.find(pointsM[at], pointsM[at + 1], pointsM[at + 2]) === 0) points++
      expect(points).toBe(135)
    }
  })

  test('a tracklet begins at its first frame; boxes of frames that the drive does not have are counted', async () => {
    const path = await copy()
    const before = (await open(path)).log.boxes!
    edit(join(path, 'tracklet_labels.xml'), (text) => text.replace('<first_frame>0<', '<first_frame>2<'))
    const { log, skipped } = await open(path)
    expect([0, 1].map((index) => log.boxes!.at(index))).toEqual([[], []])
    for (const index of [0, 1, 2, 3]) expect(log.boxes!.at(index + 2)).toEqual(before.at(index))
    expect(skipped()).toEqual([
      {
        what: 'box',
        why: 'no time in the timestamps of its frame',
        where: '2011_09_26_drive_0005_sync/tracklet_labels.xml, tracklet 0, pose 4',
        count: 2,
      },
    ])
  })

  test('becomes frames: the car where it stands, five sweeps in one', async () => {
    const dataset = await datasetOf([await copy()], sample.config)
    const frames: Frame[] = []
    for await (const frame of dataset.frames(dataset.logs[0].logId)) frames.push(frame)
    const seen = new SeenFrames(dataset, frames)
    expect(seen.at(0, 12.1, 4.1, -1)).toBe('car')
    expect(seen.at(0, 12.1, 8.5, 0.1)).toBe('others')
    expect(seen.at(0, 6.1, 1.1, 0.1)).toBe('free')
    expect(seen.frames[1].sweeps).toBe(5)
    expect(dataset.manifest.skipped).toEqual([])
  })

  test.each([
    [
      '../calib_imu_to_velo.txt',
      (t: string) => t.replace(/^T:.*\n/m, ''),
      "row 'T': calib_imu_to_velo.txt lacks a row",
    ],
    [
      '../calib_imu_to_velo.txt',
      (t: string) => t.replace('R: 1', 'R: 2'),
      "row 'R': extrinsics: the log is not fit for use (expected a rotation",
    ],
    ['oxts/timestamps.txt', (t: string) => t.replace('09-26', '09-31'), 'line 1: not a time'],
    ['velodyne_points/timestamps.txt', (t: string) => t.replace(' 13:', ' 25:'), 'line 1: not a time'],
    [
      'tracklet_labels.xml',
      (t: string) => t.replace('<count>1<', '<count>2<'),
      'not a tracklet file (expected 2 items in <tracklets>',
    ],
    ['tracklet_labels.xml', (t: string) => t.replace('<h>1.5</h>', ''), 'expected <h> in <item>'],
    ['tracklet_labels.xml', (t: string) => t.replace('<h>1.5<', '<h>tall<'), 'expected a number in <h>, found tall'],
    ['tracklet_labels.xml', (t: string) => t.slice(0, t.indexOf('<ty>') + 6), 'the file ends inside <ty>'],
  ])('a damaged %s is refused: %#', async (name, damage, message) => {
    const path = await copy()
    edit(join(path, name), damage)
    await expect(open(path)).rejects.toThrow(message)
  })

  test.each(['../calib_imu_to_velo.txt', 'oxts/timestamps.txt', 'velodyne_points/timestamps.txt'])(
    'without %s the drive is not complete',
    async (name) => {
      const path = await copy()
      rmSync(join(path, name))
      await expect(open(path)).rejects.toMatchObject({ file: join(path, name), message: /the drive is not complete/ })
    },
  )

  test('a scan that is missing, cut off, without a time or with a turn that is none: the others stay', async () => {
    const path = await copy()
    const scans = join(path, 'velodyne_points')
    rmSync(join(scans, 'data', '0000000001.bin'))
    truncateSync(join(scans, 'data', '0000000002.bin'), 100)
    // An empty line is a frame that the stream lacks.
    edit(join(scans, 'timestamps.txt'), (text) => text.replace(/.*25\.8.*\n/, '\n'))
    edit(join(scans, 'timestamps_end.txt'), (text) => text.replace('25.951', '28.951'))
    const { log, skipped } = await open(path)
    expect([...log.sweeps!.timesNs].map((ns) => ns / 1e6)).toEqual([-3, 497])
    expect(skipped().map(({ what, why, where }) => `${what}, ${where.split('/').at(-1)}: ${why}`)).toEqual([
      'sweep, 0000000002.bin: not a whole number of points of 16 bytes, or none',
      'sweep, 0000000003.bin: no time in the timestamps of its number',
      'sweep, 0000000004.bin: its turn does not start shortly before and end shortly after it faces forward',
      'box, tracklet_labels.xml, tracklet 0, pose 3: no time in the timestamps of its frame',
    ])
  })

  test('times with fewer digits, or none, after the second', async () => {
    const path = await copy()
    const before = (await open(path)).log
    edit(join(path, 'velodyne_points', 'timestamps.txt'), (text) => text.replaceAll(/(\.\d)\d+/g, '$1'))
    edit(join(path, 'oxts', 'timestamps.txt'), (text) => text.replaceAll('000000\n', '\n'))
    const { log } = await open(path)
    expect([...log.sweeps!.timesNs]).toEqual([...before.sweeps!.timesNs])
    expect(log.poses.startNs).toBe(before.poses.startNs)
    writeFileSync(join(path, 'times.txt'), '2011-09-26 13:02:25\n')
    const { timestampsNs } = await readWallClock(join(path, 'times.txt'))
    expect(timestampsNs.get(0)).toBe(BigInt(Date.UTC(2011, 8, 26, 13, 2, 25)) * 1_000_000n)
  })

  test('a drive as it was extracted, with scans as text, is told from a synced one', async () => {
    const path = await copy()
    const data = join(path, 'velodyne_points', 'data')
    rmSync(join(path, 'tracklet_labels.xml'))
    for (const name of readdirSync(data)) renameSync(join(data, name), join(data, name.replace('.bin', '.txt')))
    await expect(open(path)).rejects.toThrow('no scan that can be used (expected .bin files, as the synced drives')
  })

  test('without starts and ends a turn takes what the scanner takes', async () => {
    const path = await copy()
    for (const name of ['start', 'end']) rmSync(join(path, 'velodyne_points', `timestamps_${name}.txt`))
    const { log } = await open(path)
    const { pointsM } = await log.sweeps!.read(0)
    for (let p = 0; p < 287; p++) expect(Math.abs(pointsM[3 * p + 1] - 8.5)).toBeLessThan(0.01)
  })

  test('a GPS/IMU record that is none is no pose; without a good one there are none', async () => {
    const path = await copy()
    const oxts = (n: number) => join(path, 'oxts', 'data', `000000000${n}.txt`)
    writeFileSync(oxts(2), '')
    const { log } = await open(path)
    expect(log.poses.leftOut).toEqual([{ why: 'not a pose', row: 2, count: 1 }])
    for (let n = 0; n < 6; n++) writeFileSync(oxts(n), '49 8 nan 0 0 0')
    await expect(open(path)).rejects.toThrow('no GPS/IMU record is good')
  })
})

/** How far a coordinate is from the writer's grid of half metres. */
function offGridM(metres: number): number {
  return Math.abs(metres * 2 - Math.round(metres * 2)) / 2
}

describe('XML', () => {
  const parse = (content: string) => parseXml('file.xml', content)

  test('elements and text; prologue, comments, attributes and empty elements', () => {
    const root = parse('<?xml version="1.0"?>\n<!DOCTYPE a>\n<a id="1">\n<!-- <no> --><b> 2 </b><c x="3"/></a>\n')
    expect([root.name, root.children.map(({ name, text }) => [name, text])]).toEqual([
      'a',
      [
        ['b', '2'],
        ['c', ''],
      ],
    ])
  })

  test.each([
    ['<a><b></a>', 'file.xml, character 6: not the end of <b> (found </a>)'],
    ['<a>', 'file.xml, character 3: the file ends inside <a>'],
    ['<a>1 &lt; 2</a>', 'file.xml, character 5: neither a tag nor plain text'],
    ['', 'file.xml, character 0: not one element that holds all others (found 0)'],
    ['<a></a><b></b>', 'not one element that holds all others (found 2)'],
    ['</a>', 'character 0'],
  ])('%s is refused', (content, message) => {
    expect(() => parse(content)).toThrow(message)
  })
})
