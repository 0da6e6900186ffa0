import { describe, expect, test } from 'vitest'
import { type Taxonomy, taxonomies } from '../../../pipeline/taxonomy.js'
import { datasetOf } from './datasetOf.js'
import { handmadeLas } from './handmadeLas.js'
import { type Files, openScans, pcd, triples, tum, writeFiles } from './smallScans.js'

const point = pcd('x y z', [[5, 0, 0]])
const front = { t: [1, 0, 2], q: [1, 0, 0, 0] }
/** Turned to the left: its x axis is the ego's y axis. */
const left = { t: [0, 1, 2], q: [Math.SQRT1_2, 0, 0, Math.SQRT1_2] }

const open = (files: Files) => openScans(writeFiles(files))

describe('frames and sensors', () => {
  const lidars = [{ name: 'top', ego_from_sensor: left }]
  const read = async (said: Record<string, unknown>, cloud = pcd('x y z', [[5, 1, 0]])) => {
    const { read: readSweep, log } = await open({ 'poses.tum': tum(), '10.5.pcd': cloud, 'scans.json': said })
    return { points: triples(await readSweep(0)).map((p) => p.map((v) => Math.round(v * 1e4) / 1e4)), log }
  }

  test('points in the sensor, ego and city frame', async () => {
    expect((await read({ lidars })).points).toEqual([[-1, 6, 2]])
    expect((await read({ lidars, motion_compensated: true })).points).toEqual([[-1, 6, 2]])
    expect((await read({ lidars, points_in: 'ego' })).points).toEqual([[5, 1, 0]])
    expect((await read({ lidars, points_in: 'city' })).points).toEqual([[0, 1, 0]])
  })

  test('compensated points stay, whatever their times; the others are moved', async () => {
    const cloud = pcd('x y z time', [[5, 1, 0, 0.05]])
    expect((await read({ motion_compensated: true }, cloud)).points).toEqual([[5, 1, 0]])
    expect((await read({ points_in: 'ego' }, cloud)).points).toEqual([[5, 1, 0]])
    expect((await read({}, cloud)).points).toEqual([[5.5, 1, 0]])
  })

  test('poses of a sensor', async () => {
    const { log } = await read({ lidars, pose_of: 'top' })
    const { q, t } = log.poses.at(0.5e9)
    // The table has the sensor at (5, 0, 0), looking along x: the ego is turned a quarter to the right, has the sensor 1 m
    // to its left, which is ahead in the city, and 2 m above.
    for (const [i, value] of [4, 0, -2].entries()) expect(t[i]).toBeCloseTo(value, 9)
    expect(q[3]).toBeCloseTo(-Math.SQRT1_2, 12)
  })

  test('coordinates of a country keep their centimetres', async () => {
    const far = tum().replace(/^(\S+) (\S+) 0/gm, (_, time, x) => `${time} ${4_000_000 + Number(x)} 500000`)
    const cloud = new Float64Array([4_000_005.25, 500_001.5, 3])
    const header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 3), }\n".padStart(118)
    const npy = Buffer.concat([
      Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
      Buffer.from(Uint16Array.of(118).buffer),
      Buffer.from(header),
      Buffer.from(cloud.buffer),
    ])
    const { read: readSweep } = await open({ 'poses.tum': far, '10.0.npy': npy, 'scans.json': { points_in: 'city' } })
    expect(triples(await readSweep(0))).toEqual([[5.25, 1.5, 3]])
  })

  test('points of a country or in millimetres, taken for metres of the sensor, are refused', async () => {
    const says =
      /10.5.pcd: the points are not where a LiDAR sees .*"points_in".*now "sensor".*found 2 of 3 points beyond/
    await expect(read({}, pcd('x y z', [[301, 400, 0], [5000, 0, 100], [9, 0, 0]]))).rejects.toThrow(says) // biome-ignore format: three points
    // A few strays are what every LiDAR has.
    expect((await read({}, pcd('x y z', [[301, 400, 0], [9, 0, 0]]))).points).toHaveLength(2) // biome-ignore format: two points
    expect((await read({}, pcd('x y z', [[300, 400, 0]]))).points).toHaveLength(1)
    const whole = pcd('x y z', [[5000, 0, 0]], 'I F F')
    await expect(read({}, whole)).rejects.toThrow(
      /field x: the unit .*expected floats, in metres, found integers of 4 bytes/,
    )
  })

  test('a viewpoint is applied, ignored, or asked about', async () => {
    const cloud = point.replace('DATA', 'VIEWPOINT 0 0 2 0 0 0 1\nDATA')
    expect((await read({ viewpoint: 'apply' }, cloud)).points).toEqual([[-5, 0, 2]])
    expect((await read({ viewpoint: 'ignore' }, cloud)).points).toEqual([[5, 0, 0]])
    await expect(read({}, cloud)).rejects.toThrow(/VIEWPOINT: .*"viewpoint": "apply" or "ignore"/)
  })

  const rig = {
    lidars: [
      { name: 'front', folder: 'front', ego_from_sensor: front },
      { name: 'left', folder: 'left/', ego_from_sensor: left },
    ],
  }
  const rigFiles = (leftTime: string, extra = {}): Files => ({
    'poses.tum': tum(),
    'scans.json': { ...rig, ...extra },
    'front/10.5.pcd': pcd('x y z', [[5, 0, 0], [6, 0, 0]]), // biome-ignore format: two points
    [`left/${leftTime}.pcd`]: pcd('x y z', [[7, 0, 0]]),
  })

  test('two LiDARs of one time are one sweep, each in its own place', async () => {
    const { log, read: readSweep } = await open(rigFiles('10.5'))
    expect(log.sweeps!.lidars.map(({ sensorName }) => sensorName)).toEqual(['front', 'left'])
    const sweep = await readSweep(0)
    expect([...sweep.lidar]).toEqual([0, 0, 1])
    expect(triples(sweep).map((p) => p.map(Math.round))).toEqual([
      [6, 0, 2],
      [7, 0, 2],
      [0, 8, 2],
    ])
    expect(sweep.source).toBe(
      'front/10.5.pcd sha256:hash of front/10.5.pcd; left/10.5.pcd sha256:hash of left/10.5.pcd',
    )
  })

  test('LiDARs a little apart are two sweeps, or one whose points carry the difference', async () => {
    const apart = await open(rigFiles('10.55'))
    expect([...apart.log.sweeps!.timesNs]).toEqual([0.5e9, 0.55e9])
    const { log, read: readSweep } = await open(rigFiles('10.55', { merge_within_s: 0.1 }))
    expect([...log.sweeps!.timesNs]).toEqual([0.5e9])
    const sweep = await readSweep(0)
    expect([...sweep.offsetNs]).toEqual([0, 0, 50_000_000])
    // The ego had gone 0.5 m on when the left one turned.
    expect(sweep.pointsM[6]).toBeCloseTo(0.5, 5)
  })
})

test('two scans of one LiDAR are two sweeps, however near', async () => {
  const files = { 'poses.tum': tum(), '10.5.pcd': point, '10.55.pcd': point, 'scans.json': { merge_within_s: 0.1 } }
  expect([...(await open(files)).log.sweeps!.timesNs]).toEqual([0.5e9, 0.55e9])
})

describe('labels', () => {
  const cloud = pcd('x y z semantic', [[5, 0, 1, 7], [6, 0, 1, 300], [7, 0, 1, 9]], 'F F F U') // biome-ignore format: three points
  const files = { 'poses.tum': tum(), '10.5.pcd': cloud }

  test('codes of any size get the names that the user gives; others are counted', async () => {
    const labels = { names: { 300: 'CAR', 7: 'ROAD' }, vocabulary: 'occlab-sim' }
    const dir = writeFiles({ ...files, 'scans.json': { labels } })
    const { log, read } = await openScans(dir)
    expect(log.sweeps!.pointCategories).toEqual(['ROAD', 'CAR', 'a code without a name'])
    expect([...(await read(0)).category!]).toEqual([0, 1, 2])
    const dataset = await datasetOf([dir], { rig: 'r', site: 's', route: 't' })
    expect(dataset.manifest.skipped.map(({ why, count }) => [why, count])).toEqual([
      ["'a code without a name' of a point is not in the table: became others", 1],
    ])
  })

  test('without names they are not used, and every taxonomy takes such a log', async () => {
    const { log, read } = await open(files)
    expect(log.sweeps!.pointCategories).toBeNull()
    expect((await read(0)).category).toBeNull()
    for (const taxonomy of Object.values<Taxonomy>(taxonomies))
      expect(Object.keys(taxonomy.vocabularies)).toContain(log.head.vocabulary)
  })

  test('that are not there', async () => {
    const { read } = await open({
      'poses.tum': tum(),
      '10.5.pcd': point,
      'scans.json': { labels: { names: { 1: 'CAR' } } },
    })
    await expect(read(0)).rejects.toThrow(/carry no label .*label, semantic, classification.*found x, y, z/)
  })
})

describe('arrays', () => {
  const bin = (points: number, width: number) => new Uint8Array(new Float32Array(points * width).fill(1).buffer)

  test.each([
    [4, [7, 11], 4],
    [5, [7, 11], 5],
    [3, [7, 11], 3],
  ])('.bin of %i floats a point is told from all its files', async (width, points, expected) => {
    const files = { 'poses.tum': tum(), '10.25.bin': bin(points[0], width), '10.5.bin': bin(points[1], width) }
    const { read } = await open(files)
    expect((await read(0)).count).toBe((7 * width) / expected)
  })

  test.each([
    [4, 6],
    [6, 7],
    [8, 7],
    [7, 5],
  ])('.bin of %i floats a point, %i points: an error that says what to state', async (width, points) => {
    const files = { 'poses.tum': tum(), '10.5.bin': bin(points, width) }
    await expect(open(files)).rejects.toThrow(/not known .*"columns" in scans.json/)
    const columns = ['x', 'y', 'z', ...Array.from({ length: width - 3 }, (_, i) => `c${i}`)]
    expect((await (await open({ ...files, 'scans.json': { columns } })).read(0)).count).toBe(points)
  })

  const npy = (descr: string, rows: number, width: number, data: ArrayBuffer) => {
    const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${rows}, ${width}), }\n`.padStart(118)
    return Buffer.concat([Buffer.from(`\x93NUMPY\x01\x00v\x00${header}`, 'latin1'), Buffer.from(data)])
  }

  test('.npy with a row a coordinate, or of whole numbers', async () => {
    const floats = new Float32Array(4 * 17).fill(1).buffer
    const files = (array: Buffer): Files => ({ 'poses.tum': tum(), '10.5.npy': array })
    expect((await (await open(files(npy('<f4', 17, 4, floats)))).read(0)).count).toBe(17)
    const turned = await open(files(npy('<f4', 4, 17, floats)))
    await expect(turned.read(0)).rejects.toThrow(/shape: not an array of points .*a row a point.*found \(4, 17\)/)
    const columns = Array.from({ length: 17 }, (_, i) => 'xyz'[i] ?? `c${i}`)
    expect((await (await open({ ...files(npy('<f4', 4, 17, floats)), 'scans.json': { columns } })).read(0)).count).toBe(
      4,
    )
    const whole = await open(files(npy('<i2', 2, 3, Int16Array.of(500, 0, 100, 0, 500, 100).buffer)))
    await expect(whole.read(0)).rejects.toThrow(/the unit of the coordinates .*found integers of 2 bytes/)
  })

  test('columns of one name: which of them counts is not known', async () => {
    const said = (columns: string[]) => open({ 'poses.tum': tum(), '10.5.bin': bin(3, 5), 'scans.json': { columns } })
    await expect(said(['x', 'y', 'z', 'x', 'i'])).rejects.toThrow(/scans.json, columns: .*a name that occurs twice/)
    expect((await (await said(['_', 'x', 'y', 'z', '_'])).read(0)).count).toBe(3)
  })

  test('.bin that is no whole number of points', async () => {
    const { read } = await open({
      'poses.tum': tum(),
      '10.5.bin': bin(3, 4).subarray(1),
      'scans.json': { columns: ['x', 'y', 'z', 'i'] },
    })
    await expect(read(0)).rejects.toThrow(/byte 32: not whole points .*multiple of 16.*found 47/)
  })
})

describe('points that are none', () => {
  test('withheld by their LAS: dropped and counted', async () => {
    const { read, skips } = await open({ 'poses.tum': tum(), '10.5.las': handmadeLas() })
    expect(triples(await read(0))).toEqual([[1.5, -2, 100.25]])
    expect(skips.list('')).toEqual([{ what: 'point', why: 'withheld by its file', where: '10.5.las, row 1', count: 1 }])
  })

  test('nan and no returns are dropped and counted', async () => {
    const rows = [['nan', 0, 0], [5, 0, 1], [0, 0, 0], [0, 'inf', 0], [0, 0, 1]] // biome-ignore format: five points
    const { read, skips } = await open({ 'poses.tum': tum(), '10.5.pcd': pcd('x y z', rows) })
    expect(triples(await read(0))).toEqual([
      [5, 0, 1],
      [0, 0, 1],
    ])
    expect(skips.list('')).toEqual([
      { what: 'point', why: 'coordinates are not finite', where: '10.5.pcd, row 0', count: 2 },
      { what: 'point', why: 'all coordinates are zero: no return', where: '10.5.pcd, row 2', count: 1 },
    ])
  })
})
