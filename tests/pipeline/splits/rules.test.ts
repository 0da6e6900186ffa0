import { expect, test } from 'vitest'
import { UsageError } from '../../../pipeline/errors.js'
import { splitDefaults } from '../../../pipeline/splits/config.js'
import { groupLogs } from '../../../pipeline/splits/groups.js'
import { piecesOf } from '../../../pipeline/splits/pieces.js'
import { type RuleName, ruleNamed, rules } from '../../../pipeline/splits/rules.js'
import { line, makeTrack, type TrackFacts } from '../../support/tracks.js'

const limits = { bufferM: 0, mergeNear: false, neighbourS: 0 }

function logOf(facts: Partial<TrackFacts> = {}) {
  const identity = { logId: 'l1', siteId: 's1', routeId: 'r1', rigId: 'v1', date: '2024-05-06', mapVersion: '7' }
  // Frames at x = 90, 95, 100, 105: two tiles of 100 m, one region of 200 m.
  return makeTrack({ ...identity, points: line(4, 90, 5), ...facts })
}

/** What each rule makes of that log; temporal: of its four frames, one each to val and test. */
const expected: Record<RuleName, string[][]> = {
  log: [['l1']],
  site: [['s1']],
  route: [['s1/r1']],
  rig: [['v1']],
  date: [['2024-05-06']],
  map: [['s1/7']],
  tile: [['s1/0,0', 's1/1,0']],
  geographic: [['s1/0,0']],
  temporal: [['s1/train'], ['s1/val'], ['s1/test']],
}

test.each(Object.keys(rules) as RuleName[])('%s names the values of a log, or of its pieces', (name) => {
  const settings = { ...splitDefaults, shares: [0.5, 0.25, 0.25], gapS: 0, neighbourS: 0 }
  const pieces = piecesOf([logOf()], rules[name], settings)
  expect(pieces.map((piece) => rules[name].valuesOf(piece, settings))).toEqual(expected[name])
  expect(rules[name].describe.length).toBeGreaterThan(0)
})

test.each(['date', 'map'] as const)('logs without a %s are one group: they may share it', (name) => {
  const facts = { date: null, mapVersion: null }
  const [a, b] = ['a', 'b'].map((logId) => rules[name].valuesOf(logOf({ ...facts, logId }), splitDefaults))
  expect(a).toEqual(b)
})

test.each(['route', 'map', 'tile'] as const)('a %s of equal name at two sites is two', (name) => {
  const [here, there] = ['s1', 's2'].map((siteId) => rules[name].valuesOf(logOf({ siteId }), splitDefaults))
  expect(there).not.toEqual(here)
})

const fleet = [
  logOf({ logId: 'a', rigId: 'v1', routeId: 'r1' }),
  logOf({ logId: 'b', rigId: 'v1', routeId: 'r2' }),
  logOf({ logId: 'c', rigId: 'v2', routeId: 'r2' }),
  logOf({ logId: 'd', rigId: 'v3', routeId: 'r3', points: line(2, 1000) }),
  // Starts where d ends, in the next tile but one: x = 1190, 1210.
  logOf({ logId: 'e', rigId: 'v4', routeId: 'r4', points: line(2, 1190, 20) }),
  logOf({ logId: 'f', rigId: 'v5', routeId: 'r5', points: line(2, 1205) }),
]

test.each([
  ['rig', ['ab', 'c', 'd', 'e', 'f']],
  ['route', ['a', 'bc', 'd', 'e', 'f']],
  // a and b share a rig, b and c a route.
  [
    ['rig', 'route'],
    ['abc', 'd', 'e', 'f'],
  ],
  ['rig+route', ['a', 'b', 'c', 'd', 'e', 'f']],
  ['tile', ['abc', 'd', 'ef']],
  [
    ['rig+route', 'tile'],
    ['abc', 'd', 'ef'],
  ],
  ['rig, route', ['abc', 'd', 'e', 'f']],
  [['tile+route'], ['a', 'bc', 'd', 'e', 'f']],
] as [string | string[], string[]][])('%j groups the fleet as %j', (names, groups) => {
  const found = groupLogs(fleet, ruleNamed(names), limits)
  expect(found.map(({ tracks }) => tracks.map(({ logId }) => logId).join(''))).toEqual(groups)
})

test('of several rules, the values say whose they are', () => {
  expect(ruleNamed(['rig', 'route+date']).valuesOf(fleet[0], splitDefaults)).toEqual([
    'rig:v1',
    'route+date:s1/r1+2024-05-06',
  ])
})

test.each(['city', 'toString', '', 'rig+', 'rig+city'])("an unknown rule '%s' is refused with the list", (name) => {
  expect(() => ruleNamed(name)).toThrow(UsageError)
  expect(() => ruleNamed(name)).toThrow('log | site | route | rig | date | map | tile | geographic | temporal')
})

test.each([
  [['geographic', 'log'], 'contradict'],
  [['geographic+tile'], 'contradict'],
  [['temporal', 'rig'], 'temporal alone'],
  [['temporal', 'geographic'], 'contradict'],
  [[], 'no split rule'],
] as [string[], string][])('%j is refused', (names, message) => {
  expect(() => ruleNamed(names)).toThrow(UsageError)
  expect(() => ruleNamed(names)).toThrow(message)
})
