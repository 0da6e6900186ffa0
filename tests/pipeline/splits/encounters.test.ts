import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stream } from '../../../pipeline/random.js'
import { findEncounters, mostAround } from '../../../pipeline/splits/encounters.js'
import { framesNear } from '../../support/framesNear.js'
import { line, makeTrack } from '../../support/tracks.js'

const seed = 99

test('counts the frames of each group near the other', () => {
  // a: x = 0 … 9; b: x = 15, 16. Nearer than 10 m to b are a's x = 6 … 9; both frames of b are near a.
  const tracks = [makeTrack({ logId: 'a', points: line(10, 0) }), makeTrack({ logId: 'b', points: line(2, 15) })]
  const encounters = findEncounters(tracks, [0, 1], 10)
  expect(framesNear(encounters, 0, 1)).toBe(4)
  expect(framesNear(encounters, 1, 0)).toBe(2)
})

test('a frame that is near to several groups is in one encounter with all of them', () => {
  const tracks = ['a', 'b', 'c'].map((logId) => makeTrack({ logId, points: [[0, 0]] }))
  expect(findEncounters(tracks, [0, 1, 2], 10)).toEqual([{ near: [0, 1, 2], groups: [0, 1, 2], frames: [1, 1, 1] }])
})

test('frames that are near to the same groups are one encounter, wherever they stand', () => {
  // Two logs side by side for 300 m, much longer than a cell.
  const tracks = ['a', 'b'].map((logId, i) => makeTrack({ logId, points: line(300, 0, 1, 2 * i) }))
  expect(findEncounters(tracks, [0, 1], 10)).toEqual([{ near: [0, 1], groups: [0, 1], frames: [300, 300] }])
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

test(`in a crowd every frame still meets many, and only what is near to it (seed ${seed})`, () => {
  // 300 logs of 6 frames in a yard of 24 by 24 m, each a group: a frame is near to a hundred and more of the others.
  const rng = stream(seed, 'yard')
  const tracks = Array.from({ length: 300 }, (_, i) =>
    makeTrack({ logId: `${i}`, points: Array.from({ length: 6 }, () => [rng.uniform(0, 24), rng.uniform(0, 24)]) }),
  )
  const encounters = findEncounters(tracks, [...tracks.keys()], 10)
  expect(encounters.flatMap(({ frames }) => frames).reduce((a, b) => a + b, 0)).toBe(300 * 6)
  for (const { near, groups } of encounters) {
    expect(near.length).toBeGreaterThanOrEqual(mostAround / 2)
    for (const group of groups)
      for (const other of near.filter((each) => each !== group)) {
        const [mine, theirs] = [tracks[group], tracks[other]]
        const isNear = (row: number) =>
          theirs.xM.some((x, i) => Math.hypot(x - mine.xM[row], theirs.yM[i] - mine.yM[row]) < 10)
        expect([...mine.xM.keys()].some(isNear)).toBe(true)
      }
  }
})

test('what a crowd makes grows with its logs, not with their square', () => {
  const yard = (logs: number) => {
    const rng = stream(seed, 'growing yard')
    const tracks = Array.from({ length: logs }, (_, i) =>
      makeTrack({ logId: `${i}`, points: Array.from({ length: 4 }, () => [rng.uniform(0, 60), rng.uniform(0, 60)]) }),
    )
    const encounters = findEncounters(tracks, [...tracks.keys()], 10)
    return encounters.reduce((sum, { near, groups }) => sum + near.length + groups.length, 0)
  }
  // All pairs would be four million and sixteen million.
  expect(yard(4000)).toBeLessThan(2.2 * yard(2000))
  expect(yard(2000)).toBeLessThan(200_000)
})
