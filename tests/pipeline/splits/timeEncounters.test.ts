import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findTimeEncounters } from '../../../pipeline/splits/timeEncounters.js'
import { framesNear } from '../../support/framesNear.js'
import { makeTrack } from '../../support/tracks.js'

const seed = 1729

const at = (logId: string, startS: number, count: number, rigId = 'rig') =>
  makeTrack({ logId, rigId, startS, stepS: 1, points: Array.from({ length: count }, (_, i) => [i, 0] as const) })

test('counts the frames of each group that are closer in time than the gap to the other', () => {
  // a: 0 … 4 s; b: 5 … 9 s. Less than 3 s from b are a's 3 and 4 s, from a b's 5 and 6 s.
  expect(findTimeEncounters([at('a', 0, 5), at('b', 5, 5)], [0, 1], 3)).toEqual([
    { near: [0, 1], groups: [0, 1], frames: [2, 2] },
  ])
})

test('another rig, one group, or no gap: nothing', () => {
  expect(findTimeEncounters([at('a', 0, 5), at('b', 0, 5, 'other')], [0, 1], 3)).toEqual([])
  expect(findTimeEncounters([at('a', 0, 5), at('b', 0, 5)], [7, 7], 3)).toEqual([])
  expect(findTimeEncounters([at('a', 0, 5), at('b', 0, 5)], [0, 1], 0)).toEqual([])
})

test(`agrees with comparing all frames with all (seed ${seed})`, () => {
  const log = fc.record({
    ...{ startS: fc.nat(40), count: fc.nat(6), group: fc.nat(3), rigId: fc.constantFrom('v1', 'v2') },
  })
  const property = fc.property(fc.array(log, { maxLength: 8 }), fc.constantFrom(1, 4, 9), (logs, gapS) => {
    const tracks = logs.map(({ startS, count, rigId }, i) => at(`${i}`, startS, count, rigId))
    const frames = logs.flatMap(({ startS, count, ...one }) =>
      Array.from({ length: count }, (_, i) => ({ ...one, timeS: startS + i })),
    )
    const found = findTimeEncounters(
      tracks,
      logs.map(({ group }) => group),
      gapS,
    )
    for (let group = 0; group < 4; group++)
      for (let other = 0; other < 4; other++) {
        const near = frames.filter((a) => {
          const isNear = (b: typeof a) => b.rigId === a.rigId && Math.abs(a.timeS - b.timeS) < gapS
          return a.group === group && group !== other && frames.some((b) => b.group === other && isNear(b))
        })
        expect(framesNear(found, group, other)).toBe(near.length)
      }
  })
  fc.assert(property, { seed, numRuns: 200 })
})
