import { join } from 'node:path'
import { expect, test } from 'vitest'
import { datasetCard } from '../../../pipeline/card/datasetCard.js'
import { openDataset } from '../../../pipeline/dataset.js'
import { writeDataset } from '../../support/dataset.js'
import { tempFolder } from '../../support/tempFolder.js'
import { line, makeTrack } from '../../support/tracks.js'
import { datasetOf } from '../ingest/datasetOf.js'
import { type SmallLog, straightPoses, wholeLog, writeSmallLog } from '../ingest/smallLog.js'

const log = (words: Record<string, unknown>, some: Partial<SmallLog> = {}): SmallLog => {
  const whole = wholeLog(some)
  return { ...whole, log: { ...whole.log, ...words } }
}

/** Two logs of four frames at 2 Hz, one in the rain at 3 m/s without sweeps, and one whose poses jump. */
async function card() {
  const parent = tempFolder()
  const jump = straightPoses(2).map(({ timeS, pose: { q, t } }, i) => {
    return { timeS, pose: { q, t: [t[0] + (i > 8 ? 3 : 0), 0, 0] as const } }
  })
  writeSmallLog(join(parent, 'a'), log({ log_id: 'a' }, { poses: jump }))
  writeSmallLog(
    join(parent, 'b'),
    log(
      { log_id: 'b', rig_id: 'other', weather: 'rain', date: null, license: null, map_version: 'm' },
      { poses: straightPoses(2, 3), sweeps: null },
    ),
  )
  const dataset = await datasetOf([parent])
  const heard: string[] = []
  return { dataset, heard, card: await datasetCard(dataset, (logId) => heard.push(logId)) }
}

test('counts frames, time, way and gaps, log by log', async () => {
  const { card: found, heard } = await card()
  expect(heard).toEqual(['a', 'b'])
  expect(found).toMatchObject({ frames: 8, logs: 2, gaps: 1 })
  // Three steps of half a second in b, two in a, where the jump takes one; 1.5 m a step and 1 m.
  expect(found.durationS).toBeCloseTo(2.5, 9)
  expect(found.distanceM).toBeCloseTo(3 * 1.5 + 2 * 1, 9)
  expect(found.frameRateHz).toEqual({ asked: 2, measured: expect.closeTo(2, 9) })
  expect(found.perLog).toMatchObject([
    { logId: 'a', frames: 4, gaps: 1, distanceM: expect.closeTo(2, 9) },
    { logId: 'b', frames: 4, gaps: 0, durationS: expect.closeTo(1.5, 9), observedShare: 1 },
  ])
})

test('tallies what the logs say of themselves, and what they do not', async () => {
  const { tags, dates, undatedLogs } = (await card()).card
  expect(tags.rig).toEqual([
    { name: 'other', logs: 1, frames: 4 },
    { name: 'rig', logs: 1, frames: 4 },
  ])
  expect(tags.weather).toEqual([
    { name: 'rain', logs: 1, frames: 4 },
    { name: null, logs: 1, frames: 4 },
  ])
  expect(tags.occupancy.map(({ name }) => name)).toEqual(['boxes', 'lidar'])
  expect(tags.licence).toEqual([
    { name: 'CC0-1.0', logs: 1, frames: 4 },
    { name: null, logs: 1, frames: 4 },
  ])
  expect([dates, undatedLogs]).toEqual([{ first: '2024-05-06', last: '2024-05-06', days: 1 }, 1])
})

test('class counts are those that ingest counted, and shares add up to one', async () => {
  const { dataset, card: found } = await card()
  const { free, ...classes } = dataset.manifest.details.observedVoxels as Record<string, number>
  expect(Object.fromEntries(found.classes.map(({ name, voxels }) => [name, voxels]))).toEqual(classes)
  expect(found.classes.reduce((sum, { share }) => sum + share!, 0)).toBeCloseTo(1, 12)
  const occupied = Object.values(classes).reduce((sum, voxels) => sum + voxels, 0)
  expect(found.freeShare).toBeCloseTo(free / (free + occupied), 12)
  // Boxes see all 64 × 64 × 8 voxels of b's four frames.
  expect(found.observedShare!.most).toBe(1)
  expect(found.observedShare!.all).toBeCloseTo((free + occupied) / (8 * 64 * 64 * 8), 12)
  const car = found.classes.find(({ name }) => name === 'car')!
  expect(car).toMatchObject({ rare: false, frames: 8, logs: 2 })
  expect(found.classes.find(({ name }) => name === 'animal')).toMatchObject({
    rare: true,
    voxels: 0,
    frames: 0,
    logs: 0,
  })
})

test('carries what was found wrong', async () => {
  const { findings, badLogs, skipped } = (await card()).card
  expect(findings).toMatchObject([{ log: 'a', check: 'poseJumps', place: 'row 9', effect: 'cut' }])
  expect(badLogs).toEqual([])
  expect(skipped).toEqual([])
})

test('a log without a frame has no share, and takes none from the others', async () => {
  const dir = join(tempFolder(), 'dataset')
  await writeDataset(dir, [makeTrack({ logId: 'empty', points: [] }), makeTrack({ logId: 'long', points: line(9, 0) })])
  const dataset = await openDataset(dir)
  const { observedShare, perLog, gaps } = await datasetCard(dataset, () => undefined)
  await dataset.close()
  expect(perLog.map((one) => one.observedShare === null)).toEqual([true, false])
  expect(observedShare!.least).toBe(observedShare!.all)
  // Of nine frames the first and every fifth lack an ego motion.
  expect(gaps).toBe(1)
})
