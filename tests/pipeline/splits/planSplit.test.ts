import { expect, test } from 'vitest'
import { DataError, UsageError } from '../../../pipeline/errors.js'
import { assignmentOf } from '../../../pipeline/splits/assignmentOf.js'
import { type SplitConfig, splitDefaults } from '../../../pipeline/splits/config.js'
import { parts } from '../../../pipeline/splits/part.js'
import { planSplit } from '../../../pipeline/splits/planSplit.js'
import type { SplitFile } from '../../../pipeline/splits/splitFile.js'
import { line, makeTrack, type TrackFacts } from '../../support/tracks.js'

/** Logs of given lengths, a kilometre apart. */
function fleet(lengths: number[], facts: (i: number) => Partial<TrackFacts> = () => ({})) {
  return lengths.map((count, i) => makeTrack({ logId: `log${i}`, points: line(count, 1000 * i), ...facts(i) }))
}

const plan = (tracks: ReturnType<typeof fleet>, config: Partial<SplitConfig> = {}, seed = 1) =>
  planSplit(tracks, { ...splitDefaults, ...config }, seed)

const logsIn = (file: SplitFile, part: string) => file.logs.filter((log) => log.part === part).map((log) => log.logId)

const constraints = (file: SplitFile) => file.compromises.map(({ constraint }) => constraint)

test('a fleet that fits is split without a compromise', () => {
  const file = plan(fleet(new Array(20).fill(10)))
  expect(parts.map((part) => file.parts[part].got)).toEqual([0.6, 0.15, 0.25])
  expect(parts.map((part) => file.parts[part].logs)).toEqual([12, 3, 5])
  expect(file.compromises).toEqual([])
  expect(file.leaks).toEqual([])
})

test('shares off: named with by how much', () => {
  const file = plan(fleet([10, 10, 10]))
  expect(constraints(file)).toEqual(['shares', 'shares', 'shares'])
  expect(file.compromises[0]).toEqual({
    constraint: 'shares',
    what: 'train gets 33.3 % of the frames instead of 60.0 %',
    asked: 0.6,
    got: 1 / 3,
  })
})

test('a rig that only one group has is missing from train or test, and named', () => {
  const file = plan(fleet(new Array(20).fill(10), (i) => ({ rigId: i === 7 ? 'lonely' : 'common' })))
  expect(file.compromises).toEqual([
    {
      constraint: 'coverage',
      what: expect.stringMatching(/^(train|test) shows 1 of 2 rigs: without lonely \(one group has it\)$/),
      asked: 2,
      got: 1,
    },
  ])
})

test('a class that only two logs show is missing somewhere, and named with how many', () => {
  const voxels = (i: number) => ({ road: 5, bus: i < 2 ? 1 : 0 })
  const file = plan(fleet(new Array(20).fill(10), (i) => ({ observedVoxels: voxels(i) })))
  expect(file.compromises).toEqual([
    { constraint: 'classes', what: 'val shows 1 of 2 classes: without bus', asked: 2, got: 1 },
  ])
})

test('by site, that a site is in one part only is no compromise', () => {
  const file = plan(
    fleet(new Array(20).fill(10), (i) => ({ siteId: `s${i}` })),
    { rule: 'site' },
  )
  expect(file.compromises).toEqual([])
})

test('two groups: test is one of them, val is cut log by log from the other, and the rule is named', () => {
  const file = plan(
    fleet(new Array(10).fill(10), (i) => ({ rigId: i < 3 ? 'a' : 'b' })),
    { rule: 'rig' },
  )
  expect(logsIn(file, 'test')).toEqual(['log0', 'log1', 'log2'])
  expect(parts.map((part) => file.parts[part].logs)).toEqual([6, 1, 3])
  expect(file.compromises[0]).toEqual({
    constraint: 'rule',
    what: 'one group by rig is too few to fill train and val: cut log by log',
    asked: 1,
    got: 7,
  })
})

test('one group: every part is cut log by log', () => {
  const file = plan(fleet(new Array(20).fill(10)), { rule: 'site' })
  expect(parts.map((part) => file.parts[part].logs)).toEqual([12, 3, 5])
  expect(constraints(file)).toEqual(['rule'])
})

test('a single log is all train; the empty parts are named', () => {
  const file = plan(fleet([30]))
  expect(parts.map((part) => file.parts[part].frames)).toEqual([30, 0, 0])
  expect(file.compromises.filter(({ constraint }) => constraint === 'nonEmpty').map(({ what }) => what)).toEqual([
    'val is empty: there is only one group to give',
    'test is empty: there is only one group to give',
  ])
})

test('two logs are train and test', () => {
  const file = plan(fleet([30, 20]))
  expect([logsIn(file, 'train'), logsIn(file, 'val'), logsIn(file, 'test')]).toEqual([['log0'], [], ['log1']])
})

test('three logs on one street: the buffer may empty a part, and that is named', () => {
  const tracks = ['a', 'b', 'c'].map((logId) => makeTrack({ logId, points: line(10, 0) }))
  const file = plan(tracks)
  const empty = parts.filter((part) => file.parts[part].frames === 0)
  expect(empty.length).toBe(2)
  expect(file.compromises.filter(({ constraint }) => constraint === 'nonEmpty').length).toBe(2)
  expect(file.leaks).toEqual([])
})

test('frames left out stand in compact ranges, with their number and what they were near to', () => {
  // Train 0 … 59, val 500 … 514, test from 65: its first five frames are 6 … 10 m from train's last.
  const tracks = [
    makeTrack({ logId: 'train', points: line(60, 0) }),
    makeTrack({ logId: 'val', points: line(15, 500) }),
    makeTrack({ logId: 'test', points: line(25, 65) }),
  ]
  const file = plan(tracks)
  expect(file.logs.find(({ logId }) => logId === 'test')).toEqual({
    ...{ logId: 'test', siteId: 'site', rigId: 'rig', sourceHash: 'hash of test', part: 'test', frames: 25 },
    leftOut: null,
    exceptions: [{ reason: 'buffer', part: null, given: 'test', near: 'train', count: 4, frames: [[0, 3]] }],
  })
  expect(file.parts.test).toMatchObject({ frames: 21, logs: 1, leftOut: { buffer: { train: 4 } } })
  const partOf = assignmentOf(file.logs)
  expect([0, 3, 4, 24].map((frame) => partOf('test', frame))).toEqual([null, null, 'test', 'test'])
  expect(partOf('train', 59)).toBe('train')
  expect(partOf('unknown', 0)).toBeNull()
})

test('with mergeNear, logs that meet share a part and no frame is left out', () => {
  const tracks = Array.from({ length: 12 }, (_, i) =>
    makeTrack({ logId: `log${i}`, points: line(10, 0, 1, 100 * (i % 6)) }),
  )
  const file = plan(tracks, { mergeNear: true })
  expect(file.groups.length).toBe(6)
  for (const group of file.groups) expect(group.joins).toMatchObject([{ why: 'near' }])
  expect(parts.map((part) => file.parts[part].leftOut.buffer)).toEqual([{}, {}, {}])
})

test('holdOut is the whole of test', () => {
  const file = plan(
    fleet(new Array(12).fill(10), (i) => ({ rigId: `rig${i % 4}` })),
    { rule: 'rig', holdOut: ['rig2'] },
  )
  expect(logsIn(file, 'test')).toEqual(['log10', 'log2', 'log6'])
  expect(file.parts.val.logs).toBe(3)
})

test('holdOut with one group left: val is cut from it', () => {
  const file = plan(
    fleet(new Array(10).fill(10), (i) => ({ siteId: i < 2 ? 'new' : 'old' })),
    { rule: 'site', holdOut: ['new'] },
  )
  expect(logsIn(file, 'test')).toEqual(['log0', 'log1'])
  expect(parts.map((part) => file.parts[part].logs)).toEqual([6, 2, 2])
  expect(constraints(file)).toContain('rule')
})

test.each([
  [{ rule: 'rig', holdOut: ['typo'] }, "no rig 'typo' (expected rig)"],
  [{ rule: 'rig', holdOut: ['rig'] }, 'leaves nothing to train on'],
  [{ rule: 'town' }, 'log | site | route | rig | date'],
  [{ shares: [0.5, 0.5] }, '3 shares'],
  [{ shares: [0.7, 0.2, 0.2] }, 'sum to 1'],
  [{ shares: [1.2, -0.4, 0.2] }, 'none negative'],
  [{ bufferM: -1 }, 'split.bufferM is negative'],
] as [Partial<SplitConfig>, string][])('%j is refused', (config, message) => {
  expect(() => plan(fleet([5, 5, 5]), config)).toThrow(UsageError)
  expect(() => plan(fleet([5, 5, 5]), config)).toThrow(message)
})

test('a part that is not asked for stays empty without a compromise', () => {
  const file = plan(fleet(new Array(20).fill(10)), { shares: [0.75, 0, 0.25] })
  expect(parts.map((part) => file.parts[part].logs)).toEqual([15, 0, 5])
  expect(file.compromises).toEqual([])
})

test('a log without frames is listed in no part', () => {
  const file = plan(fleet([60, 15, 25, 0]))
  expect(file.logs.find(({ logId }) => logId === 'log3')).toMatchObject({ part: null, frames: 0 })
  expect(() => plan(fleet([0, 0]))).toThrow(DataError)
})
