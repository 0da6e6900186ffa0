import { expect, test } from 'vitest'
import { groupLogs } from '../../../pipeline/splits/groups.js'
import { rules } from '../../../pipeline/splits/rules.js'
import type { LogTrack } from '../../../pipeline/splits/tracks.js'
import { line, makeTrack } from '../../support/tracks.js'

const limits = { bufferM: 10, mergeNear: false, neighbourS: 10 }

function namesOf(tracks: LogTrack[], rule = rules.log, some: Partial<typeof limits> = {}): string[][] {
  return groupLogs(tracks, rule, { ...limits, ...some }).map((group) => group.tracks.map((track) => track.logId))
}

const far = (logId: string, i: number, facts = {}) => makeTrack({ logId, points: line(3, 1000 * i), ...facts })

test('by log, logs that touch nowhere stay alone', () => {
  expect(namesOf([far('b', 1), far('a', 2)])).toEqual([['a'], ['b']])
})

test('by site, all logs of a site are one group, named by the first log', () => {
  const tracks = [far('c', 0, { siteId: 's2' }), far('b', 1, { siteId: 's1' }), far('a', 2, { siteId: 's2' })]
  const groups = groupLogs(tracks, rules.site, limits)
  expect(groups.map(({ name, values, frames }) => ({ name, values, frames }))).toEqual([
    { name: 'a', values: ['s2'], frames: 6 },
    { name: 'b', values: ['s1'], frames: 3 },
  ])
})

test('logs of equal source hash are united, and with them their groups', () => {
  const tracks = [
    far('a', 0, { siteId: 's1', sourceHash: 'x' }),
    far('b', 1, { siteId: 's2', sourceHash: 'x' }),
    far('c', 2, { siteId: 's2' }),
    far('d', 3, { siteId: 's3' }),
  ]
  const groups = groupLogs(tracks, rules.site, limits)
  expect(groups.map((group) => group.values)).toEqual([['s1', 's2'], ['s3']])
  expect(groups[0].joins).toEqual([{ why: 'source', logs: ['a', 'b'] }])
})

test('an empty source hash says nothing', () => {
  expect(namesOf([far('a', 0, { sourceHash: '' }), far('b', 1, { sourceHash: '' })])).toEqual([['a'], ['b']])
})

test('a drive cut into logs is put together again: the pause counts from the end of the longest log so far', () => {
  const tracks = [
    // 0 … 20 s, one inside it that ends early, and one that follows 9.9 s after the first one's end.
    far('a', 0, { startS: 0, stepS: 10 }),
    far('b', 1, { startS: 1, stepS: 1 }),
    far('c', 2, { startS: 29.9, stepS: 1 }),
    // Ends at 31.9; exactly 10 s later is another drive.
    far('d', 3, { startS: 41.9, stepS: 1 }),
  ]
  expect(namesOf(tracks)).toEqual([['a', 'b', 'c'], ['d']])
  expect(namesOf(tracks, rules.log, { neighbourS: 0 })).toEqual([['a'], ['b'], ['c'], ['d']])
})

test('another rig, or the same rig at another site, is another drive', () => {
  const at = { startS: 5 }
  expect(
    namesOf([far('a', 0, at), far('b', 1, { ...at, rigId: 'other' }), far('c', 2, { ...at, siteId: 's2' })]),
  ).toEqual([['a'], ['b'], ['c']])
})

test('tracks within the buffer are united only when asked, and only within a site', () => {
  const tracks = [
    makeTrack({ logId: 'a', points: line(5, 0) }),
    makeTrack({ logId: 'b', points: line(5, 0, 1, 9.5) }),
    makeTrack({ logId: 'c', points: line(5, 0, 1, 19.5) }),
    makeTrack({ logId: 'd', points: line(5, 0), siteId: 'elsewhere' }),
  ]
  expect(namesOf(tracks)).toEqual([['a'], ['b'], ['c'], ['d']])
  // c lies exactly 10 m from b: not nearer than the buffer.
  expect(namesOf(tracks, rules.log, { mergeNear: true })).toEqual([['a', 'b'], ['c'], ['d']])
  expect(namesOf(tracks, rules.log, { mergeNear: true, bufferM: 10.01 })).toEqual([['a', 'b', 'c'], ['d']])
})
