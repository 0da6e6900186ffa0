import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DataError } from '../../../pipeline/errors.js'
import { vocabularyOf } from '../../../pipeline/ingest/labels.js'
import { readDescription } from '../../../pipeline/ingest/scans/description.js'
import { scans } from '../../../pipeline/ingest/scans/reader.js'
import { tempFolder } from '../../support/tempFolder.js'
import { datasetOf } from './datasetOf.js'
import { type Files, openScans, pcd, tum, writeFiles } from './smallScans.js'

const point = pcd('x y z', [[5, 0, 0]])
const open = (files: Files) => openScans(writeFiles(files))

const front = { t: [1, 0, 2], q: [1, 0, 0, 0] }

describe('what is a folder of scans', () => {
  test.each<[string, Files, boolean]>([
    ['scans and poses', { 'poses.txt': '', 'a.pcd': '' }, true],
    ['scans in a folder beside the poses', { 'trajectory.csv': '', 'lidar/a.LAS': '' }, true],
    ['a description alone', { 'scans.json': {} }, true],
    ['poses alone', { 'poses.txt': '' }, false],
    ['scans alone', { 'a.pcd': '' }, false],
    ['a KITTI sequence', { 'poses.txt': '', 'times.txt': '', 'velodyne/000000.bin': '' }, false],
    ['nuScenes tables', { 'v1.0-mini/scene.json': '[]', 'samples/LIDAR_TOP/a.pcd.bin': '' }, false],
    ['voxels with poses', { 'voxels.json': {}, 'poses.csv': '', '0.npy': '' }, false],
    ['hidden files', { 'poses.txt': '', '._a.pcd': '' }, false],
  ])('%s: %#', async (_name, files, expected) => {
    expect(await scans.recognises(writeFiles(files))).toBe(expected)
  })

  test.each<[string, Files, RegExp]>([
    ['no poses', { 'scans.json': {}, '10.5.pcd': point }, /not one poses table .*found none/],
    ['two poses tables', { 'poses.txt': tum(), 'poses.csv': tum(), '10.5.pcd': point }, /found poses.txt, poses.csv/],
    [
      'poses that are named, and not there',
      { 'scans.json': { poses: 'gps.tum' }, '10.5.pcd': point },
      /expected gps.tum/,
    ],
    ['no scans', { 'scans.json': {}, 'poses.txt': tum() }, /no scans/],
    ['two formats', { 'poses.txt': tum(), '10.5.pcd': point, '10.6.bin': '' }, /several formats .*found pcd, bin/],
    ['scans in two folders', { 'poses.txt': tum(), '10.5.pcd': point, 'lidar/1.pcd': point }, /found ., lidar/],
    ['a description that is no JSON', { 'scans.json': '{' }, /scans.json: not JSON/],
    ['an unknown key', { 'scans.json': { lidar: 1 } }, /scans.json: .*expected keys poses, pose_of, lidars.*"lidar"/],
    [
      'an unknown key further in',
      { 'scans.json': { lidars: [{ name: 'a', ego_from_sensor: front, at: 1 }] } },
      /lidars.0: .*"at"/,
    ],
    ['a folder elsewhere', { 'scans.json': { poses: '../poses.txt' } }, /poses: .*not below the log/],
    ['a frame that is none', { 'scans.json': { points_in: 'map' } }, /points_in: /],
    ['a pose of nobody', { 'scans.json': { pose_of: 'roof' } }, /pose_of: .*expected ego \| lidar, found roof/],
    [
      'a rotation that is none',
      { 'scans.json': { lidars: [{ name: 'a', ego_from_sensor: { t: [0, 0, 0], q: [2, 0, 0, 0] } }] } },
      /lidars.0.ego_from_sensor.q/,
    ],
    [
      'two LiDARs of one name',
      { 'scans.json': { lidars: [1, 2].map(() => ({ name: 'a', ego_from_sensor: front })) } },
      /a name of its own/,
    ],
    ['labels without names', { 'scans.json': { labels: { names: {} } } }, /labels.names: /],
  ])('%s: an error that says so', async (_name, files, says) => {
    await expect(open(files)).rejects.toThrow(DataError)
    await expect(open(files)).rejects.toThrow(says)
  })

  test('an identity that nobody says', async () => {
    const dir = writeFiles({ 'poses.tum': tum(), '10.5.pcd': point })
    const config = { rig: 'r', site: 's' }
    await expect(datasetOf([dir], config)).rejects.toThrow(/does not say its route; pass --route/)
  })

  test('a scan that vanishes after the log was found', async () => {
    const dir = writeFiles({ 'poses.tum': tum(), '10.5.pcd': point })
    const { read } = await openScans(dir)
    rmSync(join(dir, '10.5.pcd'))
    await expect(read(0)).rejects.toThrow(/10.5.pcd: cannot be read/)
  })

  test('a file is no folder', async () => {
    const dir = tempFolder()
    mkdirSync(join(dir, 'a'))
    writeFileSync(join(dir, 'scans.json'), '{}')
    expect(await scans.recognises(join(dir, 'scans.json'))).toBe(false)
  })
})

test('the documentation: its example is a description, and its table has every key', async () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../../docs/formats.md'), 'utf8')
  const section = page.split(/^## /m).find((part) => part.startsWith('`scans`'))!
  const example = JSON.parse(section.match(/```json\n([\s\S]*?)```/)![1])
  const { lidars, labels } = await readDescription(writeFiles({ 'scans.json': example }))
  expect(lidars!.map(({ sensor }) => sensor.sensorName)).toEqual(['front', 'roof'])
  for (const name of Object.values(labels!.names)) expect(vocabularyOf(null, [name], '')).toBe(labels!.vocabulary)
  const refused: Error = await readDescription(writeFiles({ 'scans.json': { no: 1 } })).catch((error) => error)
  const keys = refused.message.match(/expected keys (.*), found/)![1].split(', ')
  expect(keys.length).toBeGreaterThan(8)
  expect([...section.matchAll(/^\| `(\w+)`/gm)].map(([, key]) => key).sort()).toEqual(keys.sort())
})
