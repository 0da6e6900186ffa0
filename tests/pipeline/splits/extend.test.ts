import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DataError, UsageError } from '../../../pipeline/errors.js'
import { assignmentOf } from '../../../pipeline/splits/assignmentOf.js'
import { type SplitConfig, splitDefaults } from '../../../pipeline/splits/config.js'
import { planSplit } from '../../../pipeline/splits/planSplit.js'
import type { LogTrack } from '../../../pipeline/splits/tracks.js'
import { fleets, settings } from '../../support/fleets.js'
import { line, makeTrack } from '../../support/tracks.js'

const seed = 5772

/** A fleet, and how many of its logs there were before. */
const cases = fc.record({
  tracks: fleets(16),
  share: fc.integer({ min: 1, max: 15 }),
  config: settings,
  order: fc.nat(),
})

function extended(tracks: LogTrack[], config: Partial<SplitConfig>, before: number) {
  const all = { ...splitDefaults, ...config }
  const former = planSplit(tracks.slice(0, before), all, 1)
  return { former, now: planSplit(tracks, all, 2, { former }) }
}

test(`adding logs moves no old frame, changes no byte of an old log and adds no leak (seed ${seed})`, () => {
  const reached = { grown: 0, leftOut: 0, given: 0 }
  const property = fc.property(cases, ({ tracks, share, config }) => {
    const before = Math.min(share, tracks.length)
    const { former, now } = extended(tracks, config, before)
    const known = new Set(former.logs.map(({ logId }) => logId))
    expect(JSON.stringify(now.logs.filter(({ logId }) => known.has(logId)))).toBe(JSON.stringify(former.logs))
    expect(now.logs.map(({ logId }) => logId)).toEqual(tracks.map(({ logId }) => logId).sort())
    expect(now.leaks).toEqual([])
    const fresh = now.logs.filter(({ logId }) => !known.has(logId))
    reached.grown += Number(fresh.length > 0)
    reached.leftOut += fresh.filter(({ leftOut }) => leftOut).length
    reached.given += fresh.filter(({ part }) => part).length
  })
  fc.assert(property, { seed, numRuns: 300 })
  for (const count of Object.values(reached)) expect(count).toBeGreaterThan(50)
})

test(`adding no log changes nothing, and the order of the logs never does (seed ${seed})`, () => {
  const property = fc.property(cases, ({ tracks, share, config }) => {
    const before = Math.min(share, tracks.length)
    const { former, now } = extended(tracks, config, before)
    const all = { ...splitDefaults, ...config }
    const again = planSplit([...tracks].reverse(), all, 2, { former: { ...former, logs: [...former.logs].reverse() } })
    expect(JSON.stringify(again)).toBe(JSON.stringify(now))
    const same = planSplit(tracks.slice(0, before), all, 9, { former })
    expect([same.logs, same.parts, same.cutLogs]).toEqual([former.logs, former.parts, former.cutLogs])
  })
  fc.assert(property, { seed, numRuns: 150 })
})

/** Six streets a kilometre apart, each driven once by its own rig. */
const streets = ['a', 'b', 'c', 'd', 'e', 'f'].map((logId, i) =>
  makeTrack({ logId, rigId: `rig ${logId}`, points: line(10, 0, 1, 1000 * i), startS: 1000 * i }),
)
const byRig = { rule: 'rig', shares: [0.5, 0.25, 0.25] }

function beside(tracks: LogTrack[], config: Partial<SplitConfig> = byRig) {
  const { former, now } = extended([...streets, ...tracks], config, streets.length)
  const partOf = (logId: string) => former.logs.find((log) => log.logId === logId)!.part
  return { former, now, partOf, entry: (logId: string) => now.logs.find((log) => log.logId === logId)! }
}

test('a new log of an old group goes with it, at whatever cost to the shares', () => {
  const more = streets.map(({ rigId }, i) =>
    makeTrack({ logId: `more ${rigId}`, rigId, points: line(100, 50_000 + 1000 * i), startS: 1e6 + 1000 * i }),
  )
  const { partOf, entry } = beside(more)
  for (const { logId } of streets) expect(entry(`more rig ${logId}`).part).toBe(partOf(logId))
})

test('a new log that touches old groups of two parts is left out, with the reason, and they stay', () => {
  const { former, partOf } = beside([])
  const [train, other] = [streets[0], streets.find(({ logId }) => partOf(logId) !== partOf('a'))!]
  // Of one rig with the first, of one source with the other.
  const bridge = makeTrack({ logId: 'x', rigId: train.rigId, sourceHash: other.sourceHash, points: line(5, 80_000) })
  const { now, entry } = beside([bridge])
  expect(entry('x')).toMatchObject({
    part: null,
    leftOut: 'it touches groups that are in two parts of the former split',
  })
  expect(entry('x').exceptions).toEqual([])
  expect(now.logs.filter(({ logId }) => logId !== 'x')).toEqual(former.logs)
  expect(now.groups.find(({ name }) => name === 'x')).toMatchObject({ part: null, logs: ['x'] })
})

test('a new frame near an old one of another part gives way, even a training frame to a test frame', () => {
  const { partOf } = beside([])
  const [train, testLog] = ['train', 'test'].map((part) => streets.find(({ logId }) => partOf(logId) === part)!)
  // Of the training rig; its first three frames run beside the test street, 4 m off, the others far away.
  const points = [...line(3, 0, 1, testLog.yM[0] + 4), ...line(7, 90_000)]
  const { entry, now } = beside([makeTrack({ logId: 'x', rigId: train.rigId, points })])
  expect(entry('x')).toMatchObject({
    part: 'train',
    exceptions: [{ reason: 'buffer', part: null, given: 'train', near: 'test', count: 3, frames: [[0, 2]] }],
  })
  expect(assignmentOf(now.logs)(testLog.logId, 0)).toBe('test')
})

test('held-out groups stay the whole of test, and new logs of theirs come to them', () => {
  const config = { ...byRig, holdOut: ['rig b'] }
  const more = Array.from({ length: 8 }, (_, i) =>
    makeTrack({ logId: `more${i}`, rigId: i === 3 ? 'rig b' : `new ${i}`, points: line(10, 50_000 + 1000 * i) }),
  )
  const { now } = beside(more, config)
  expect(now.logs.filter(({ part }) => part === 'test').map(({ logId }) => logId)).toEqual(['b', 'more3'])
})

test('rule temporal: what is later than everything before is test, and the old borders stand', () => {
  const config = { rule: 'temporal', gapS: 5, bufferM: 0, neighbourS: 0 }
  // 100 frames a second apart; then one log from the training time, and one from later.
  const drive = makeTrack({ logId: 'drive', points: line(100, 0), startS: 0, stepS: 1 })
  const old = makeTrack({ logId: 'x old', rigId: 'r2', points: line(5, 0), startS: 10, stepS: 1 })
  const late = makeTrack({ logId: 'x late', rigId: 'r2', points: line(5, 0), startS: 500, stepS: 1 })
  const { now } = extended([drive, old, late], config, 1)
  expect(now.logs.map(({ logId, part }) => [logId, part])).toEqual([
    ['drive', 'train'],
    ['x late', 'test'],
    ['x old', 'train'],
  ])
})

test.each([
  [{ rule: 'site' }, UsageError, 'another rule (expected log, found site)'],
  [{ bufferM: 20 }, UsageError, 'another bufferM (expected 10, found 20)'],
  [{ holdOut: ['a'] }, UsageError, 'another holdOut'],
] as const)('%j is refused', (change, type, message) => {
  const former = planSplit(streets, splitDefaults, 1)
  const run = () => planSplit(streets, { ...splitDefaults, ...change }, 1, { former })
  expect(run).toThrow(type)
  expect(run).toThrow(message)
})

test.each([
  ['frames', { points: line(11, 0) }],
  ['source', { sourceHash: 'another' }],
])('planted: a log with other %s under an old name is refused by name', (_, change) => {
  const former = planSplit(streets, splitDefaults, 1)
  const points = Array.from(streets[0].xM, (x) => [x, 0] as const)
  const other = makeTrack({ logId: 'a', rigId: 'rig a', points, ...change })
  const run = () => planSplit([other, ...streets.slice(1)], splitDefaults, 1, { former })
  expect(run).toThrow(DataError)
  expect(run).toThrow('log a')
})

test('a fold is not extended', () => {
  const former = planSplit(streets, splitDefaults, 1, { fold: { index: 0, of: 3 } })
  expect(() => planSplit(streets, splitDefaults, 1, { former })).toThrow('--extend of a fold')
})
