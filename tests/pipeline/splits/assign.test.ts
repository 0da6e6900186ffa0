import { expect, test } from 'vitest'
import { stream } from '../../../pipeline/random.js'
import { assignGroups } from '../../../pipeline/splits/assign.js'
import { findEncounters } from '../../../pipeline/splits/encounters.js'
import { type Group, groupLogs } from '../../../pipeline/splits/groups.js'
import { type Part, parts } from '../../../pipeline/splits/part.js'
import { rules } from '../../../pipeline/splits/rules.js'
import type { LogTrack } from '../../../pipeline/splits/tracks.js'
import { line, makeTrack } from '../../support/tracks.js'

const shares = [0.6, 0.15, 0.25]

function assign(tracks: LogTrack[], seed = 1, fixed?: (Part | null)[]): { groups: Group[]; given: Part[] } {
  const groups = groupLogs(tracks, rules.log, { bufferM: 10, mergeNear: false, neighbourS: 10 })
  const sorted = groups.flatMap((group) => group.tracks)
  const encounters = findEncounters(sorted, [...groups.keys()], 10)
  const task = { groups, encounters, shares, fixed: fixed ?? groups.map(() => null), choices: parts }
  return { groups, given: assignGroups(task, stream(seed, 'test')).partOf }
}

function framesIn(part: Part, { groups, given }: ReturnType<typeof assign>): number {
  return groups.reduce((sum, group, i) => sum + (given[i] === part ? group.frames : 0), 0)
}

/** Logs far apart, of given lengths, each with its rig and site. */
function fleet(lengths: number[], tags: (i: number) => { rigId?: string; siteId?: string } = () => ({})): LogTrack[] {
  return lengths.map((count, i) =>
    makeTrack({ logId: `log${String(i).padStart(3, '0')}`, points: line(count, 10_000 * i), ...tags(i) }),
  )
}

test.each([20, 100])('%i equal logs fill the shares exactly', (count) => {
  const result = assign(fleet(new Array(count).fill(4)))
  expect(parts.map((part) => framesIn(part, result) / (4 * count))).toEqual(shares)
})

test('sizes decide, not counts: 60, 15 and 25 frames', () => {
  const result = assign(fleet([15, 25, 60]))
  expect(result.given).toEqual(['val', 'test', 'train'])
})

test('every rig is in train and in test, at the cost of the shares', () => {
  // Rig b has two logs, of 10 and of 50 frames: the smaller one goes to test.
  const tracks = fleet([10, 50, 40, 40, 40], (i) => ({ rigId: i < 2 ? 'b' : 'a' }))
  const { given } = assign(tracks)
  expect(given[0]).toBe('test')
  expect(given[1]).toBe('train')
  expect(given.slice(2).sort()).toEqual(['test', 'train', 'val'])
})

test('twelve sites of three logs each are all in train and in test', () => {
  const result = assign(fleet(new Array(36).fill(5), (i) => ({ siteId: `s${Math.floor(i / 3)}` })))
  for (const part of ['train', 'test'] as const) {
    const sites = result.groups.filter((_, i) => result.given[i] === part).map((group) => group.tracks[0].siteId)
    expect(new Set(sites).size).toBe(12)
  }
})

test('a class that three of thirty logs show is in every part, at next to no cost to the shares', () => {
  const result = assign(
    fleet(new Array(30).fill(10)).map((track, i) => ({
      ...track,
      observedVoxels: { road: 99, bus: i % 10 === 3 ? 5 : 0 },
    })),
  )
  const busIn = result.groups.flatMap(({ tracks }, i) => (tracks[0].observedVoxels!.bus > 0 ? [result.given[i]] : []))
  expect(busIn.sort()).toEqual(['test', 'train', 'val'])
  for (const [i, part] of parts.entries()) expect(Math.abs(framesIn(part, result) / 300 - shares[i])).toBeLessThan(0.02)
})

test('logs of one street go to one part, so that the buffer takes nothing', () => {
  // Five streets 1 km apart, each driven twice on the same line.
  const tracks = Array.from({ length: 10 }, (_, i) =>
    makeTrack({ logId: `log${i}`, points: line(20, 0, 1, 1000 * (i >> 1)) }),
  )
  const { given } = assign(tracks)
  for (let street = 0; street < 5; street++) expect(given[2 * street]).toBe(given[2 * street + 1])
  expect(new Set(given).size).toBe(3)
})

test('settled groups stay where they are', () => {
  const fixed = [null, 'test', null, 'test', null, null] as const
  const { given } = assign(fleet([5, 5, 5, 5, 5, 5]), 1, [...fixed])
  expect(given[1]).toBe('test')
  expect(given[3]).toBe('test')
})

test('the seed decides between assignments of equal cost, and only the seed', () => {
  const tracks = fleet(new Array(20).fill(4))
  const [one, again, other] = [1, 1, 2].map((seed) => assign(tracks, seed).given)
  expect(again).toEqual(one)
  expect(other).not.toEqual(one)
})
