import { expect, test } from 'vitest'
import { DataError, UsageError } from '../../../pipeline/errors.js'
import { assignmentOf } from '../../../pipeline/splits/assignmentOf.js'
import { type SplitConfig, splitDefaults } from '../../../pipeline/splits/config.js'
import { type OfficialName, officialLists, officialPartOf } from '../../../pipeline/splits/official/officialLists.js'
import { parts } from '../../../pipeline/splits/part.js'
import { planSplit } from '../../../pipeline/splits/planSplit.js'
import type { LogTrack } from '../../../pipeline/splits/tracks.js'
import { line, makeTrack } from '../../support/tracks.js'

const sizes: Record<OfficialName, number[]> = {
  nuscenes: [700, 150, 150],
  nuscenesMini: [8, 2, 0],
  argoverse2: [700, 150, 150],
  semantickitti: [10, 1, 11],
}

test.each(Object.entries(sizes))('%s has as many names as its authors say, each once', (name, counts) => {
  const list = officialLists[name as OfficialName]
  expect(parts.map((part) => list[part].length)).toEqual(counts)
  const all = parts.flatMap((part) => list[part])
  expect(new Set(all).size).toBe(all.length)
  const shape =
    { nuscenes: /^scene-\d{4}$/, argoverse2: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/ }[name] ??
    /^(scene-\d{4}|\d\d)$/
  for (const known of all) expect(known).toMatch(shape)
})

test.each([
  ['nuscenes', 'scene-0061', 'train'],
  ['nuscenes', 'nuscenes-scene-0003', 'val'],
  ['nuscenes', 'scene-0077', 'test'],
  // nuScenes' mini split trains on two scenes that the full one validates on.
  ['nuscenes', 'scene-0553', 'val'],
  ['nuscenesMini', 'nuscenes-scene-0553', 'train'],
  ['argoverse2', '02678d04-cc9f-3148-9f95-1ba66347dff9', 'val'],
  ['argoverse2', '7fab2350-7eaf-3b7e-a39d-6937a4c1bede', 'val'],
  ['semantickitti', 'semantickitti-08', 'val'],
  ['semantickitti', '07', 'train'],
  ['semantickitti', '11', 'test'],
  ['semantickitti', '22', null],
  ['semantickitti', 'mine-08', null],
  ['nuscenes', 'scene-00610', null],
] as [string, string, string | null][])('%s puts %s into %s', (name, logId, part) => {
  expect(officialPartOf(name)(logId)).toBe(part)
})

const kitti = ['semantickitti-00', 'semantickitti-08', 'semantickitti-11', 'mine'].map((logId, i) =>
  makeTrack({ logId, points: line(10, 1000 * i) }),
)
const plan = (tracks: LogTrack[], config: Partial<SplitConfig> = {}) =>
  planSplit(tracks, { ...splitDefaults, official: 'semantickitti', ...config }, 1)

test('the list decides; a log that it does not know is left out, with the reason', () => {
  const file = plan(kitti)
  expect(file.logs.map(({ logId, part }) => [logId, part])).toEqual([
    ['mine', null],
    ['semantickitti-00', 'train'],
    ['semantickitti-08', 'val'],
    ['semantickitti-11', 'test'],
  ])
  expect(file.logs[0].leftOut).toBe('the official split semantickitti does not know it')
  expect(file.rule).toBe('official semantickitti')
  expect(parts.map((part) => file.parts[part].frames)).toEqual([10, 10, 10])
  expect(file.parts.train.asked).toBeCloseTo(10 / 22, 12)
  expect([file.compromises, file.leaks]).toEqual([[], []])
})

test('no buffer is drawn: what the list leaks stands in the leaks', () => {
  // Sequence 08 drives 4 m beside 00, and 11 is a copy of 00.
  const tracks = [
    makeTrack({ logId: 'semantickitti-00', points: line(10, 0), sourceHash: 'x' }),
    makeTrack({ logId: 'semantickitti-08', points: line(10, 0, 1, 4) }),
    makeTrack({ logId: 'semantickitti-11', points: line(10, 5000), sourceHash: 'x' }),
  ]
  const file = plan(tracks)
  expect(file.leaks.map(({ kind, sides }) => [kind, sides.map(({ part, count }) => `${count} ${part}`)])).toEqual([
    ['same-source', ['10 train', '10 test']],
    ['near', ['10 train', '10 val']],
  ])
  expect(assignmentOf(file.logs)('semantickitti-11', 9)).toBe('test')
  expect(file.groups.map(({ name, part }) => [name, part])).toEqual([
    ['semantickitti-00', 'train'],
    ['semantickitti-08', 'val'],
    ['semantickitti-11', 'test'],
  ])
})

test('a part that the data lacks is named', () => {
  expect(plan(kitti.slice(0, 2)).compromises.map(({ what }) => what)).toEqual(['test is empty: no log is in that list'])
})

test('refused: an unknown list, a list that knows no log, a list with a rule', () => {
  expect(() => plan(kitti, { official: 'kitti' })).toThrow('nuscenes | nuscenesMini | argoverse2 | semantickitti')
  expect(() => plan([kitti[3]])).toThrow(DataError)
  expect(() => plan(kitti, { rule: 'route' })).toThrow(UsageError)
  expect(() => plan(kitti, { holdOut: ['x'] })).toThrow('the list decides')
})
