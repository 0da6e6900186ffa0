import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ArrowFile } from '../../pipeline/arrow/arrowFile.js'
import { FrameWriter, frameOf } from '../../pipeline/frames.js'
import { gridNamed, packBits } from '../../pipeline/grid.js'
import { type Frame, framesPerBatch } from '../../pipeline/schema.js'
import { fleet } from '../../pipeline/taxonomies/fleet.js'
import { frameBody, tagsOf, tinyGrid } from '../support/dataset.js'
import { noPyarrow, pyarrow } from '../support/pyarrow.js'
import { tempFolder } from '../support/tempFolder.js'

const bare = tagsOf('bare')
const full = tagsOf('fully tagged', {
  calibrationId: 'cal-1',
  mapVersion: 'map-é',
  weather: 'rain',
  timeOfDay: 'night',
})

function write(tags = bare, count = 10): string {
  const file = join(tempFolder(), 'frames.arrow')
  const writer = new FrameWriter(file, tinyGrid, fleet, 'occlab tests', tags)
  for (let i = 0; i < count; i++) writer.write(frameBody(i))
  expect(writer.close().rows).toBe(count)
  return file
}

async function read(file: string): Promise<Frame[]> {
  const arrow = await ArrowFile.open(file)
  const frames: Frame[] = []
  for (let i = 0; i < arrow.batchCount; i++) {
    const batch = await arrow.readBatch(i)
    for (let row = 0; row < batch.numRows; row++) frames.push(frameOf(batch, row))
  }
  await arrow.close()
  return frames
}

test.each([bare, full])('round trip of every column, nulls included: $logId', async (tags) => {
  const frames = await read(write(tags))
  expect(frames).toEqual(Array.from({ length: 10 }, (_, i) => ({ ...tags, ...frameBody(i) })))
  expect(frames[0].egoMotion).toBeNull()
  expect(frames[1].egoMotion).toEqual({ dxM: 1, dyM: 0.25, dzM: -0.5, dyawRad: 0.1, dtS: 0.1 })
})

test('a batch holds four frames, the last one the rest; no frames make a readable file', async () => {
  const arrow = await ArrowFile.open(write(bare, 9))
  const counts = await Promise.all([0, 1, 2].map(async (i) => (await arrow.readBatch(i)).numRows))
  expect(counts).toEqual([4, 4, 1])
  expect(await arrow.rowsPerBatch()).toBe(4)
  await arrow.close()
  expect(await read(write(bare, 0))).toEqual([])
})

test.each([
  ['compact', 4],
  ['airside', 1],
  ['occ3d', 1],
  ['semantickitti', 1],
])('a batch of grid %s holds %i frames', (name, frames) => {
  expect(framesPerBatch(gridNamed(name))).toBe(frames)
})

test('the caller may reuse its grids after write', async () => {
  const file = join(tempFolder(), 'frames.arrow')
  const writer = new FrameWriter(file, tinyGrid, fleet, 'occlab tests', bare)
  const body = frameBody(3)
  for (let i = 0; i < framesPerBatch(tinyGrid); i++) writer.write(body)
  body.semantics.fill(99)
  writer.close()
  expect((await read(file))[0].semantics).toEqual(frameBody(3).semantics)
})

test('the caller may reuse its grids while frames wait for their batch', async () => {
  const file = join(tempFolder(), 'frames.arrow')
  const writer = new FrameWriter(file, tinyGrid, fleet, 'occlab tests', bare)
  const [semantics, observed, mask] = [frameBody(0).semantics, frameBody(0).observed, frameBody(0).observed.slice()]
  for (const value of [1, 2, 3, 4, 5]) {
    for (const array of [semantics, observed, mask]) array.fill(value)
    writer.write({ ...frameBody(value), semantics, observed, observedBy: { up: mask } })
  }
  writer.close()
  const first = (await read(file)).map((frame) => [frame.semantics[0], frame.observed[0], frame.observedBy?.up[0]])
  expect(first).toEqual([1, 2, 3, 4, 5].map((value) => [value, value, value]))
})

test('a grid of the wrong size is refused', () => {
  const writer = new FrameWriter(join(tempFolder(), 'frames.arrow'), tinyGrid, fleet, 'occlab tests', bare)
  expect(() => writer.write({ ...frameBody(0), semantics: new Uint8Array(23) })).toThrow(RangeError)
  expect(() => writer.write({ ...frameBody(0), observed: new Uint8Array(2) })).toThrow(RangeError)
  writer.abort()
})

test('an aborted file is no Arrow file', async () => {
  const file = join(tempFolder(), 'frames.arrow')
  const writer = new FrameWriter(file, tinyGrid, fleet, 'occlab tests', bare)
  for (let i = 0; i < 9; i++) writer.write(frameBody(i))
  writer.abort()
  await expect(ArrowFile.open(file)).rejects.toThrow('truncated Arrow file')
})

interface PyarrowFile {
  batches: number
  types: Record<string, string>
  nullable: Record<string, boolean>
  units: Record<string, { unit: string }>
  metadata: Record<string, string>
  rows: Record<string, unknown>[]
}

test.skipIf(noPyarrow).each([bare, full])(`pyarrow reads every column of $logId${noPyarrow}`, (tags) => {
  const { rows, batches } = pyarrow('read_frames.py', write(tags)) as PyarrowFile
  expect(batches).toBe(3)
  expect(rows).toEqual(
    Array.from({ length: 10 }, (_, i) => {
      const { egoMotion, cityFromEgo, observedBy, ...body } = frameBody(i)
      const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
      return {
        log_id: tags.logId,
        site_id: tags.siteId,
        route_id: tags.routeId,
        rig_id: tags.rigId,
        calibration_id: tags.calibrationId,
        map_version: tags.mapVersion,
        weather: tags.weather,
        time_of_day: tags.timeOfDay,
        frame_index: i,
        timestamp_ns: String(body.timestampNs),
        city_from_ego: { q: [...cityFromEgo.q], t: [...cityFromEgo.t] },
        ego_motion: egoMotion && { dx: 1, dy: 0.25 * i, dz: -0.5, dyaw: 0.1, dt: 0.1 },
        semantics: base64(body.semantics),
        observed: base64(body.observed),
        observed_by: observedBy && Object.entries(observedBy).map(([name, mask]) => [name, base64(mask)]),
        lidar_points: body.lidarPoints,
        sweeps: body.sweeps,
        objects: body.objectCount,
        source: body.source,
      }
    }),
  )
})

test.skipIf(noPyarrow)(`pyarrow finds types, units, grid and taxonomy in the schema${noPyarrow}`, () => {
  const { types, nullable, units, metadata } = pyarrow('read_frames.py', write()) as PyarrowFile
  const text = 'dictionary<values=string, indices=int32, ordered=0>'
  expect(types).toMatchObject({
    ...{ log_id: text, time_of_day: text, frame_index: 'int32', timestamp_ns: 'int64', semantics: 'binary' },
    ...{ observed: 'binary', lidar_points: 'int32', source: 'string' },
    ego_motion: expect.stringContaining('dyaw: double'),
  })
  const mayBeNull = Object.keys(nullable).filter((name) => nullable[name])
  expect(mayBeNull).toEqual([
    'calibration_id',
    'map_version',
    'weather',
    'time_of_day',
    'ego_motion',
    'observed_by',
    'objects',
  ])
  expect(units.timestamp_ns).toEqual({ unit: 'ns since the Unix epoch' })
  expect(JSON.parse(metadata.grid)).toMatchObject({ ...tinyGrid, frame: 'ego: x forward, y left, z up' })
  expect(JSON.parse(metadata.taxonomy)).toEqual({ name: 'fleet', classes: fleet.classes })
  expect(metadata).toMatchObject({ units: 'm, rad, s, ns', generator: 'occlab tests' })
})

test.skipIf(noPyarrow)(`pyarrow reads frames of full size, all one class${noPyarrow}`, () => {
  // One value everywhere compresses to almost nothing: the prefix of such a buffer must still be its full length.
  const grid = gridNamed('occ3d')
  const file = join(tempFolder(), 'frames.arrow')
  const writer = new FrameWriter(file, grid, fleet, 'occlab tests', bare)
  const semantics = new Uint8Array(200 * 200 * 16).fill(23)
  const observed = packBits(new Uint8Array(200 * 200 * 16).fill(1))
  for (let i = 0; i < 5; i++) writer.write({ ...frameBody(i), semantics, observed })
  writer.close()
  const { rows } = pyarrow('read_frames.py', file) as PyarrowFile
  expect(Buffer.from(rows[4].semantics as string, 'base64').equals(semantics)).toBe(true)
  expect(Buffer.from(rows[4].observed as string, 'base64').equals(observed)).toBe(true)
})
