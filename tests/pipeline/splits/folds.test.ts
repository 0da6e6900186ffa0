import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { UsageError } from '../../../pipeline/errors.js'
import { readManifest } from '../../../pipeline/manifest.js'
import { assignmentOf } from '../../../pipeline/splits/assignmentOf.js'
import { type SplitConfig, splitDefaults } from '../../../pipeline/splits/config.js'
import { foldShares } from '../../../pipeline/splits/folds.js'
import { planSplit } from '../../../pipeline/splits/planSplit.js'
import { readSplit } from '../../../pipeline/splits/readSplit.js'
import { foldsNamed, splitFolds } from '../../../pipeline/splits/splitFolds.js'
import type { LogTrack } from '../../../pipeline/splits/tracks.js'
import { writeDataset } from '../../support/dataset.js'
import { fleets, settings } from '../../support/fleets.js'
import { tempFolder } from '../../support/tempFolder.js'
import { line, makeTrack } from '../../support/tracks.js'

const seed = 1618

/** Twelve logs of 10 frames, a kilometre apart, of four rigs. */
const fleet = Array.from({ length: 12 }, (_, i) =>
  makeTrack({ logId: `log${i}`, rigId: `rig${i % 4}`, points: line(10, 1000 * i) }),
)

function folds(tracks: LogTrack[], of: number | 'each', config: Partial<SplitConfig> = {}) {
  const all = { ...splitDefaults, ...config }
  const first = planSplit(tracks, all, 1, { fold: { index: 0, of } })
  const others = Array.from({ length: first.fold!.of - 1 }, (_, i) =>
    planSplit(tracks, all, 1, { fold: { index: i + 1, of } }),
  )
  return [first, ...others]
}

test('four folds of equal logs: every log is tested once, val is a fifth of what is left', () => {
  const plans = folds(fleet, 4)
  expect(plans.map(({ parts }) => parts.test.frames)).toEqual([30, 30, 30, 30])
  expect(plans.map(({ parts }) => parts.val.frames)).toEqual([20, 20, 20, 20])
  const tested = plans.flatMap(({ logs }) => logs.filter(({ part }) => part === 'test').map(({ logId }) => logId))
  expect(tested.sort()).toEqual(fleet.map(({ logId }) => logId).sort())
  expect(plans.map(({ fold }) => [fold!.index, fold!.of])).toEqual([
    [0, 4],
    [1, 4],
    [2, 4],
    [3, 4],
  ])
})

test('each: leave one rig out, and the fold says which', () => {
  const plans = folds(fleet, 'each', { rule: 'rig' })
  expect(plans.map(({ fold }) => fold!.values)).toEqual([['rig0'], ['rig1'], ['rig2'], ['rig3']])
  for (const [i, { logs }] of plans.entries())
    expect(
      logs
        .filter(({ part }) => part === 'test')
        .map(({ logId }) => logId)
        .sort(),
    ).toEqual([`log${i}`, `log${i + 4}`, `log${i + 8}`].sort())
})

test('each, where the rule gives way for want of groups: as many folds as groups', () => {
  const rigs = fleet.map((track) => ({ ...track, rigId: track.rigId === 'rig0' ? 'a' : 'b' }))
  const plans = folds(rigs, 'each', { rule: 'rig' })
  expect(plans.map(({ fold, parts }) => [fold!.of, fold!.values, parts.test.frames])).toEqual([
    [2, ['a'], 30],
    [2, ['b'], 90],
  ])
  for (const { compromises } of plans) expect(compromises.map(({ constraint }) => constraint)).toContain('rule')
})

test('where two parts come too near, the test frame stays', () => {
  // Two logs on one line: x = 0 … 9 and 14 … 23; 3 … 9 and 14 … 18 … are nearer than 10 m to the other.
  const tracks = [
    makeTrack({ logId: 'a', points: line(10, 0) }),
    makeTrack({ logId: 'b', points: line(10, 14) }),
    makeTrack({ logId: 'c', points: line(10, 5000) }),
  ]
  for (const plan of folds(tracks, 3)) {
    expect(plan.parts.test).toMatchObject({ frames: 10, leftOut: { buffer: {}, gap: {} } })
    expect(plan.leaks).toEqual([])
  }
  // b's x = 14 … 18 lie nearer than 10 m to a's last frame, at 9.
  const ofA = folds(tracks, 'each').find(({ fold }) => fold!.values[0] === 'a')!
  expect(ofA.logs.find(({ logId }) => logId === 'b')!.exceptions).toMatchObject([{ near: 'test', frames: [[0, 4]] }])
  expect(ofA.policies.buffer).toContain('test keeps its frames; train loses')
})

test(`of any fleet, test parts are disjoint and together complete, and nothing leaks (seed ${seed})`, () => {
  let made = 0
  const cases = fc.record({ tracks: fleets(10), config: settings, of: fc.constantFrom(2, 3, 'each' as const) })
  const property = fc.property(cases, ({ tracks, config, of }) => {
    if (config.rule === 'temporal') return
    let plans: ReturnType<typeof folds>
    try {
      plans = folds(tracks, of, config)
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError)
      expect((error as Error).message).toContain('groups')
      return
    }
    made++
    const assignments = plans.map(({ logs }) => assignmentOf(logs))
    for (const { logId, frameIndex } of tracks)
      for (const frame of frameIndex)
        expect(assignments.filter((partOf) => partOf(logId, frame) === 'test').length).toBe(1)
    for (const { leaks } of plans) expect(leaks).toEqual([])
  })
  fc.assert(property, { seed, numRuns: 100 })
  expect(made).toBeGreaterThan(40)
})

test('shares of a fold: a quarter is tested, the rest is parted as asked', () => {
  expect(foldShares({ shares: [0.6, 0.2, 0.2] }, 4)).toEqual([0.5625, 0.1875, 0.25])
  expect(foldShares({ shares: [0, 0, 1] }, 2)).toEqual([0.5, 0, 0.5])
})

test('folds are ordinary split folders, the same for the same plan', async () => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const dir = tempFolder()
  const [dataset, out] = [join(dir, 'dataset'), join(dir, 'folds')]
  await writeDataset(dataset, fleet)
  const options = { dataset, out, config: { ...splitDefaults, rule: 'rig' }, seed: 1, replace: false }
  const manifests = await splitFolds(options, 'each')
  const again = await splitFolds({ ...options, out: `${out}-2` }, 'each')
  expect(again.map(({ hash }) => hash)).toEqual(manifests.map(({ hash }) => hash))
  expect(new Set(manifests.map(({ hash }) => hash)).size).toBe(4)
  const second = await readSplit(join(out, 'fold-1'))
  expect(second.logs('test')).toEqual(['log1', 'log5', 'log9'])
  expect((await readManifest(join(out, 'fold-1'))).config).toMatchObject({ fold: 1, folds: 'each' })
  expect(existsSync(join(out, 'fold-4'))).toBe(false)
  vi.restoreAllMocks()
})

test.each([
  [13, {}, 'each, or 2 to 12, the number of groups'],
  [1, {}, '2 to 12'],
  [2, { rule: 'site' }, 'at least two groups'],
  [2, { rule: 'temporal' }, 'time decides'],
  [2, { holdOut: ['log0'] }, '--holdOut'],
] as [number, Partial<SplitConfig>, string][])('%i folds with %j are refused', (of, config, message) => {
  expect(() => folds(fleet, of, config)).toThrow(UsageError)
  expect(() => folds(fleet, of, config)).toThrow(message)
})

test.each(['0', '-1', '2.5', 'all', ''])("--folds '%s' is refused", (text) => {
  expect(() => foldsNamed(text)).toThrow(UsageError)
  expect([foldsNamed('each'), foldsNamed('5')]).toEqual(['each', 5])
})
