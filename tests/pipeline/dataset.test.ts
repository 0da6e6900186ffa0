import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { beforeEach, expect, test } from 'vitest'
import { Scratch } from '../../pipeline/arrow/scratch.js'
import { openDataset } from '../../pipeline/dataset.js'
import { DataError } from '../../pipeline/errors.js'
import { gridNamed } from '../../pipeline/grid.js'
import { poseFromYaw } from '../../pipeline/pose.js'
import { runStage } from '../../pipeline/stage.js'
import { fleet } from '../../pipeline/taxonomies/fleet.js'
import { frameBody, tinyGrid, writeDataset } from '../support/dataset.js'
import { tempFolder } from '../support/tempFolder.js'
import { line, makeTrack } from '../support/tracks.js'

/** 9, 0 and 5 frames. */
const tracks = [
  makeTrack({ logId: 'long', points: line(9, 0), date: '2024-05-06' }),
  makeTrack({ logId: 'empty', points: [] }),
  makeTrack({ logId: 'short', points: line(5, 100), siteId: 'elsewhere' }),
]

let dir = ''
beforeEach(async () => {
  dir = join(tempFolder(), 'dataset')
  await writeDataset(dir, tracks)
})

test('says what it holds: grid, taxonomy, logs, numbers of frames', async () => {
  const dataset = await openDataset(dir)
  expect(dataset.grid).toEqual(tinyGrid)
  expect(dataset.taxonomy).toEqual({ name: 'fleet', classes: fleet.classes })
  expect(dataset.frameCount).toBe(14)
  expect([...dataset.firstFrame]).toEqual([
    ['long', 0],
    ['empty', 9],
    ['short', 9],
  ])
  expect(dataset.logs[0]).toEqual({
    ...{ logId: 'long', siteId: 'site', routeId: 'route', rigId: 'rig', date: '2024-05-06', license: null },
    ...{
      calibrationId: null,
      mapVersion: null,
      weather: null,
      timeOfDay: null,
      vocabulary: null,
      observedVoxels: null,
    },
    ...{
      format: 'made-up',
      occupancy: 'boxes',
      frames: 9,
      file: 'frames-00000.arrow',
      objectsFile: null,
      sourceHash: 'hash of long',
    },
  })
  expect(dataset.logs[2].date).toBeNull()
  expect(await dataset.calibrations()).toEqual([
    { calibrationId: 'c1', rigId: 'rig', sensorName: 'lidar', egoFromSensor: poseFromYaw(0, [1, 0, 2]) },
  ])
  await dataset.close()
})

test('a frame by its number is the one of that log and row, across logs without frames', async () => {
  const dataset = await openDataset(dir)
  for (const [number, logId, row] of [
    [0, 'long', 0],
    [8, 'long', 8],
    [9, 'short', 0],
    [13, 'short', 4],
  ] as const) {
    const frame = await dataset.frame(number)
    expect([frame.logId, frame.frameIndex]).toEqual([logId, row])
    expect(frame.semantics).toEqual(frameBody(row).semantics)
  }
  await expect(dataset.frame(14)).rejects.toThrow(RangeError)
  await expect(dataset.frame(-1)).rejects.toThrow(RangeError)
  await dataset.close()
})

test('frames asked for at once are each the right one', async () => {
  const dataset = await openDataset(dir)
  const numbers = [13, 0, 7, 7, 2, 10]
  const frames = await Promise.all(numbers.map((number) => dataset.frame(number)))
  expect(frames.map((frame) => dataset.firstFrame.get(frame.logId)! + frame.frameIndex)).toEqual(numbers)
  await dataset.close()
})

test('the frames of a log are streamed in order', async () => {
  const dataset = await openDataset(dir)
  const seen: number[] = []
  for await (const frame of dataset.frames('long')) seen.push(frame.frameIndex)
  expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  await expect(dataset.frames('nobody').next()).rejects.toThrow("no log 'nobody'")
  await dataset.close()
})

test('of a frame only the parts that are asked for are read, one by one or streamed', async () => {
  const dataset = await openDataset(dir)
  const parts = ['frameIndex', 'egoMotion', 'observed'] as const
  const { frameIndex, egoMotion, observed } = await dataset.frame(3)
  expect(await dataset.frame(3, { parts })).toEqual({ frameIndex, egoMotion, observed })
  const seen: unknown[] = []
  for await (const frame of dataset.frames('short', { parts: ['frameIndex'] })) seen.push(frame)
  expect(seen).toEqual([0, 1, 2, 3, 4].map((index) => ({ frameIndex: index })))
  await dataset.close()
})

test('a frame that is read into a scratch is the same, until the next one', async () => {
  const dataset = await openDataset(dir)
  const into = new Scratch()
  for (const number of [0, 13, 5, 4, 9])
    expect(await dataset.frame(number, { into })).toEqual(await dataset.frame(number))
  await dataset.close()
})

test('only the files of the logs that are asked for are opened', async () => {
  const dataset = await openDataset(dir)
  rmSync(join(dir, 'frames-00000.arrow'))
  expect((await dataset.frame(9)).logId).toBe('short')
  await expect(dataset.frame(0)).rejects.toMatchObject({ tag: 'data', file: join(dir, 'frames-00000.arrow') })
  await dataset.close()
})

test('a damaged byte is found before it is taken for data, and named by file', async () => {
  const file = join(dir, 'frames-00002.arrow')
  const bytes = readFileSync(file)
  bytes[Math.floor(bytes.length / 2)] ^= 1
  writeFileSync(file, bytes)
  const dataset = await openDataset(dir)
  expect((await dataset.frame(0)).logId).toBe('long')
  const error = await dataset.frame(9).catch((thrown) => thrown)
  expect(error).toBeInstanceOf(DataError)
  expect(error).toMatchObject({ file, message: expect.stringContaining('not the bytes that were written') })
  await dataset.close()
})

test('a truncated table of logs is refused at once', async () => {
  truncateSync(join(dir, 'logs.arrow'), 100)
  await expect(openDataset(dir)).rejects.toMatchObject({ tag: 'data', file: join(dir, 'logs.arrow') })
})

test('a folder that no ingest wrote is no dataset', async () => {
  await expect(openDataset(tempFolder())).rejects.toThrow('the folder of a finished ingest stage')
  const other = join(tempFolder(), 'out')
  await runStage({ stage: 'other', target: other, config: {}, seed: 1, inputs: {} }, async () => undefined)
  await expect(openDataset(other)).rejects.toThrow('another stage wrote this folder')
})

test('memory is flat in the number of frames read', { timeout: 60_000 }, async () => {
  // 1000 frames of 36 KiB each, of which no more than a batch may be held.
  const many = join(tempFolder(), 'many')
  await writeDataset(many, [makeTrack({ logId: 'many', points: line(1000, 0) })], gridNamed('compact'))
  const dataset = await openDataset(many)
  const heldBytes: number[] = []
  for await (const { frameIndex } of dataset.frames('many')) if (frameIndex % 250 === 249) heldBytes.push(heldNow())
  expect(heldBytes[3] - heldBytes[0]).toBeLessThan(4 << 20)
  await dataset.close()
})

/** Bytes of array buffers that are still in use. Buffers are swept beside the program: a second collection waits for the first. */
function heldNow(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc')
  collect()
  collect()
  return process.memoryUsage().arrayBuffers
}
