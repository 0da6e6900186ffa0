import { join } from 'node:path'
import { expect, test } from 'vitest'
import { argoverse2 } from '../../../pipeline/ingest/argoverse2/reader.js'
import type { LogSource, Sweep } from '../../../pipeline/ingest/reader.js'
import { tempFolder } from '../../support/tempFolder.js'
import { openLog } from './openLog.js'
import { type SmallSweep, wholeLog, writeSmallLog } from './smallLog.js'

const semanticNames = ['ROAD', 'CAR', 'TREE']

function sweepAt(timeS: number, points: number): SmallSweep {
  const numbers = Array.from({ length: points }, (_, p) => p)
  return {
    timeS,
    pointsM: numbers.map((p) => [p + timeS, -p / 2, 1]),
    // The last laser of the upper LiDAR, and the first of the lower one.
    lasers: numbers.map((p) => (p % 2 === 0 ? 31 : 32)),
    offsetsNs: numbers.map((p) => 1000 * p + timeS),
    semantic: numbers.map((p) => p % 3),
  }
}

const sensors = ['up_lidar', 'down_lidar'].map((name, n) => ({
  name,
  atM: [0, 0, 2 - n / 4] as [number, number, number],
}))

async function sweepsOf(names: string[] | null) {
  const sweeps = [sweepAt(0, 4), sweepAt(0.5, 7), sweepAt(1, 5)]
  const dir = writeSmallLog(join(tempFolder(), 'log'), wholeLog({ sweeps, sensors, semanticNames: names }))
  return (await openLog(argoverse2, dir, {})).log.sweeps!
}

/** What counts of a sweep, apart from the arrays that it lies in. */
function content({ count, pointsM, lidar, offsetNs, category, ...rest }: Sweep) {
  const upTo = (values: ArrayLike<number>, length = count) => Array.from(values).slice(0, length)
  const points = { pointsM: upTo(pointsM, 3 * count), lidar: upTo(lidar), offsetNs: upTo(offsetNs) }
  return { ...rest, count, ...points, category: category && upTo(category) }
}

test('sweeps go by their times, in whatever order their files are listed', async () => {
  const sweeps = [sweepAt(0, 4), sweepAt(0.5, 7), sweepAt(1, 5)]
  const dir = writeSmallLog(join(tempFolder(), 'log'), wholeLog({ sweeps, sensors }))
  const reversed = { ...argoverse2, logs: async () => (await argoverse2.logs(dir)).map(backwards) }
  const { log } = await openLog(reversed, dir, {})
  expect([...log.sweeps!.timesNs]).toEqual([0, 0.5e9, 1e9])
  expect((await log.sweeps!.read(1)).count).toBe(7)
})

/** 999….feather comes after 1000….feather as text. */
function backwards(source: LogSource): LogSource {
  return { ...source, files: source.files.toReversed() }
}

test('a LiDAR is one however its name is written: nuScenes has LIDAR_TOP', async () => {
  const named = [{ name: 'LIDAR_TOP', atM: [0.9, 0, 1.8] as [number, number, number] }]
  const dir = writeSmallLog(join(tempFolder(), 'log'), wholeLog({ sweeps: [sweepAt(0, 4)], sensors: named }))
  const { log } = await openLog(argoverse2, dir, {})
  expect(log.sweeps!.lidars).toMatchObject([{ sensorName: 'LIDAR_TOP', egoFromSensor: { t: [0.9, 0, 1.8] } }])
  expect([...(await log.sweeps!.read(0)).lidar]).toEqual([0, 0, 0, 0])
})

test.each([
  ['with labels', semanticNames],
  ['without', null],
])('a sweep %s in the memory of another is what it is in its own', async (_name, names) => {
  const source = await sweepsOf(names)
  const fresh = [await source.read(0), await source.read(1), await source.read(2)].map(content)
  expect(fresh[1]).toMatchObject({ count: 7, lidar: [0, 1, 0, 1, 0, 1, 0] })
  expect(fresh[1].category).toEqual(names && [0, 1, 2, 0, 1, 2, 0])
  expect(fresh[1].pointsM.slice(3, 6)).toEqual([1.5, -0.5, 1])

  const first = await source.read(0)
  const kept = content(first)
  // Seven points do not fit into the memory of four.
  const second = await source.read(1, first)
  expect(content(second)).toEqual(fresh[1])
  expect(content(first)).toEqual(kept)
  const third = await source.read(2, second)
  expect(third.pointsM.buffer).toBe(second.pointsM.buffer)
  expect(content(third)).toEqual(fresh[2])
})
