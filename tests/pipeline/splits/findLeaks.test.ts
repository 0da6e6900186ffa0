import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findLeaks } from '../../../pipeline/splits/findLeaks.js'
import type { Assignment, Part } from '../../../pipeline/splits/part.js'
import type { LogTrack } from '../../../pipeline/splits/tracks.js'
import { line, makeTrack } from '../../support/tracks.js'

const seed = 2718
const limits = { bufferM: 10, neighbourS: 10 }

const byLog =
  (entries: Record<string, Part>): Assignment =>
  (logId) =>
    entries[logId] ?? null

test('a clean assignment gives an empty list', () => {
  const tracks = [0, 100, 200].map((x, i) => makeTrack({ logId: `${i}`, points: line(10, x) }))
  expect(findLeaks(tracks, byLog({ 0: 'train', 1: 'val', 2: 'test' }), limits)).toEqual([])
})

test('planted: a log cut in two parts is found, with frames, distance and time', () => {
  // Frames at x = 0 … 3, 20 m apart, 5 s apart; the cut lies between frames 1 and 2.
  const track = makeTrack({ logId: 'cut', points: line(4, 0, 20), stepS: 15 })
  const leaks = findLeaks([track], (_, frame) => (frame < 2 ? 'train' : 'test'), limits)
  expect(leaks).toEqual([
    {
      kind: 'same-log',
      sides: [
        { logId: 'cut', part: 'train', frames: [[0, 1]], count: 2, closestFrame: 1 },
        { logId: 'cut', part: 'test', frames: [[2, 3]], count: 2, closestFrame: 2 },
      ],
      distanceM: 20,
      gapS: 15,
    },
  ])
})

test('planted: two logs of one source in two parts, even at two sites', () => {
  const tracks = [
    makeTrack({ logId: 'a', siteId: 's1', points: line(2, 0), sourceHash: 'x', startS: 100 }),
    makeTrack({ logId: 'b', siteId: 's2', points: line(2, 0), sourceHash: 'x', startS: 500 }),
    makeTrack({ logId: 'c', siteId: 's3', points: line(2, 0), sourceHash: 'y' }),
  ]
  expect(findLeaks(tracks, byLog({ a: 'train', b: 'val', c: 'test' }), limits)).toMatchObject([
    {
      kind: 'same-source',
      sides: [
        { logId: 'a', count: 2 },
        { logId: 'b', count: 2 },
      ],
      distanceM: null,
      gapS: 400,
    },
  ])
  expect(findLeaks(tracks, byLog({ a: 'train', b: 'train', c: 'test' }), limits)).toEqual([])
})

test('planted: frames within the buffer across parts, named and measured', () => {
  const tracks = [
    makeTrack({ logId: 'a', points: line(5, 0, 1), startS: 0 }),
    makeTrack({ logId: 'b', points: line(5, 12, 1, 0), startS: 1e6 }),
  ]
  // a: 0 … 4, b: 12 … 16. Nearer than 10 m: a's 3 (9 m to 12), 4; b's 12 (8 m to 4), 13.
  expect(findLeaks(tracks, byLog({ a: 'test', b: 'train' }), limits)).toEqual([
    {
      kind: 'near',
      sides: [
        { logId: 'b', part: 'train', frames: [[0, 1]], count: 2, closestFrame: 0 },
        { logId: 'a', part: 'test', frames: [[3, 4]], count: 2, closestFrame: 4 },
      ],
      distanceM: 8,
      gapS: 1e6 - 0.4,
    },
  ])
  expect(findLeaks(tracks, byLog({ a: 'test', b: 'train' }), { ...limits, bufferM: 8 })).toEqual([])
})

test('planted: one drive that goes on in another part', () => {
  const tracks = [
    makeTrack({ logId: 'a', points: line(3, 0), startS: 0, stepS: 1 }),
    makeTrack({ logId: 'b', points: line(3, 500), startS: 11.5, stepS: 1 }),
    makeTrack({ logId: 'other rig', rigId: 'r2', points: line(3, 900), startS: 5, stepS: 1 }),
    makeTrack({ logId: 'other site', siteId: 's2', points: line(3, 900), startS: 5, stepS: 1 }),
  ]
  const parted = byLog({ a: 'train', b: 'val', 'other rig': 'test', 'other site': 'test' })
  // a ends at 2 s, b starts at 11.5 s.
  expect(findLeaks(tracks, parted, limits)).toMatchObject([
    {
      kind: 'drive',
      sides: [
        { logId: 'a', closestFrame: 2 },
        { logId: 'b', closestFrame: 0 },
      ],
      distanceM: 498,
      gapS: 9.5,
    },
  ])
  expect(findLeaks(tracks, parted, { ...limits, neighbourS: 9.5 })).toEqual([])
})

test('frames that are left out leak nothing', () => {
  const tracks = ['a', 'b'].map((logId) => makeTrack({ logId, points: line(5, 0) }))
  expect(findLeaks(tracks, byLog({ a: 'train' }), limits)).toEqual([])
})

test('equal coordinates at two sites are no leak', () => {
  const tracks = ['a', 'b'].map((logId) => makeTrack({ logId, siteId: logId, points: line(5, 0) }))
  expect(findLeaks(tracks, byLog({ a: 'train', b: 'test' }), limits)).toEqual([])
})

test(`of any assignment, the frames named near are those that comparing all with all finds (seed ${seed})`, () => {
  const coordinate = fc.integer({ min: 0, max: 60 })
  const part = fc.constantFrom('train' as const, 'val' as const, 'test' as const, null)
  const frame = fc.record({ x: coordinate, y: coordinate, part })
  const log = fc.record({ siteId: fc.constantFrom('s1', 's2'), frames: fc.array(frame, { maxLength: 10 }) })
  const property = fc.property(fc.array(log, { maxLength: 5 }), (logs) => {
    const tracks = logs.map(({ siteId, frames }, i) =>
      makeTrack({ logId: `${i}`, siteId, points: frames.map(({ x, y }) => [x, y]) }),
    )
    const leaks = findLeaks(tracks, (logId, i) => logs[Number(logId)].frames[i].part, limits)
    const named = new Set(
      leaks
        .filter(({ kind }) => kind === 'near')
        .flatMap(({ sides }) => sides)
        .flatMap(({ logId, frames }) => expand(tracks[Number(logId)], frames)),
    )
    const all = logs.flatMap(({ siteId, frames }, i) => frames.map((f, row) => ({ ...f, siteId, name: `${i}:${row}` })))
    const near = all.filter((a) =>
      all.some(
        (b) => a.part && b.part && a.part !== b.part && a.siteId === b.siteId && Math.hypot(a.x - b.x, a.y - b.y) < 10,
      ),
    )
    for (const { name } of near) expect(named).toContain(name)
    for (const { sides } of leaks) expect(sides[0].part).not.toBe(sides[1].part)
    expect(findLeaks([...tracks].reverse(), (logId, i) => logs[Number(logId)].frames[i].part, limits)).toEqual(leaks)
  })
  fc.assert(property, { seed, numRuns: 300 })
})

function expand({ logId, frameIndex }: LogTrack, ranges: [number, number][]): string[] {
  const inside = (index: number) => ranges.some(([from, to]) => from <= index && index <= to)
  return [...frameIndex].filter(inside).map((index) => `${logId}:${index}`)
}

test('of ten thousand logs of one source each is listed, and not every pair', () => {
  const tracks = Array.from({ length: 10_000 }, (_, i) =>
    makeTrack({ logId: `log${i}`, rigId: `rig${i}`, sourceHash: 'one', points: [[100 * i, 0]] }),
  )
  const partOf: Assignment = (logId) => (['train', 'train', 'val', 'test'] as const)[Number(logId.slice(3)) % 4]
  const leaks = findLeaks(tracks, partOf, limits)
  expect(new Set(leaks.flatMap(({ sides }) => sides.map(({ logId }) => logId))).size).toBe(10_000)
  expect(leaks.every(({ kind }) => kind === 'same-source')).toBe(true)
  // One with the first of each of the two other parts, but the three firsts' own three pairs stand once.
  expect(leaks.length).toBe(2 * 10_000 - 3)
})
