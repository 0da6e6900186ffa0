import { describe, expect, test } from 'vitest'
import { DataError } from '../../../pipeline/errors.js'
import { byNature } from '../../../pipeline/ingest/scans/layout.js'
import { type Files, openScans, pcd, triples, tum, writeFiles } from './smallScans.js'

const point = pcd('x y z', [[5, 0, 0]])
const open = (files: Files) => openScans(writeFiles(files))

describe('times of scans', () => {
  const timesNs = async (files: Files) => {
    const { log } = await open({ 'poses.tum': tum(), ...files })
    return [...log.sweeps!.timesNs].map((ns) => log.poses.timestampNs(ns))
  }
  const two = { 'scan_9.pcd': point, 'scan_10.pcd': point }

  test('from times.txt, in the natural order of the names', async () => {
    const files = { 'scan_9.pcd': pcd('x y z', [[9, 0, 0]]), 'scan_10.pcd': pcd('x y z', [[10, 0, 0]]) }
    const { log, read } = await open({ 'poses.tum': tum(), 'times.txt': '10.25\n10.5\n', ...files })
    expect([...log.sweeps!.timesNs]).toEqual([0.25e9, 0.5e9])
    expect([(await read(0)).file, (await read(1)).file]).toEqual(['scan_9.pcd', 'scan_10.pcd'])
  })

  test('from times.csv', async () => {
    expect(await timesNs({ ...two, 'times.csv': 'timestamp_ms\n10000.5\n10100' })).toEqual([
      10_000_500_000n,
      10_100_000_000n,
    ])
  })

  test.each([
    ['seconds', '10.25', '10.500000001', 10_250_000_000n, 10_500_000_001n],
    ['ns', '1700000000000000001', '1700000000100000000', 1_700_000_000_000_000_001n, 1_700_000_000_100_000_000n],
    ['us', '1700000000000001', '1700000000100000', 1_700_000_000_000_001_000n, 1_700_000_000_100_000_000n],
    ['ms', '1700000000001', '1700000000101', 1_700_000_000_001_000_000n, 1_700_000_000_101_000_000n],
  ])('from names that are %s', async (unit, a, b, ...expected) => {
    const poses = tum(unit === 'seconds' ? 10 : 1_700_000_000)
    expect(await timesNs({ 'poses.tum': poses, [`${a}.pcd`]: point, [`${b}.pcd`]: point })).toEqual(expected)
  })

  test.each([
    ['cloud_1700000000000000001', 1_700_000_000_000_000_001n],
    ['os1-1700000000.250000', 1_700_000_000_250_000_000n],
    ['0007_1700000000250', 1_700_000_000_250_000_000n],
    ['cloud_1700000000_012345678', 1_700_000_000_012_345_678n],
    ['1700000000_012345678', 1_700_000_000_012_345_678n],
    ['1700000000.25.pcd', 1_700_000_000_250_000_000n],
  ])('from the end of a name: %s', async (name, expected) => {
    const cloud = new Uint8Array(new Float32Array(12).fill(1).buffer)
    const said = { 'scans.json': { columns: ['x', 'y', 'z'] } }
    expect(await timesNs({ 'poses.tum': tum(1_700_000_000), [`${name}.bin`]: cloud, ...said })).toEqual([expected])
  })

  test('from as many poses', async () => {
    expect(await timesNs({ ...two, 'poses.tum': '3.5 0 0 0 0 0 0 1\n3.75 1 0 0 0 0 0 1' })).toEqual([
      3_500_000_000n,
      3_750_000_000n,
    ])
  })

  test.each<[string, Files, RegExp]>([
    ['nothing says them', two, /not known .*times.txt or times.csv beside them.*21 poses for 2 scans/],
    [
      'only some names are times',
      { '10.25.pcd': point, 'map.pcd': point },
      /map.pcd: the times of the scans are not known/,
    ],
    ['the end of a name may be a counter', { 'a_1700000000.pcd': point, 'a_12.5.pcd': point }, /not known/],
    ['counters of ten digits are no seconds', { '0000000010.pcd': point, '0000000011.pcd': point }, /not known/],
    ['a time is missing', { ...two, 'times.txt': '10.25\n' }, /times.txt: not one time a scan .*expected 2.*found 1/],
    ['times do not increase', { ...two, 'times.txt': '10.5\n10.5\n' }, /time 1, of scan_10.pcd/],
    ['two files give them', { ...two, 'times.txt': '1\n2\n', 'times.csv': 'timestamp_s\n1\n2' }, /two lists of times/],
    ['two names are one time', { '10.25.pcd': point, '10.250.pcd': point }, /10.25.pcd and 10.250.pcd/],
    [
      'two names are one time, with another between them',
      { '10.5.pcd': point, '10.25.pcd': point, '10.50.pcd': point },
      /10.5.pcd and 10.50.pcd/,
    ],
  ])('%s: an error that says so', async (_name, files, says) => {
    await expect(timesNs(files)).rejects.toThrow(DataError)
    await expect(timesNs(files)).rejects.toThrow(says)
  })

  test('no pose is near them: all stay, for the checks to say what is wrong with the clocks', async () => {
    expect(await timesNs({ '99.5.pcd': point, '98.5.pcd': point })).toEqual(
      expect.arrayContaining([99_500_000_000n, 98_500_000_000n]),
    )
  })

  test('scans before the first pose are left out and counted', async () => {
    const { log, skips } = await open({ 'poses.tum': tum(), '9.5.pcd': point, '10.5.pcd': point, '12.5.pcd': point })
    expect([...log.sweeps!.timesNs]).toEqual([0.5e9])
    expect(skips.list('')).toEqual([{ what: 'sweep', why: 'no pose of its time', where: '9.5.pcd', count: 2 }])
  })

  test('names in natural order', () => {
    const names = ['b', 'a10b2', 'a10', 'a9', 'a010', 'a2c', 'a10b10', '7', 'a']
    expect([...names].sort(byNature)).toEqual(['7', 'a', 'a2c', 'a9', 'a010', 'a10', 'a10b2', 'a10b10', 'b'])
  })
})

describe('times of points', () => {
  /** One point 5 m ahead, 0.05 s after a scan at 10.5 s of an ego at 10 m/s; `time` is how the file says it. */
  const at = async (field: string, type: string, value: string, said?: Record<string, unknown>) => {
    const size = type === 'F8' || type === 'U8' ? 8 : 4
    const cloud = pcd(`x y z ${field}`, [[5, 0, 0, value]], `F F F ${type[0]}`).replace('4 4 4 4', `4 4 4 ${size}`)
    const { read } = await open({ 'poses.tum': tum(), '10.5.pcd': cloud, ...(said && { 'scans.json': said }) })
    const sweep = await read(0)
    return [sweep.offsetNs[0], Math.round(sweep.pointsM[0] * 1e4) / 1e4]
  }
  const pointTime = (field: string, unit: string, from: string) => ({ point_time: { field, unit, from } })

  test.each([
    ['t', 'U4', '50000000'],
    ['offset_time', 'U4', '50000000'],
    ['time', 'F4', '0.05'],
    ['timestamp', 'F8', '10.55'],
  ])('%s as %s is what drivers write: the point is moved by 0.5 m', async (field, type, value) => {
    expect(await at(field, type, value)).toEqual([50_000_000, 5.5])
  })

  test.each([
    ['when', 'F4', '50', pointTime('when', 'ms', 'scan')],
    ['t', 'F8', '10550000', pointTime('t', 'us', 'clock')],
    ['stamp', 'U8', '10550000000', pointTime('stamp', 'ns', 'clock')],
  ])('%s as %s, described', async (field, type, value, said) => {
    expect(await at(field, type, value, said)).toEqual([50_000_000, 5.5])
  })

  test('from the earliest point, whatever points without a return say', async () => {
    const rows = [
      [0, 0, 0, 0],
      [5, 0, 0, 700.05],
      [5, 0, 0, 700],
    ]
    const cloud = pcd('x y z time', rows).replace('4 4 4 4', '4 4 4 8')
    const { read, skips } = await open({
      'poses.tum': tum(),
      '10.5.pcd': cloud,
      'scans.json': pointTime('time', 's', 'earliest'),
    })
    const { count, offsetNs, pointsM } = await read(0)
    expect([count, ...offsetNs]).toEqual([2, 50_000_000, 0])
    expect(pointsM[0]).toBeCloseTo(5.5, 5)
    expect(pointsM[3]).toBeCloseTo(5, 5)
    expect(skips.list('')).toEqual([
      { what: 'point', why: 'all coordinates are zero: no return', where: '10.5.pcd, row 0', count: 1 },
    ])
  })

  test('after the last pose: those points are left out and counted, and the rest stays', async () => {
    const rows = [0.01, 0.05, 0.1, 0.16, 0.2].map((timeS) => [5, 0, 0, timeS])
    const { read, skips } = await open({ 'poses.tum': tum(), '12.0.pcd': pcd('x y z time', rows) })
    expect([...(await read(0)).offsetNs].map((ns) => Math.round(ns / 1e6))).toEqual([10, 50, 100])
    expect(skips.list('')).toEqual([{ what: 'point', why: 'no pose of its time', where: '12.0.pcd, row 3', count: 2 }])
  })

  test('left, as the user says, or because it is the same all over', async () => {
    expect(await at('time', 'F8', '0.05', { point_time: null })).toEqual([0, 5])
    expect(await at('gps_time', 'F8', '1234')).toEqual([0, 5])
  })

  test('that may mean several things: an error that says what to state', async () => {
    const cloud = pcd('x y z time', [[5, 0, 0, 1], [5, 0, 0, 2]], 'F F F U') // biome-ignore format: two points
    const { read } = await open({ 'poses.tum': tum(), '10.5.pcd': cloud })
    await expect(read(0)).rejects.toThrow(/field time: .*"point_time" in scans.json.*found integer of 4 bytes/)
    const other = await open({ 'poses.tum': tum(), '10.5.pcd': cloud.replace('time', 'time_stamp') })
    await expect(other.read(0)).rejects.toThrow(/field time_stamp: .*"point_time" in scans.json/)
  })

  test('far from the scan: one such point is counted, most of them are an error', async () => {
    const one = await open({ 'poses.tum': tum(), '10.5.pcd': pcd('x y z time', [[5, 0, 0, 0], [6, 0, 0, 3]]) }) // biome-ignore format: two points
    expect(triples(await one.read(0))).toEqual([[5, 0, 0]])
    const why = "its time is more than 1 s from its scan's, or none"
    expect(one.skips.list('')).toEqual([{ what: 'point', why, where: '10.5.pcd, row 1', count: 1 }])
    // Milliseconds taken for seconds: the first one would be left, a second late.
    const rows = [1, 50, 99].map((timeMs) => [6, 0, 0, timeMs])
    const most = await open({ 'poses.tum': tum(), '10.5.pcd': pcd('x y z time', rows) })
    await expect(most.read(0)).rejects.toThrow(
      /most points are not of the time of their scan .*"point_time".*found 2 of 3 points of other times/,
    )
  })
})
