import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { noBags, writeDriverBag } from '../../support/bags.js'
import { tempFolder } from '../../support/tempFolder.js'
import { openBag } from './openBag.js'

type Options = Record<string, unknown>

async function drive(driver: string, options: Options = {}) {
  const dir = tempFolder()
  const opened = await openBag(writeDriverBag(driver, dir, options))
  const bytes = readFileSync(join(dir, 'expected.f32'))
  return { ...opened, expected: new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4) }
}

/** Metres that the farthest coordinate of any sweep is off, all twelve of them. */
async function farthestOff(driver: string, options: Options): Promise<number> {
  const { log, expected } = await drive(driver, options)
  expect(log.sweeps!.timesNs).toHaveLength(12)
  const each = expected.length / 12
  let off = 0
  for (let i = 0; i < 12; i++) {
    const { pointsM, count } = await log.sweeps!.read(i)
    expect(3 * count).toBe(each)
    for (let at = 0; at < each; at++) off = Math.max(off, Math.abs(pointsM[at] - expected[i * each + at]))
  }
  return off
}

const simulatorStartNs = 100_000_000
const same: [string, string, Options][] = [
  ['Velodyne: float seconds after the stamp', 'velodyne', {}],
  ['Velodyne stamped at the end of the turn: negative times', 'velodyne stamped at the end', {}],
  ['Ouster: rows of a turn with padding behind them', 'ouster', { height: 8, row_padding: 64 }],
  ['Hesai in ROS 1, frames with slashes', 'hesai', { ros1: true, slashes: true }],
  ['Livox: doubles of nanoseconds since the epoch', 'livox', {}],
  ['times of a name that no other driver has', 'aeva', {}],
  ['big endian doubles', 'big endian', {}],
  ['a row step of 0', 'velodyne', { row_step: 0 }],
  ['rows of which each has the row step of the whole cloud', 'ouster', { height: 8, row_step: 48 * 240 }],
  ['single points whose time ran over', 'ouster', { stray: true }],
  ['clouds without a point between the others', 'velodyne', { empty: true }],
  ['mountings said again with the negative quaternions', 'velodyne', { negated: true }],
  ['a clock that has just begun, as a simulator’s', 'velodyne', { start_ns: simulatorStartNs }],
  ['odometry that drifts below a localisation at 20 Hz', 'velodyne', { by_odom: true }],
  [
    'the frames of log.json written with slashes',
    'velodyne',
    { slashes: true, log: { frames: { ego: '/base_link', city: '/map' } } },
  ],
  ['two ways up, of which log.json names one', 'velodyne', { two_parents: true, log: { frames: { city: 'map' } } }],
  [
    'clouds that were moved to the ego, of a LiDAR that log.json names',
    'velodyne',
    { in_base: true, log: { seen_from: { '/points': 'lidar' } } },
  ],
]

describe.skipIf(noBags)(`every point of a drive through a bend is where NumPy has it, within 1 mm${noBags}`, () => {
  test.for(same)('%s', async ([, driver, options]) => {
    expect(await farthestOff(driver, options)).toBeLessThan(0.001)
  })
})

describe.skipIf(noBags)(`what drivers leave unsaid${noBags}`, () => {
  test('rays of clouds that were moved to the ego begin where log.json says the LiDAR is', async () => {
    const { log } = await drive('velodyne', { in_base: true, log: { seen_from: { '/points': 'lidar' } } })
    const { log: own } = await drive('velodyne')
    expect(log.sensors).toEqual(own.sensors)
    expect(log.sensors[0].egoFromSensor.t[2]).toBeCloseTo(1.898, 3)
  })

  test('a stamp of 0 is not when it was recorded, where the other stamps are a simulator’s', async () => {
    const { log, skips } = await drive('velodyne', { start_ns: simulatorStartNs, unset_stamps: true })
    expect(log.sweeps!.timesNs).toHaveLength(12)
    expect(skips).toEqual([
      expect.objectContaining({ what: 'message', why: expect.stringContaining('stamp is 0'), count: 1 }),
    ])
  })

  test('a stamp of 0 is when it was recorded, where the others are of the same clock', async () => {
    const { log, skips } = await drive('velodyne', { unset_stamps: true })
    expect(log.sweeps!.timesNs).toHaveLength(13)
    expect(skips).toEqual([expect.objectContaining({ what: 'stamp', count: 1 })])
  })

  test('points without a time of their own and clouds without a point are counted', async () => {
    const stray = await drive('ouster', { stray: true })
    await stray.log.sweeps!.read(0)
    expect(stray.counter.list('')).toEqual([expect.objectContaining({ what: 'point', count: 1 })])
    const empty = await drive('velodyne', { empty: true })
    expect(empty.skips).toEqual([expect.objectContaining({ why: 'a cloud without a point', count: 12 })])
  })

  test('of a turn that ends where poses are lost, the points before are kept', async () => {
    // No pose from 0.35 s to 1.5 s: of the sweep at 0.3 s, taken until 0.3995 s, the last pose is that at 0.34 s.
    const { log, expected, counter } = await drive('velodyne', { lost_poses: [35, 150] })
    expect(log.sweeps!.timesNs).toHaveLength(4)
    const { pointsM, count } = await log.sweeps!.read(3)
    // 240 points in 0.0995 s: the 97th, at 0.03996 s, is the last before.
    expect(count).toBe(97)
    for (let at = 0; at < 3 * count; at++) expect(pointsM[at]).toBeCloseTo(expected[3 * 720 + at], 3)
    expect(counter.list('')).toContainEqual(expect.objectContaining({ what: 'point', count: 143 }))
  })

  test('where the localisation is lost for more than a second, odometry alone gives no poses', async () => {
    // The localisation speaks at 0.35 s and then at 1.5 s; odometry below it never stops.
    const { log } = await drive('velodyne', { by_odom: true, lost_poses: [36, 150] })
    expect(log.sweeps!.timesNs).toHaveLength(4)
    expect((await log.sweeps!.read(2)).count).toBe(240)
  })

  const refused: [string, string, Options, RegExp][] = [
    [
      'clouds in the frame of the vehicle',
      'velodyne',
      { in_base: true },
      /base_link.*where their rays began.*seen_from/,
    ],
    ['clouds of a radar', 'velodyne', { rcs: true }, /clouds of a radar; name the LiDARs/],
    ['odometry of which only the twist is filled in', 'velodyne', { twist_only: true }, /stay the same.*by its twist/],
    ['two ways up', 'velodyne', { two_parents: true }, /frame base_link.*several parents.*"city".*map, odom/],
  ]
  test.for(refused)('%s are refused', async ([, driver, options, message]) => {
    await expect(drive(driver, options)).rejects.toThrow(message)
  })
})
