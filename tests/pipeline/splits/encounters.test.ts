import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Encounter, findEncounters } from '../../../pipeline/splits/encounters.js'
import { line, makeTrack } from '../../support/tracks.js'

const seed = 99

/** Frames of `group` near `other`, over all encounters. */
function framesNear(encounters: Encounter[], group: number, other: number): number {
  const mine = encounters.filter((encounter) => encounter.group === group && encounter.near.includes(other))
  return mine.reduce((sum, { frames }) => sum + frames, 0)
}

test('counts the frames of each group near the other', () => {
  // a: x = 0 … 9; b: x = 15, 16. Nearer than 10 m to b are a's x = 6 … 9; both frames of b are near a.
  const tracks = [makeTrack({ logId: 'a', points: line(10, 0) }), makeTrack({ logId: 'b', points: line(2, 15) })]
  const encounters = findEncounters(tracks, [0, 1], 10)
  expect(framesNear(encounters, 0, 1)).toBe(4)
  expect(framesNear(encounters, 1, 0)).toBe(2)
})

test('a frame that is near to several groups is in one encounter with all of them', () => {
  const tracks = ['a', 'b', 'c'].map((logId) => makeTrack({ logId, points: [[0, 0]] }))
  expect(findEncounters(tracks, [0, 1, 2], 10)).toEqual([
    { group: 0, frames: 1, near: [1, 2] },
    { group: 1, frames: 1, near: [0, 2] },
    { group: 2, frames: 1, near: [0, 1] },
  ])
})

test('frames that are near to the same groups are one encounter, wherever they stand', () => {
  // Two logs side by side for 300 m, much longer than a cell.
  const tracks = ['a', 'b'].map((logId, i) => makeTrack({ logId, points: line(300, 0, 1, 2 * i) }))
  expect(findEncounters(tracks, [0, 1], 10)).toEqual([
    { group: 0, frames: 300, near: [1] },
    { group: 1, frames: 300, near: [0] },
  ])
})

test('equal coordinates at two sites are not near: their frames are unrelated', () => {
  const tracks = ['s1', 's2'].map((siteId) => makeTrack({ logId: siteId, siteId, points: line(3, 0) }))
  expect(findEncounters(tracks, [0, 1], 10)).toEqual([])
})

test('without a buffer nothing is near', () => {
  const tracks = ['a', 'b'].map((logId) => makeTrack({ logId, points: line(3, 0) }))
  expect(findEncounters(tracks, [0, 1], 0)).toEqual([])
})

test(`agrees with comparing all frames with all (seed ${seed})`, () => {
  const coordinate = fc.double({ min: -30, max: 30, noNaN: true })
  const points = fc.array(fc.tuple(coordinate, coordinate), { maxLength: 8 })
  const fleet = fc.array(fc.record({ points, siteId: fc.constantFrom('s1', 's2'), group: fc.nat(3) }), { maxLength: 6 })
  const property = fc.property(fleet, fc.constantFrom(0.3, 5, 12), (logs, bufferM) => {
    const tracks = logs.map((log, i) => makeTrack({ ...log, logId: `${i}` }))
    const places = logs.flatMap(({ group, siteId, points: all }) => all.map(([x, y]) => ({ group, siteId, x, y })))
    const encounters = findEncounters(
      tracks,
      logs.map(({ group }) => group),
      bufferM,
    )
    for (let group = 0; group < 4; group++)
      for (let other = 0; other < 4; other++) {
        const near = places.filter(
          (a) =>
            a.group === group &&
            places.some(
              (b) => b.group === other && b.siteId === a.siteId && (a.x - b.x) ** 2 + (a.y - b.y) ** 2 < bufferM ** 2,
            ),
        )
        expect(framesNear(encounters, group, other)).toBe(group === other ? 0 : near.length)
      }
  })
  fc.assert(property, { seed, numRuns: 200 })
})
