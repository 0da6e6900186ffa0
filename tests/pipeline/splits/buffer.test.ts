import fc from 'fast-check'
import { expect, test } from 'vitest'
import { takeNearFrames } from '../../../pipeline/splits/buffer.js'
import type { Part } from '../../../pipeline/splits/part.js'
import type { LogTrack } from '../../../pipeline/splits/tracks.js'
import { line, makeTrack } from '../../support/tracks.js'

const seed = 6022

const partsOf = (entries: Record<string, Part>) => new Map(Object.entries(entries))

test('test loses what is nearer than the buffer to train; exactly at the buffer it stays', () => {
  const tracks = [makeTrack({ logId: 'a', points: line(5, 0) }), makeTrack({ logId: 'b', points: line(20, 5) })]
  // Train ends at x = 4; test stands at x = 5 … 24. Those at 5 … 13 are nearer than 10 m, the one at 14 is not.
  const taken = takeNearFrames(tracks, partsOf({ a: 'train', b: 'test' }), 10)
  expect([...taken.keys()]).toEqual(['b'])
  expect(taken.get('b')).toEqual(Array.from({ length: 9 }, (_, row) => ({ row, near: 'train', distanceM: row + 1 })))
})

test('val gives way to test, but not to test frames that are gone themselves', () => {
  const tracks = [
    makeTrack({ logId: 'train', points: [[0, 0]] }),
    // The first is taken by train, so the val frame beside it may stay as far as test goes.
    makeTrack({
      logId: 'test',
      points: [
        [8, 0],
        [100, 0],
      ],
    }),
    makeTrack({
      logId: 'val',
      points: [
        [16, 0],
        [9, 0],
        [105, 0],
        [200, 0],
      ],
    }),
  ]
  const taken = takeNearFrames(tracks, partsOf({ train: 'train', val: 'val', test: 'test' }), 10)
  expect(taken.get('test')).toEqual([{ row: 0, near: 'train', distanceM: 8 }])
  expect(taken.get('val')).toEqual([
    { row: 1, near: 'train', distanceM: 9 },
    { row: 2, near: 'test', distanceM: 5 },
  ])
  expect(taken.has('train')).toBe(false)
})

test('equal coordinates at two sites take nothing', () => {
  const tracks = ['s1', 's2'].map((siteId) => makeTrack({ logId: siteId, siteId, points: line(5, 0) }))
  expect(takeNearFrames(tracks, partsOf({ s1: 'train', s2: 'test' }), 10).size).toBe(0)
})

test('logs in no part take and lose nothing', () => {
  const tracks = ['a', 'b'].map((logId) => makeTrack({ logId, points: line(5, 0) }))
  expect(takeNearFrames(tracks, partsOf({ a: 'test' }), 10).size).toBe(0)
})

test('a buffer of 0 m takes nothing, not even at the same place', () => {
  const tracks = ['a', 'b'].map((logId) => makeTrack({ logId, points: line(5, 0) }))
  expect(takeNearFrames(tracks, partsOf({ a: 'train', b: 'test' }), 0).size).toBe(0)
})

test(`of any assignment of crowded logs, what stays is apart, and what goes was near to what stays (seed ${seed})`, () => {
  const coordinate = fc.integer({ min: 0, max: 80 })
  const log = fc.record({
    siteId: fc.constantFrom('s1', 's2'),
    points: fc.array(fc.tuple(coordinate, coordinate), { minLength: 1, maxLength: 8 }),
    part: fc.constantFrom('train' as const, 'val' as const, 'test' as const),
  })
  let takenFromVal = 0
  const property = fc.property(fc.array(log, { minLength: 2, maxLength: 6 }), (logs) => {
    const tracks = logs.map((facts, i) => makeTrack({ ...facts, logId: `${i}` }))
    const taken = takeNearFrames(tracks, new Map(logs.map(({ part }, i) => [`${i}`, part])), 10)
    const all = tracks.flatMap((track, i) => [...track.frameIndex].map((row) => ({ track, row, part: logs[i].part })))
    const isTaken = ({ track, row }: Placed) => (taken.get(track.logId) ?? []).some((frame) => frame.row === row)
    const kept = all.filter((frame) => !isTaken(frame))
    for (const a of kept)
      for (const b of kept) if (a.part !== b.part) expect(distanceM(a, b)).toBeGreaterThanOrEqual(10)
    for (const [logId, frames] of taken)
      for (const { row, near, distanceM: measured } of frames) {
        const mine = all.find((frame) => frame.track.logId === logId && frame.row === row)!
        const nearest = Math.min(...kept.filter(({ part }) => part === near).map((other) => distanceM(mine, other)))
        expect(nearest).toBe(measured)
        expect(mine.part === 'test' ? ['train'] : ['train', 'test']).toContain(near)
        takenFromVal += Number(near === 'test')
      }
  })
  fc.assert(property, { seed, numRuns: 300 })
  expect(takenFromVal).toBeGreaterThan(50)
})

interface Placed {
  track: LogTrack
  row: number
}

function distanceM(a: Placed, b: Placed): number {
  if (a.track.siteId !== b.track.siteId) return Number.POSITIVE_INFINITY
  return Math.sqrt((a.track.xM[a.row] - b.track.xM[b.row]) ** 2 + (a.track.yM[a.row] - b.track.yM[b.row]) ** 2)
}
