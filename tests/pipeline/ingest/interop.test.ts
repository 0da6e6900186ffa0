import { join } from 'node:path'
import { expect, test } from 'vitest'
import { grids } from '../../../pipeline/grid.js'
import { fleet } from '../../../pipeline/taxonomies/fleet.js'
import { noPyarrow, pyarrow } from '../../support/pyarrow.js'
import { tempFolder } from '../../support/tempFolder.js'
import { datasetOf } from './datasetOf.js'
import { straightPoses, wholeLog, writeSmallLog } from './smallLog.js'

interface Summary {
  rows: number
  columns: string[]
  units: Record<string, string | null>
  metadata: Record<string, string>
  bytes?: [number, number][]
  labels?: number[]
  first: Record<string, unknown>[]
}

test.skipIf(noPyarrow)(`pyarrow reads every file of a dataset, with units, grid and taxonomy${noPyarrow}`, async () => {
  const parent = tempFolder()
  writeSmallLog(join(parent, 'a'), wholeLog())
  writeSmallLog(join(parent, 'b'), wholeLog({ log: null, sensors: null, sweeps: null, poses: straightPoses(2, 3) }))
  const dataset = await datasetOf([parent])
  const files = pyarrow('../ingest/summarise_dataset.py', dataset.dir) as Record<string, Summary>
  expect(Object.keys(files)).toEqual([
    ...['calibrations.arrow', 'frames-00000.arrow', 'frames-00001.arrow', 'logs.arrow'],
    ...['objects-00000.arrow', 'objects-00001.arrow'],
  ])

  for (const name of ['frames-00000.arrow', 'frames-00001.arrow']) {
    const { rows, units, metadata, bytes, labels } = files[name]
    expect(rows).toBe(4)
    expect(bytes).toEqual([[64 * 64 * 8, (64 * 64 * 8) / 8]])
    expect(JSON.parse(metadata.grid)).toMatchObject(grids.compact)
    expect(JSON.parse(metadata.taxonomy)).toEqual({ name: 'fleet', classes: JSON.parse(JSON.stringify(fleet.classes)) })
    expect(metadata.generator).toMatch(/^occlab .* ingest$/)
    expect(units).toMatchObject({
      timestamp_ns: 'ns since the Unix epoch',
      semantics: 'class index a voxel, uint8, z fastest',
      observed: 'bit a voxel, least significant first',
    })
    const used = labels!.flatMap((count, index) => (count > 0 ? [fleet.classes[index].name] : []))
    expect(used).toContain('car')
    expect(used).toContain('free')
  }
  // Null is null on the other side too: a plain log says nothing of weather, and its first frame has no ego motion.
  const [first, second] = files['frames-00000.arrow'].first
  expect(first).toMatchObject({ log_id: 'b', rig_id: 'argoverse2', site_id: 'TST', weather: null, ego_motion: null })
  expect(first).toMatchObject({ calibration_id: null, map_version: 'TST_city_1', sweeps: 0 })
  expect(second.ego_motion).toMatchObject({ dy: 0, dyaw: 0, dt: 0.5 })
  expect(files['logs.arrow'].first.map((row) => [row.log_id, row.occupancy, row.frames, row.date])).toEqual([
    ['b', 'boxes', 4, null],
    ['small', 'lidar', 4, '2024-05-06'],
  ])
  expect(files['calibrations.arrow'].first).toMatchObject([
    { rig_id: 'rig', sensor_name: 'lidar', ego_from_sensor: { q: [1, 0, 0, 0], t: [0, 0, 2] } },
  ])
})
