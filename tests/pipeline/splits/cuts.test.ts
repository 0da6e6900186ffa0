import { expect, test } from 'vitest'
import { DataError } from '../../../pipeline/errors.js'
import { assignmentOf } from '../../../pipeline/splits/assignmentOf.js'
import { type SplitConfig, splitDefaults } from '../../../pipeline/splits/config.js'
import { leaveOut } from '../../../pipeline/splits/leaveOut.js'
import { type Part, parts } from '../../../pipeline/splits/part.js'
import { piecesOf } from '../../../pipeline/splits/pieces.js'
import { planSplit } from '../../../pipeline/splits/planSplit.js'
import { rules } from '../../../pipeline/splits/rules.js'
import type { LogTrack } from '../../../pipeline/splits/tracks.js'
import { line, makeTrack } from '../../support/tracks.js'

const plan = (tracks: LogTrack[], config: Partial<SplitConfig>) =>
  planSplit(tracks, { ...splitDefaults, bufferM: 0, neighbourS: 0, ...config }, 1)

/** Part of each frame, a letter a frame: t, v, e (test), - (left out). */
function letters(tracks: LogTrack[], config: Partial<SplitConfig>): string[] {
  const partOf = assignmentOf(plan(tracks, config).logs)
  const letter = { train: 't', val: 'v', test: 'e' }
  return tracks.map(({ logId, frameIndex }) =>
    [...frameIndex].map((frame) => letter[partOf(logId, frame)!] ?? '-').join(''),
  )
}

/** Train on either side of the border, the three frames beside it left out of test. */
const eitherWay = ['tttttttttttttttttttt---eeeeeeeeeeeeeeeee', 'eeeeeeeeeeeeeeeee---tttttttttttttttttttt']

const everySecond = (logId: string, startS: number, count: number, facts = {}) =>
  makeTrack({ logId, points: line(count, 0), startS, stepS: 1, ...facts })

test('temporal: one log, cut by its shares', () => {
  const log = everySecond('a', 0, 20)
  expect(letters([log], { rule: 'temporal', shares: [0.5, 0.25, 0.25], gapS: 0 })).toEqual(['ttttttttttvvvvveeeee'])
})

test('temporal: gaps of 3 s take two frames each, and what is left has its shares', () => {
  const log = everySecond('a', 0, 20)
  const config = { rule: 'temporal', shares: [0.5, 0.25, 0.25], gapS: 3 }
  expect(letters([log], config)).toEqual(['tttttttt--vvvv--eeee'])
  const { parts: facts, cutLogs, logs, leaks } = plan([log], config)
  expect(parts.map((part) => facts[part].got)).toEqual([0.5, 0.25, 0.25])
  // Val gives way on both sides.
  expect(facts.val.leftOut).toEqual({ buffer: {}, gap: { train: 2, test: 2 } })
  expect([cutLogs, leaks]).toEqual([1, []])
  expect(logs[0].exceptions).toEqual([
    { reason: 'gap', part: null, given: 'val', near: 'train', count: 2, frames: [[8, 9]] },
    { reason: 'cut', part: 'val', given: 'val', near: null, count: 4, frames: [[10, 13]] },
    { reason: 'gap', part: null, given: 'val', near: 'test', count: 2, frames: [[14, 15]] },
    { reason: 'cut', part: 'test', given: 'test', near: null, count: 4, frames: [[16, 19]] },
  ])
})

test('temporal: each site has its own times, and all its logs share them', () => {
  const tracks = [
    everySecond('a', 0, 8),
    everySecond('b', 4, 8, { rigId: 'r2' }),
    everySecond('c', 1000, 8, { siteId: 's2' }),
  ]
  // At the first site 16 frames: 8 are before 6 s (0 … 5 of a, 4 and 5 of b).
  const config = { rule: 'temporal', shares: [0.5, 0, 0.5], gapS: 0 }
  expect(letters(tracks, config)).toEqual(['tttttte' + 'e', 'tteeeeee', 'tttteeee'])
})

test('temporal: neighbourS holds for a rig even where gapS is shorter', () => {
  const log = everySecond('a', 0, 12)
  const config = { rule: 'temporal', shares: [0.5, 0, 0.5], gapS: 0, neighbourS: 3 }
  expect(letters([log], config)).toEqual(['ttttt--eeeee'])
})

test('geographic: frames go where their region goes, whichever log they are of', () => {
  // Two logs drive the same 400 m; regions of 100 m.
  const tracks = ['a', 'b'].map((logId, i) => makeTrack({ logId, points: line(40, 0, 10, i) }))
  const file = plan(tracks, { rule: 'geographic', regionM: 100, shares: [0.5, 0.25, 0.25] })
  expect(parts.map((part) => file.parts[part].frames)).toEqual([40, 20, 20])
  expect(file.groups.map(({ values, logs, frames }) => [values, logs, frames])).toEqual(
    [0, 1, 2, 3].map((column) => [[`site/${column},0`], ['a', 'b'], 20]),
  )
  expect(file.cutLogs).toBe(2)
  expect(file.leaks).toEqual([])
  const partOf = assignmentOf(file.logs)
  for (let frame = 0; frame < 40; frame++) expect(partOf('a', frame)).toBe(partOf('b', frame))
})

test('geographic: the buffer is left out on the side that gives way, and counted', () => {
  // x = 0 … 390 in steps of 10: two regions of 200 m; train ends or starts at the border.
  const log = makeTrack({ logId: 'a', points: line(40, 0, 10), stepS: 60 })
  const config = { rule: 'geographic', regionM: 200, shares: [0.5, 0, 0.5], bufferM: 35, neighbourS: 10 }
  const [word] = letters([log], config)
  // Of the test frames, those at 10, 20 and 30 m from the last training frame go.
  expect(eitherWay).toContain(word)
  expect(plan([log], config).parts.test.leftOut).toEqual({ buffer: { train: 3 }, gap: {} })
})

test('geographic: frames of one rig just after one another are left out, too', () => {
  const log = makeTrack({ logId: 'a', points: line(40, 0, 10), stepS: 1 })
  const config = { rule: 'geographic', regionM: 200, shares: [0.5, 0, 0.5], bufferM: 5, neighbourS: 4 }
  const [word] = letters([log], config)
  expect(eitherWay).toContain(word)
  expect(plan([log], config).parts.test.leftOut).toEqual({ buffer: {}, gap: { train: 3 } })
})

test('geographic: a region can be held out', () => {
  const log = makeTrack({ logId: 'a', points: line(40, 0, 10) })
  const [word] = letters([log], { rule: 'geographic', regionM: 100, holdOut: ['site/2,0'] })
  expect(word.slice(20, 30)).toBe('e'.repeat(10))
  expect(word.slice(0, 20) + word.slice(30)).not.toContain('e')
})

test('geographic: a copy at another site goes, frame by frame, where the original goes', () => {
  const copies = ['s1', 's2'].map((siteId) =>
    makeTrack({ logId: siteId, siteId, points: line(40, 0, 10), sourceHash: 'one source' }),
  )
  const file = plan(copies, { rule: 'geographic', regionM: 100, shares: [0.5, 0.25, 0.25] })
  expect(file.groups.map(({ logs, joins }) => [logs, joins.map(({ why }) => why)])).toEqual(
    new Array(4).fill([['s1', 's2'], ['source']]),
  )
})

test('val does not give way in time to a test frame that the buffer takes', () => {
  const track = (logId: string, xM: number, startS: number, rigId = 'r1') =>
    makeTrack({ logId, points: [[xM, 0]], startS, rigId })
  // Test stands 5 m from train, so it goes; val drove 1 s after test, but nothing of it is left.
  const tracks = [track('train', 0, 0, 'r2'), track('test', 5, 100), track('val', 900, 101)]
  const pieces = piecesOf(tracks, rules.geographic, splitDefaults)
  const partOf = new Map(pieces.map(({ logId, whole }) => [logId, whole.logId as Part]))
  const losses = leaveOut(pieces, partOf, { ...splitDefaults, rule: 'geographic' }, 'train')
  expect([...losses]).toEqual([['test@0', new Map([[0, { reason: 'buffer', near: 'train' }]])]])
})

test('pieces keep the rows of their log, and a name that is taken is refused', () => {
  const log = makeTrack({ logId: 'a', points: [...line(2, 0), ...line(2, 150), ...line(2, 2)] })
  const pieces = piecesOf([log], rules.geographic, { ...splitDefaults, regionM: 100 })
  expect(pieces.map(({ logId, rows, region }) => [logId, [...rows], region])).toEqual([
    ['a@0', [0, 1, 4, 5], 'site/0,0'],
    ['a@2', [2, 3], 'site/1,0'],
  ])
  const namesake = makeTrack({ logId: 'a@2', points: line(1, 0) })
  expect(() => piecesOf([log, namesake, { ...namesake }], rules.geographic, splitDefaults)).toThrow(DataError)
})
