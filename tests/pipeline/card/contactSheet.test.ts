import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PNG } from 'pngjs'
import { describe, expect, test } from 'vitest'
import { contactSheet, evenly, planSheet, subtitle } from '../../../pipeline/card/contactSheet.js'
import { writePng } from '../../../pipeline/card/png.js'
import { grids } from '../../../pipeline/grid.js'
import { stream } from '../../../pipeline/random.js'
import type { LogInfo } from '../../../pipeline/schema.js'
import { tempFolder } from '../../support/tempFolder.js'
import { datasetOf } from '../ingest/datasetOf.js'
import { wholeLog, writeSmallLog } from '../ingest/smallLog.js'

function planned(frameCounts: number[], grid = grids.compact) {
  const logs = frameCounts.map((frames, i) => ({ logId: `log-${i}`, frames }) as LogInfo)
  let first = 0
  const firstFrame = new Map(
    logs.map(({ logId, frames }) => {
      first += frames
      return [logId, first - frames]
    }),
  )
  return planSheet({ logs, grid, firstFrame })
}

test('one frame is no frames', () => {
  const words = (frameCount: number, logs: number) =>
    subtitle({ frameCount, logs: Array.from({ length: logs }), grid: grids.compact } as never, 200)[0]
  expect([words(1, 1), words(1204, 2)]).toEqual(['1 frame of 1 log', '1204 frames of 2 logs'])
})

test('numbers lie in the middle of equal stretches', () => {
  expect(evenly(10, 2)).toEqual([2, 7])
  expect(evenly(3, 3)).toEqual([0, 1, 2])
  expect(evenly(41, 1)).toEqual([20])
})

test('of seven logs, three frames each; numbered as the dataset does', () => {
  const { frames, columns } = planned([30, 30, 30, 30, 30, 30, 30])
  expect(columns).toBe(6)
  expect(frames).toHaveLength(21)
  expect(frames.slice(2, 5).map(({ logId, frame, ofLog }) => [logId, frame, ofLog])).toEqual([
    ['log-0', 25, 25],
    ['log-1', 35, 5],
    ['log-1', 45, 15],
  ])
})

test('of a hundred logs, 24 of them, from the first to the last', () => {
  const { frames } = planned(new Array(100).fill(10))
  expect(frames).toHaveLength(24)
  expect([frames[0].logId, frames[23].logId]).toEqual(['log-2', 'log-97'])
})

test('a log of two frames has two thumbnails, and the sheet two columns', () => {
  const { frames, columns, thumb } = planned([2], grids.occ3d)
  expect([frames.map(({ frame }) => frame), columns, thumb]).toEqual([[0, 1], 2, [400, 400]])
})

describe.each([1, 2, 3, 4, 5])('whatever the logs (seed %i)', (seed) => {
  test('at most 24 frames, all there, none twice, no two thumbnails in one place', () => {
    const random = stream(seed, 'sheet')
    const counts = Array.from({ length: 1 + random.int(60) }, () => 1 + random.int(50))
    const { frames, thumb } = planned(counts)
    const total = counts.reduce((sum, count) => sum + count, 0)
    expect(frames.length).toBeLessThanOrEqual(24)
    expect(new Set(frames.map(({ frame }) => frame)).size).toBe(frames.length)
    expect(frames.every(({ frame, ofLog, frames: of }) => frame < total && ofLog < of)).toBe(true)
    expect(new Set(frames.map(({ x, y }) => `${x} ${y}`)).size).toBe(frames.length)
    for (const { x, y } of frames)
      for (const other of frames) expect(x === other.x || y === other.y || Math.abs(x - other.x) >= thumb[0]).toBe(true)
  })
})

test('a sheet is a PNG of the planned size, the same twice, with the car on its road', async () => {
  const dataset = await datasetOf([writeSmallLog(join(tempFolder(), 'a'), wholeLog({ sweeps: null }))])
  const [one, two] = ['one.png', 'two.png'].map((name) => join(tempFolder(), name))
  await writePng(one, await contactSheet(dataset, 'run/dataset'))
  await writePng(two, await contactSheet(dataset, 'run/dataset'))
  expect(readFileSync(one).equals(readFileSync(two))).toBe(true)
  const { width, height, data } = PNG.sync.read(readFileSync(one))
  expect(width).toBe(2 * 28 + 4 * 320 + 3 * 18)
  expect(height).toBeGreaterThan(320)
  const { frames } = planSheet(dataset)
  // The first thumbnail: its bottom edge lies a caption and a margin above the sheet's. 5 pixels a column of 0.8 m.
  const top = height - 28 - 44 - 320
  const at = (xM: number, yM: number) => {
    const [column, row] = [frames[0].x + Math.floor((25.6 - yM) / 0.16), top + Math.floor((25.6 - xM) / 0.16)]
    return [...data.subarray(4 * (row * width + column), 4 * (row * width + column) + 3)]
  }
  const [car, road, beside] = [at(10, 0), at(18, 1), at(18, 8)]
  expect(road).toEqual([0x5b, 0x5f, 0x6b])
  expect(car[2]).toBeGreaterThan(car[0] + 50)
  expect(beside).not.toEqual(road)
})
