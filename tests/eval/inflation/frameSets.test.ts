import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chooseFrames, nearnessOf } from '../../../eval/inflation/frameSets.js'
import type { Part } from '../../../pipeline/splits/part.js'
import type { FramePlace } from '../../../pipeline/splits/placedFrames.js'
import { line, makeTrack } from '../../support/tracks.js'

const seed = 5150
const all = { scoredShare: 0.5, frames: 0 }
const namesOf = (frames: readonly FramePlace[]) => frames.map(({ track, row }) => `${track.logId}/${row}`)

test('scored frames come from test; the clean side from train, the leaky side from all but val and the scored', () => {
  const tracks = ['train', 'val', 'test'].map((logId, i) => makeTrack({ logId, points: line(6, 1000 * i) }))
  // The buffer took the first frame of test.
  const partOf = (logId: string, frame: number) => (logId === 'test' && frame === 0 ? null : (logId as Part))
  const { scored, clean, leaky } = chooseFrames(tracks, partOf, { scoredShare: 0.4, frames: 0 }, 1)
  // Of five test frames two are scored; six frames train.
  expect(scored).toHaveLength(2)
  for (const { track, row } of scored) expect([track.logId, row > 0]).toEqual(['test', true])
  expect(namesOf(clean)).toEqual([0, 1, 2, 3, 4, 5].map((row) => `train/${row}`))
  expect(leaky).toHaveLength(6)
  expect(namesOf(leaky).filter((name) => namesOf(scored).includes(name))).toEqual([])
  expect(namesOf(leaky).some((name) => name.startsWith('test/'))).toBe(true)
  expect(namesOf(leaky).some((name) => name.startsWith('val/'))).toBe(false)
})

test('without train frames, or with a single test frame, there is nothing to measure', () => {
  const tracks = ['a', 'b'].map((logId) => makeTrack({ logId, points: line(1, 0) }))
  expect(() => chooseFrames(tracks, () => 'test', all, 1)).toThrow(/too few frames/)
  expect(() => chooseFrames(tracks, (logId) => (logId === 'a' ? 'train' : 'test'), all, 1)).toThrow(/too few frames/)
})

test('nearness: the median distance, and the share within 5 m', () => {
  const scored = makeTrack({ logId: 'scored', points: line(3, 0, 10) })
  const training = makeTrack({ logId: 'training', points: [[2, 0]] })
  // 2, 8 and 18 m away.
  const rows = (track: typeof scored) => [...track.frameIndex].map((row) => ({ track, row }))
  expect(nearnessOf(rows(scored), rows(training))).toEqual({ medianM: 8, within5M: 1 / 3 })
  const elsewhere = makeTrack({ logId: 'elsewhere', siteId: 'other', points: [[0, 0]] })
  expect(nearnessOf(rows(scored), rows(elsewhere))).toEqual({ medianM: null, within5M: 0 })
})

test(`of any split: sides of one size, none sees a scored frame, the same seed draws the same (seed ${seed})`, () => {
  const part = fc.constantFrom<Part | null>('train', 'val', 'test', null)
  const logs = fc.array(fc.array(part, { minLength: 1, maxLength: 8 }), { minLength: 2, maxLength: 5 })
  let tried = 0
  const property = fc.property(logs, fc.integer({ min: 0, max: 5 }), (parts, frames) => {
    const tracks = parts.map((mine, i) => makeTrack({ logId: `${i}`, points: line(mine.length, 100 * i) }))
    const flat = parts.flat()
    fc.pre(flat.includes('train') && flat.filter((each) => each === 'test').length > 1)
    tried++
    const partOf = (logId: string, frame: number) => parts[Number(logId)][frame]
    const draw = () => chooseFrames(tracks, partOf, { scoredShare: 0.5, frames }, 7)
    const { scored, clean, leaky } = draw()
    const train = flat.filter((each) => each === 'train').length
    expect(clean).toHaveLength(Math.min(train, frames || train))
    expect(leaky).toHaveLength(clean.length)
    for (const side of [clean, leaky]) {
      expect(new Set(namesOf(side)).size).toBe(side.length)
      expect(namesOf(side).filter((name) => namesOf(scored).includes(name))).toEqual([])
      for (const { track, row } of side) expect(partOf(track.logId, row)).not.toBe('val')
    }
    expect(namesOf(draw().leaky)).toEqual(namesOf(leaky))
  })
  fc.assert(property, { seed, numRuns: 100 })
  expect(tried).toBeGreaterThan(50)
})
