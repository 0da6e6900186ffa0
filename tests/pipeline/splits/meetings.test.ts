import { expect, test } from 'vitest'
import { stream } from '../../../pipeline/random.js'
import { findLeaks } from '../../../pipeline/splits/findLeaks.js'
import type { SplitLimits } from '../../../pipeline/splits/leakRules.js'
import { meetingRules, meetings } from '../../../pipeline/splits/meetings.js'
import { pick } from '../../../pipeline/splits/pieces.js'
import { line, makeTrack } from '../../support/tracks.js'

const limits: SplitLimits = { bufferM: 10, neighbourS: 10, cutsLogs: false }
/** Ten frames, 0 … 9 m, at 100.0 … 100.9 s. */
const mine = makeTrack({ logId: 'mine', points: line(10, 0), startS: 100 })
const far = (facts: Partial<Parameters<typeof makeTrack>[0]> = {}) =>
  makeTrack({ logId: 'far', points: line(10, 1000), ...facts })
const rulesFound = (...args: Parameters<typeof meetings>) => meetings(...args).map(({ rule }) => rule)

test('another log at another place and time meets nothing', () => {
  expect(meetings([mine], [far()], limits)).toEqual([])
})

test('no frames on either side meet nothing', () => {
  expect(meetings([], [mine], limits)).toEqual([])
  expect(meetings([mine], [], limits)).toEqual([])
  expect(meetings([mine], [pick(mine, [])], limits)).toEqual([])
})

test('the very same frames are named: those of the log that were trained on', () => {
  const [first] = meetings([pick(mine, [0, 1, 2, 3])], [pick(mine, [3, 4, 5])], limits)
  expect(first).toEqual({
    rule: 'same-frame',
    trained: { logId: 'mine', frameIndex: 3 },
    scored: { logId: 'mine', frameIndex: 3 },
    frames: 1,
    distanceM: 0,
    gapS: 0,
  })
})

test('other frames of one log meet, far apart in place and in time or not', () => {
  const log = far({ stepS: 60, points: line(10, 0, 100) })
  expect(rulesFound([pick(log, [0])], [pick(log, [9])], limits)).toEqual(['same-log'])
})

test('under a split that cuts logs, frames of one log are judged by place and time alone', () => {
  const cut = { ...limits, cutsLogs: true }
  const log = far({ stepS: 60, points: line(10, 0, 100) })
  expect(meetings([pick(log, [0])], [pick(log, [9])], cut)).toEqual([])
  expect(rulesFound([pick(log, [0])], [pick(log, [0])], cut)).toContain('same-frame')
  const slow = far({ stepS: 60 })
  expect(rulesFound([pick(slow, [0])], [pick(slow, [9])], cut)).toEqual(['near'])
  const quick = far({ stepS: 1, points: line(10, 0, 100) })
  expect(rulesFound([pick(quick, [0])], [pick(quick, [9])], cut)).toEqual(['drive'])
})

test('a log that was copied under another name meets its original', () => {
  const copy = far({ logId: 'copy', sourceHash: mine.sourceHash, siteId: 'elsewhere' })
  const [only, ...rest] = meetings([mine], [copy], limits)
  expect(rest).toEqual([])
  expect(only).toMatchObject({ rule: 'same-source', trained: { logId: 'mine' }, scored: { logId: 'copy' }, frames: 10 })
})

test('logs of one id whose sources are known to differ are two logs: ids of two datasets may coincide', () => {
  expect(meetings([mine], [far({ logId: 'mine', sourceHash: 'another' })], limits)).toEqual([])
  expect(rulesFound([mine], [far({ logId: 'mine', sourceHash: '' })], limits)).toEqual(['same-log'])
})

test('frames nearer than the buffer meet, counted on the scored side; at the buffer they do not', () => {
  // 19 and 18 … 10 m: of these 18 … 10 lie nearer than 10 m to the last trained frame, at 9 m.
  const other = makeTrack({ logId: 'other', points: line(10, 10) })
  const [only, ...rest] = meetings([mine], [other], limits)
  expect(rest).toEqual([])
  expect(only).toMatchObject({
    rule: 'near',
    trained: { logId: 'mine', frameIndex: 9 },
    scored: { logId: 'other', frameIndex: 0 },
    frames: 9,
    distanceM: 1,
  })
  expect(meetings([mine], [makeTrack({ logId: 'other', points: line(10, 19) })], limits)).toEqual([])
  expect(meetings([mine], [other], { ...limits, bufferM: 0 })).toEqual([])
  expect(meetings([mine], [{ ...other, siteId: 'elsewhere' }], limits)).toEqual([])
})

test('frames of one drive meet: same rig and site, hardly a pause between', () => {
  const next = (startS: number, rigId = 'rig') => far({ startS, rigId })
  expect(meetings([mine], [next(110.8)], limits)).toMatchObject([{ rule: 'drive', gapS: 9.9 }])
  expect(meetings([mine], [next(110.9)], limits)).toEqual([])
  expect(meetings([mine], [next(102, 'other rig')], limits)).toEqual([])
  expect(meetings([mine], [next(102)], { ...limits, neighbourS: 0 })).toEqual([])
})

test('the rules in force are those that the limits leave', () => {
  expect(meetingRules(limits)).toEqual(['same-frame', 'same-log', 'same-source', 'near', 'drive'])
  expect(meetingRules({ bufferM: 0, neighbourS: 0, cutsLogs: true })).toEqual(['same-frame'])
})

test.each([1, 2, 3, 4, 5])('logs of a fleet meet where a split into the same two parts leaks (seed %i)', (seed) => {
  const rng = stream(seed, 'meetings')
  const fleet = Array.from({ length: 12 }, (_, i) =>
    makeTrack({
      logId: `log ${i}`,
      points: line(8, 400 * rng.float(), 1, 20 * rng.float()),
      sourceHash: `source ${Math.floor(11 * rng.float())}`,
      startS: 1000 * rng.float(),
      rigId: rng.float() < 0.5 ? 'a' : 'b',
    }),
  )
  const trained = fleet.filter(() => rng.float() < 0.5)
  const scored = fleet.filter((log) => !trained.includes(log))
  const leaks = findLeaks(fleet, (logId) => (trained.some((log) => log.logId === logId) ? 'train' : 'test'), limits)
  const named = (rule: string, one: string, other: string, frames: number) => `${rule}: ${one}, ${other} (${frames})`
  expect(leaks.length).toBeGreaterThan(0)
  expect(
    meetings(trained, scored, limits)
      .map((m) => named(m.rule, m.trained.logId, m.scored.logId, m.frames))
      .sort(),
  ).toEqual(leaks.map(({ kind, sides: [a, b] }) => named(kind, a.logId, b.logId, b.count)).sort())
})
