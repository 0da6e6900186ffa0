import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { expect, test } from 'vitest'
import { type BagKind, noBags, writeBag } from '../../support/bags.js'
import { noNumpy, numpy } from '../../support/numpy.js'
import { tempFolder } from '../../support/tempFolder.js'
import { datasetOf } from './datasetOf.js'
import { writeScans } from './samples/scans.js'
import { wholeLog, writeSmallLog } from './smallLog.js'

/** Findings in a log beside a good one, which stays. */
async function findingsOf(bad: string): Promise<unknown> {
  const good = writeSmallLog(join(tempFolder(), 'good'), wholeLog())
  const { manifest, logs } = await datasetOf([bad, good], { rig: 'r', site: 's', route: 'q' })
  expect(logs).toHaveLength(1)
  expect(manifest.details.badLogs).toHaveLength(1)
  return manifest.details.findings
}

const rewrite = (file: string, change: (text: string) => string) =>
  writeFileSync(file, change(readFileSync(file, 'utf8')))

const bags: [string, Record<string, unknown>, object][] = [
  [
    'a clock that was set back by half a second',
    // To the stamps that the first second has already: sorted, nothing shows it.
    { set_back_ns: 500_000_000 },
    { check: 'clock', place: 'topic /odom', actual: expect.stringContaining('behind'), effect: 'log' },
  ],
  [
    'poses in microseconds',
    { pose_stamp_divisor: 1000 },
    { check: 'timeUnits', actual: '0.05 ms: likely microseconds read as nanoseconds', effect: 'log' },
  ],
  [
    'a mounting that is no rotation',
    { mount_scale: 1.1 },
    { check: 'extrinsics', place: 'transforms from base_link to lidar_top', effect: 'log' },
  ],
]
for (const kind of ['mcap', 'rosbag2-mcap', 'rosbag1'] as BagKind[])
  test.skipIf(noBags).each(bags)(`${kind}, %s: found and listed${noBags}`, async (_name, options, found) => {
    const findings = await findingsOf(writeBag(kind, tempFolder(), options))
    expect(findings).toEqual([expect.objectContaining(found)])
  })

test.skipIf(noNumpy)(`scans, poses in microseconds: found and listed${noNumpy}`, async () => {
  const dir = writeScans(['npy'], tempFolder()).dirs.npy
  const rows = Array.from({ length: 13 }, (_, i) => `${1_700_000_000_000_000 + i * 100_000},${i},0,0,1,0,0,0`)
  writeFileSync(join(dir, 'poses.csv'), ['timestamp_ns,x,y,z,qw,qx,qy,qz', ...rows].join('\n'))
  rewrite(join(dir, 'scans.json'), (text) => JSON.stringify({ ...JSON.parse(text), poses: 'poses.csv' }))
  const actual = '0.1 ms: likely microseconds read as nanoseconds'
  expect(await findingsOf(dir)).toEqual([expect.objectContaining({ check: 'timeUnits', actual, effect: 'log' })])
})

test.skipIf(noNumpy)(
  `scans, a mounting of norm 1.1 in scans.json: found before the log is opened, and listed${noNumpy}`,
  async () => {
    const dir = writeScans(['npy'], tempFolder()).dirs.npy
    const lidars = [{ name: 'top', folder: '', ego_from_sensor: { q: [1.1, 0, 0, 0], t: [0, 0, 2] } }]
    rewrite(join(dir, 'scans.json'), (text) => JSON.stringify({ ...JSON.parse(text), lidars }))
    const found = { check: 'extrinsics', file: 'scans.json', actual: 'norm 1.1', effect: 'log' }
    expect(await findingsOf(dir)).toEqual([expect.objectContaining(found)])
  },
)

test.skipIf(noNumpy).each([
  [
    'a reflection',
    (row: string) =>
      row.replace(/^R: \S+/, (first) => (first.includes('-') ? first.replace('-', '') : first.replace('R: ', 'R: -'))),
  ],
  ['millimetres', (row: string) => row.replace(/^T: (.*)$/m, 'T: -810 320 -800')],
])(`kitti, a mounting that is %s: found and listed${noNumpy}`, async (_name, change) => {
  const drive = numpy('write_kitti.py', 'raw', tempFolder()) as string
  const file = join(drive, '..', 'calib_imu_to_velo.txt')
  mkdirSync(join(drive, '..'), { recursive: true })
  rewrite(file, (text) => text.split('\n').map(change).join('\n'))
  const found = { check: 'extrinsics', file: basename(file), effect: 'log' }
  expect(await findingsOf(drive)).toEqual([expect.objectContaining(found)])
})
