import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Field, Float64, Int32, Int64, Schema, Utf8 } from 'apache-arrow'
import { expect, test } from 'vitest'
import { writeArrowFile } from '../../../pipeline/arrow/arrowWriter.js'
import { batchFromRows } from '../../../pipeline/columns.js'
import { argoverse2 } from '../../../pipeline/ingest/argoverse2/reader.js'
import { tempFolder } from '../../support/tempFolder.js'
import { openLog } from './openLog.js'
import { timestampNs, wholeLog, writeSmallLog } from './smallLog.js'

/** Writes rows as pandas does: every column may have missing values, which is what NaN becomes. */
function write(path: string, rows: Record<string, unknown>[]): void {
  const typeOf = (name: string) => {
    if (name === 'timestamp_ns') return new Int64()
    if (name === 'num_interior_pts') return new Int32()
    return name === 'track_uuid' || name === 'category' ? new Utf8() : new Float64()
  }
  const schema = new Schema(Object.keys(rows[0]).map((name) => new Field(name, typeOf(name), true)))
  writeArrowFile(path, schema, [batchFromRows(schema, rows)], 'lz4')
}

const upright = { qw: 1, qx: 0, qy: 0, qz: 0 }
const box = {
  ...upright,
  length_m: 4,
  width_m: 2,
  height_m: 2,
  tx_m: 10,
  ty_m: 0,
  tz_m: 1,
  category: 'REGULAR_VEHICLE',
}

test('a log that went through pandas: rows with a missing number are left out, counts may be missing', async () => {
  const dir = writeSmallLog(join(tempFolder(), 'log'), wholeLog({ boxes: null, poses: null }))
  const timestamp_ns = timestampNs(0)
  write(join(dir, 'annotations.feather'), [
    { ...box, timestamp_ns, track_uuid: 'counted', num_interior_pts: 7 },
    { ...box, timestamp_ns, track_uuid: 'nowhere', num_interior_pts: 7, tx_m: null },
    { ...box, timestamp_ns, track_uuid: 'not counted', num_interior_pts: null },
    { ...box, timestamp_ns, track_uuid: 'marked', num_interior_pts: -1 },
  ])
  const poses = Array.from({ length: 21 }, (_, i) => ({
    ...upright,
    timestamp_ns: timestampNs(i / 10),
    ...{ tx_m: i === 3 ? null : i / 5, ty_m: 0, tz_m: 0 },
  }))
  write(join(dir, 'city_SE3_egovehicle.feather'), poses)
  const { log, skipped } = await openLog(argoverse2, dir, {})
  expect(log.boxes!.at(0).map(({ trackId, interiorPoints }) => [trackId, interiorPoints])).toEqual([
    ['counted', 7],
    ['not counted', null],
    ['marked', null],
  ])
  expect(skipped().map(({ what, where, count }) => [what, where, count])).toEqual([
    ['box', 'annotations.feather, row 1', 1],
  ])
  expect(log.poses.leftOut).toEqual([{ why: 'not a pose', row: 3, count: 1 }])
  expect(log.poses.at(0.3e9).t[0]).toBeCloseTo(0.6, 12)
})

test('what a Mac leaves beside each file is no part of the log', async () => {
  const dir = writeSmallLog(join(tempFolder(), 'log'), wholeLog())
  const name = `${timestampNs(0)}.feather`
  writeFileSync(join(dir, 'sensors', 'lidar', `._${name}`), 'Mac OS X')
  copyFileSync(join(dir, 'sensors', 'lidar', name), join(dir, 'sensors', 'lidar', `.${name}`))
  writeFileSync(join(dir, 'map', '._log_ground_height_surface____TST.npy'), 'Mac OS X')
  const [{ files }] = await argoverse2.logs(dir)
  expect(files.filter((file) => /\/\./.test(file))).toEqual([])
  expect((await openLog(argoverse2, dir, {})).log.sweeps!.timesNs).toHaveLength(4)
})
