import { expect, test } from 'vitest'
import { lookUp } from '../../../pipeline/splits/audit/lookUp.js'
import type { Near } from '../../../pipeline/splits/audit/signatureTree.js'

/** Signatures 0 to 5 are of log 0, 6 to 9 of log 1, both asked for; 10 to 15 of log 2 and 16 to 19 of log 3, members. */
const track = Int32Array.from([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3])
const set = { count: 20, track }
const isMember = (i: number) => i >= 10

/** Finds what it is told to, and notes which members it was given for each frame, forth and back. */
function treeThat(finds: Record<number, Near>, distances: Record<string, number> = {}) {
  const forth = new Map<number, readonly number[]>()
  const back = new Map<number, readonly number[]>()
  const tree = {
    nearest(frame: number, _limit: number, likely: readonly number[] = []): Near | null {
      forth.set(frame, likely)
      return finds[frame] ?? null
    },
    nearestOf(members: readonly number[], frame: number, limit: number): Near | null {
      back.set(frame, members)
      const near = members
        .map((index) => ({ index, distance: distances[`${frame} ${index}`] ?? 2 }))
        .filter(({ distance }) => distance < limit)
      return near.sort((a, b) => a.distance - b.distance)[0] ?? null
    },
  }
  return { tree, forth, back }
}

test('where a frame looks like one, the next is first compared with those beside that, of its log alone', () => {
  const { tree, forth } = treeThat({ 0: { index: 12, distance: 0.1 }, 1: { index: 16, distance: 0.1 } })
  lookUp(set, tree, [0, 1, 2, 3], 0.25, isMember)
  expect(Object.fromEntries(forth)).toEqual({ 0: [], 1: [10, 11, 12, 13, 14], 2: [16, 17, 18], 3: [] })
})

test('members alone, and nothing from one log to the next', () => {
  const { tree, forth } = treeThat({ 5: { index: 12, distance: 0.1 }, 6: { index: 12, distance: 0.1 } })
  lookUp(set, tree, [5, 6, 7], 0.25, (i) => i >= 10 && i !== 11)
  expect(Object.fromEntries(forth)).toEqual({ 5: [], 6: [], 7: [10, 12, 13, 14] })
})

test('on the way back what was missed or not the nearest is found beside the match of the frame after', () => {
  const distances = { '2 13': 0.2, '1 11': 0.15, '0 12': 0.24 }
  const finds = { 0: { index: 19, distance: 0.22 }, 1: { index: 18, distance: 0.2 }, 3: { index: 14, distance: 0.1 } }
  const { tree, back } = treeThat(finds, distances)
  expect(lookUp(set, tree, [0, 1, 2, 3], 0.25, isMember)).toEqual([
    // 12 lies beside the match of frame 1, but farther than what was found.
    [0, { index: 19, distance: 0.22 }],
    [1, { index: 11, distance: 0.15 }],
    [2, { index: 13, distance: 0.2 }],
    [3, { index: 14, distance: 0.1 }],
  ])
  expect(Object.fromEntries(back)).toEqual({
    2: [12, 13, 14, 15],
    1: [11, 12, 13, 14, 15],
    0: [10, 11, 12, 13],
  })
})

test('frames that look like nothing are left out', () => {
  const { tree } = treeThat({ 7: { index: 12, distance: 0.1 } })
  expect(lookUp(set, tree, [6, 7, 8, 9], 0.25, isMember)).toEqual([[7, { index: 12, distance: 0.1 }]])
  expect(lookUp(set, tree, [], 0.25, isMember)).toEqual([])
})
