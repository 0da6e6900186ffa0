import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DataError } from '../../../pipeline/errors.js'
import type { RawLog, Reader } from '../../../pipeline/ingest/reader.js'
import { SkipCounter } from '../../../pipeline/ingest/skipCounter.js'
import { openoccupancy } from '../../../pipeline/ingest/voxelFolder/openoccupancy.js'
import { uniocc } from '../../../pipeline/ingest/voxelFolder/uniocc.js'
import { voxels } from '../../../pipeline/ingest/voxelFolder/voxels.js'
import type { Frame } from '../../../pipeline/schema.js'
import { noNumpy } from '../../support/numpy.js'
import { realData, realDataMissing } from '../../support/occlab.js'
import { tempFolder } from '../../support/tempFolder.js'
import { npyOf, npzOf } from './arrayFiles.js'
import { datasetOf, SeenFrames } from './datasetOf.js'
import { copiesOf } from './samples/sample.js'
import { samples } from './samples/samples.js'

const said = {
  grid: { originM: [0, 0, 0], voxelM: 1, dims: [2, 2, 2] },
  array: 'labels',
  classes: { 0: 'free', 4: 'car' },
  unknown: [9],
  masks: { camera: 'camera', lidar: 'lidar' },
  times: { rateHz: 10 },
  poses: { array: 'pose' },
  vocabulary: 'openoccupancy',
}
const fill = { rig: 'rig', site: 'site', route: 'route' }
const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]
const bytes = (...values: number[]) => npyOf('|u1', [2, 2, 2], Uint8Array.from(values))
const pose = (...values: number[]) => npyOf('<f8', [4, 4], Float64Array.from(values))

function arrays(some: Record<string, Uint8Array> = {}): Record<string, Uint8Array> {
  const [labels, camera, lidar] = [
    bytes(4, 0, 9, 0, 0, 0, 0, 0),
    bytes(1, 0, 1, 0, 0, 0, 0, 0),
    bytes(0, 1, 0, 0, 0, 0, 0, 0),
  ]
  return { labels, camera, lidar, pose: pose(...identity), ...some }
}

/** A folder of frames by file name, described by `said` with some of it changed. */
function folder(frames: Record<string, Buffer>, some: object = {}, files: Record<string, string> = {}): string {
  const dir = join(tempFolder(), 'log')
  mkdirSync(dir)
  for (const [name, content] of Object.entries(frames)) writeFileSync(join(dir, name), content)
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content)
  writeFileSync(join(dir, 'voxels.json'), JSON.stringify({ ...said, ...some }))
  return dir
}

async function open(dir: string, reader: Reader = voxels): Promise<RawLog> {
  const [source] = await reader.logs(dir)
  return reader.open({ ...source, hashOf: () => '' }, fill, new SkipCounter())
}

describe('a described folder', () => {
  test('a frame: categories, what is observed and by whom', async () => {
    const log = await open(folder({ '0.npz': npzOf(arrays()) }))
    expect(log.voxels!.categories).toEqual(['free', 'car'])
    const frame = await log.voxels!.read(0)
    expect(frame.categories).toEqual(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0))
    // The camera's mask has voxel 2, but its code says that nobody knows it: the camera has not seen it free.
    expect(frame.observed).toEqual(Uint8Array.of(1, 1, 0, 0, 0, 0, 0, 0))
    expect(frame.observedBy).toEqual({
      camera: Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0),
      lidar: Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 0),
    })
    expect(frame.file).toBe('0.npz')
  })

  test('numbers count periods; where they count in twos, two are a period', async () => {
    const frame = npzOf(arrays())
    const timesOf = async (...names: string[]) => {
      const { poses, voxels: grids } = await open(
        folder(Object.fromEntries(names.map((name) => [`${name}.npz`, frame]))),
      )
      return [poses.startNs, ...grids!.timesNs]
    }
    expect(await timesOf('0', '1', '2', '10')).toEqual([0n, 0, 1e8, 2e8, 1e9])
    expect(await timesOf('000068', '000070', '000072')).toEqual([3_400_000_000n, 0, 1e8, 2e8])
    expect(await timesOf('5')).toEqual([500_000_000n, 0])
    await expect(timesOf('0', '2', '5')).rejects.toThrow(
      '5: frames are not numbered in equal steps (expected a multiple of 2 after 2)',
    )
    await expect(timesOf('1', '01')).rejects.toThrow('two frames of one time (found 01.npz)')
    await expect(timesOf('first')).rejects.toThrow('a frame without a time')
  })

  test('names as times, poses in a table, arrays in files of their own', async () => {
    const { array: _array, masks: _masks, ...rest } = said
    const dir = folder(
      {
        '1600000000000000000.npy': bytes(4, 0, 0, 0, 0, 0, 0, 0),
        '1600000000500000000.npy': bytes(0, 0, 0, 0, 0, 0, 0, 4),
      },
      {},
      {
        'poses.csv':
          'timestamp_ns,x,y,z,qw,qx,qy,qz\n1600000000000000000,1,0,0,1,0,0,0\n1600000000500000000,3,0,0,1,0,0,0\n',
      },
    )
    writeFileSync(
      join(dir, 'voxels.json'),
      JSON.stringify({ ...rest, times: { names: 'timestamp_ns' }, poses: { file: 'poses.csv' } }),
    )
    const [{ files, part }] = await voxels.logs(dir)
    expect(files).toEqual(['1600000000000000000.npy', '1600000000500000000.npy', 'poses.csv', 'voxels.json'])
    expect(part).toBeUndefined()
    const log = await open(dir)
    expect(log.poses.startNs).toBe(1_600_000_000_000_000_000n)
    expect(log.poses.at(2.5e8).t[0]).toBe(2)
    expect(log.voxels!.masks).toEqual([])
    const frame = await log.voxels!.read(1)
    expect(frame.categories).toEqual(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1))
    expect(frame.observed).toEqual(new Uint8Array(8).fill(1))
  })

  test.each<[string, string, string]>([
    ['another head', 'file,time\na,1\n', 'not a table of frames (expected frame,timestamp_ns, found file,time)'],
    ['no time', 'frame,timestamp_ns\n0,1.5\n', 'line 2: not one time of one frame'],
    ['one frame twice', 'frame,timestamp_ns\n0,1\n0,2\n', 'line 3: not one time of one frame'],
    ['a frame that is missing', 'frame,timestamp_ns\n1,5\n', 'a frame without a time (expected a row in frames.csv)'],
  ])('a table of frames with %s', async (_name, table, message) => {
    const dir = folder({ '0.npz': npzOf(arrays()) }, { times: { table: 'frames.csv' } }, { 'frames.csv': table })
    await expect(open(dir)).rejects.toThrow(DataError)
    await expect(open(dir)).rejects.toThrow(message)
  })

  test.each<[string, Uint8Array]>([
    ['a reflection', pose(-1, ...identity.slice(1))],
    ['a scale', pose(...identity.map((value, i) => (i % 5 === 0 && i < 15 ? 2 : value)))],
    ['no number', pose(...identity.with(3, Number.NaN))],
    ['a last row that projects', pose(...identity.with(12, 1))],
    ['another shape', npyOf('<f8', [3, 4], Float64Array.from(identity.slice(0, 12)))],
  ])('a pose that is %s is refused', async (_name, matrix) => {
    const dir = folder({ '0.npz': npzOf(arrays({ pose: matrix })) })
    await expect(open(dir)).rejects.toThrow("0.npz, array 'pose': not a pose")
  })

  test('a frame that lacks an array, or is damaged, says so when it is read', async () => {
    const { camera: _camera, ...some } = arrays()
    const lacking = await open(folder({ '0.npz': npzOf(some) }))
    await expect(lacking.voxels!.read(0)).rejects.toThrow("entry 'camera': no such entry in the archive")
    const dir = folder({ '0.npz': npzOf(arrays()), '1.npz': Buffer.from('PK\x03\x04 and no more') })
    await expect(open(dir)).rejects.toThrow('1.npz: not a zip archive')
  })

  test.each<[string, object, string]>([
    ['an unknown key', { colour: 'red' }, 'colour'],
    ['no grid', { grid: undefined }, 'voxels.json, grid'],
    ['a grid of no voxels', { grid: { ...said.grid, dims: [2, 2, 0] } }, 'grid.dims.2'],
    ['a grid of a billion voxels', { grid: { ...said.grid, dims: [1000, 1000, 1000] } }, 'grid: not a description'],
    ['a code that is no number', { classes: { free: '0' } }, 'classes'],
    ['a code beyond all', { classes: { 0: 'free', 70000: 'car' } }, 'codes from 0 to 65535'],
    [
      'too many classes',
      { classes: Object.fromEntries(Array.from({ length: 251 }, (_, i) => [i, i ? `c${i}` : 'free'])) },
      'at most 250 names',
    ],
    ['no code of free', { classes: { 4: 'car' } }, "a dense array needs the code of 'free'"],
    ['an unknown code that is a class', { unknown: [4] }, 'a code that is a class'],
    ['axes that are none', { axes: 'xyy' }, 'axes'],
    ['two kinds of times', { times: { rateHz: 2, table: 'a.csv' } }, 'one of rateHz, names and table'],
    ['no kind of poses', { poses: {} }, 'one of array and file'],
    ['a folder elsewhere', { folder: '../other' }, 'a path below the folder'],
    ['masks of a sparse array', { layout: 'sparse' }, 'masks stand beside a dense array'],
    ['poses in files of one array', { array: null, masks: {} }, 'no archive to take an array from'],
    ['a frame without its sensor', { frame: 'lidar' }, 'no such sensor'],
  ])('a description with %s is refused', async (_name, some, message) => {
    const dir = folder({ '0.npz': npzOf(arrays()) }, some)
    await expect(voxels.logs(dir)).rejects.toThrow(DataError)
    await expect(voxels.logs(dir)).rejects.toThrow(message)
  })

  test('a description behind a byte order mark, lines ended as on Windows', async () => {
    const dir = folder({ '0.npz': npzOf(arrays()) })
    writeFileSync(join(dir, 'voxels.json'), `\ufeff${JSON.stringify(said, null, 1).replaceAll('\n', '\r\n')}`)
    expect((await open(dir)).voxels!.categories).toEqual(['free', 'car'])
  })

  test('no frames, and a folder that is missing', async () => {
    await expect(voxels.logs(folder({}))).rejects.toThrow('no frames (expected files that end in .npz)')
    await expect(voxels.logs(folder({}, { folder: 'frames' }))).rejects.toThrow('cannot be read')
  })
})

describe.skipIf(realDataMissing)(
  `a real frame of Occ3D${realDataMissing ? ` (skipped: ${realDataMissing})` : ''}`,
  () => {
    test('39,092 occupied voxels, 56,601 seen by the LiDAR, 43,355 by the cameras', async () => {
      const found = 'gts/scene-unknown/29796060110c4163b07f06eff4af0753/labels.npz'
      const dir = folder(
        { '0.npz': readFileSync(join(realData, 'occ3d', found)) },
        {
          grid: { originM: [-40, -40, -1], voxelM: 0.4, dims: [200, 200, 16] },
          array: 'semantics',
          classes: Object.fromEntries(
            Array.from({ length: 18 }, (_, code) => [code, code === 17 ? 'free' : `class ${code}`]),
          ),
          unknown: [],
          masks: { camera: 'mask_camera', lidar: 'mask_lidar' },
          poses: { file: 'poses.csv' },
        },
        { 'poses.csv': 'timestamp_ns,x,y,z,qw,qx,qy,qz\n0,0,0,0,1,0,0,0\n' },
      )
      const { voxels: grids } = await open(dir)
      const { categories, observed, observedBy } = await grids!.read(0)
      const sum = (mask: Uint8Array) => mask.reduce((count, bit) => count + bit, 0)
      expect(categories.filter((category) => grids!.categories[category] !== 'free')).toHaveLength(39_092)
      expect([sum(observedBy.lidar), sum(observedBy.camera)]).toEqual([56_601, 43_355])
      expect(sum(observed)).toBe(sum(observedBy.lidar.map((bit, voxel) => bit | observedBy.camera[voxel])))
    })
  },
)

async function framesOf(path: string, config: object): Promise<SeenFrames> {
  const dataset = await datasetOf([path], { ...fill, taxonomy: 'occ3d-nuscenes', grid: 'occ3d', ...config })
  const frames: Frame[] = []
  for await (const frame of dataset.frames(dataset.logs[0].logId)) frames.push(frame)
  return new SeenFrames(dataset, frames)
}

describe.skipIf(noNumpy)(`the street that NumPy wrote${noNumpy}`, () => {
  const [streets, spheres, labs] = [copiesOf(samples.uniocc), copiesOf(samples.openoccupancy), copiesOf(samples.voxels)]

  test('uniocc: car, wall and road where they are, nothing known behind, 1.5 m every half second', async () => {
    const seen = await framesOf(await streets(), {})
    expect(seen.at(0, 10, 0, 0.7)).toBe('car')
    expect(seen.at(0, 20, 6.2, 2)).toBe('manmade')
    expect(seen.at(0, 20, 0, 0)).toBe('driveable_surface')
    expect(seen.at(0, 20, 0, 3)).toBe('free')
    expect(seen.at(0, -10, 0, 0)).toBe('unknown')
    expect(seen.count(0, 'car')).toBe(10 * 4 * 4)
    expect(seen.frames.map(({ timestampNs }) => timestampNs)).toEqual([
      0n,
      500_000_000n,
      1_000_000_000n,
      1_500_000_000n,
    ])
    expect(seen.frames[2].egoMotion).toEqual({ dxM: 1.5, dyM: 0, dzM: 0, dyawRad: 0, dtS: 0.5 })
    expect(Object.keys(seen.frames[0].observedBy!)).toEqual(['camera'])
    expect(seen.dataset.manifest.skipped).toEqual([])
  })

  test('openoccupancy: from the LiDAR’s axes to the ego’s, and noise is not known', async () => {
    const seen = await framesOf(await spheres(), {})
    // From (9, −1, 0.2) to (11, 1, 1): columns 122.5 to 127.5 and 97.5 to 102.5, layers 3 and 4 of the 0.4 m grid.
    expect(seen.at(0, 10, 0, 0.5)).toBe('car')
    expect(seen.at(0, 8.5, 0, 0.5)).toBe('free')
    expect(seen.at(0, 10, 1.5, 0.5)).toBe('free')
    expect(seen.at(0, 10, 0, 1.5)).toBe('free')
    expect(seen.count(0, 'car')).toBe(6 * 6 * 2)
    expect(seen.frames.map(({ cityFromEgo }) => cityFromEgo.t[0])).toEqual([0, 2, 4])
    expect(seen.dataset.manifest.skipped).toEqual([])
  })

  test('voxels: columns-first arrays, and what nobody knows', async () => {
    const seen = await framesOf(await labs(), {})
    expect(seen.at(0, 10, 0, 0.7)).toBe('car')
    expect(seen.at(0, 20, 6.2, 2)).toBe('manmade')
    expect(seen.at(0, -39, 0, 2)).toBe('unknown')
    expect(seen.at(0, 0, 0, 5.3)).toBe('unknown')
    expect(seen.at(0, 0, 0, 4.9)).toBe('free')
  })

  test('uniocc: the rate is the dataset folder’s word, a vehicle’s folder is named with its scene', async () => {
    const scene = await streets()
    const [{ logId, part }] = await uniocc.logs(scene)
    expect([logId, part]).toEqual(['scene_001', '2 Hz'])
    const home = dirname(dirname(scene))
    mkdirSync(join(home, 'OpenCOOD-via-OpV2V-10Hz-val', 'scene_002'), { recursive: true })
    const vehicle = join(home, 'OpenCOOD-via-OpV2V-10Hz-val', 'scene_002', '1061')
    renameSync(scene, vehicle)
    const [named] = await uniocc.logs(vehicle)
    expect([named.logId, named.part]).toEqual(['scene_002-1061', '10 Hz'])
    renameSync(vehicle, join(home, 'scene_003'))
    await expect(uniocc.logs(join(home, 'scene_003'))).rejects.toThrow('no name tells how many frames a second')
  })

  test('uniocc: a damaged first frame does not hide the log; numbered archives of other arrays are not its', async () => {
    const scene = await streets()
    writeFileSync(join(scene, '0.npz'), 'damaged')
    expect(await uniocc.recognises(scene)).toBe(true)
    await expect(open(scene, uniocc)).rejects.toThrow('0.npz: not a zip archive')
    writeFileSync(join(scene, '0.npz'), npzOf(arrays()))
    expect(await uniocc.recognises(scene)).toBe(false)
  })

  test.each(['frames.csv', 'poses.csv', 'sensors.json'])(
    'openoccupancy: without %s it says what is missing',
    async (file) => {
      const scene = await spheres()
      expect(basename(scene)).toBe(`scene_${'0'.repeat(32)}`)
      rmSync(join(scene, file))
      expect(await openoccupancy.recognises(scene)).toBe(true)
      await expect(openoccupancy.logs(scene)).rejects.toThrow(`${file}: the layout ships no poses`)
    },
  )

  test('openoccupancy: another sensor’s mounting does not do', async () => {
    const scene = await spheres()
    writeFileSync(join(scene, 'sensors.json'), '{"RADAR": {"q": [1, 0, 0, 0], "t": [0, 0, 0]}}')
    await expect(openoccupancy.logs(scene)).rejects.toThrow('(expected LIDAR_TOP, found RADAR)')
  })

  test('openoccupancy: a mounting that is no rotation', async () => {
    const scene = await spheres()
    writeFileSync(join(scene, 'sensors.json'), '{"LIDAR_TOP": {"q": [1, 0, 0, 1], "t": [0, 0, 0]}}')
    await expect(openoccupancy.logs(scene)).rejects.toMatchObject({
      finding: { check: 'extrinsics', file: 'sensors.json', place: 'LIDAR_TOP.q', actual: `norm ${Math.SQRT2}` },
    })
  })
})
