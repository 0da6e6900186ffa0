import { describe, expect, test } from 'vitest'
import { planWindows, type WindowFrame } from '../../../models/dynamics/windows.js'

const still = { dxM: 0, dyM: 0, dzM: 0, dyawRad: 0, dtS: 0.5 }

/** One frame a letter: the letter is its part (`t`rain, `v`al, `-` left out). The first frame of a log has no motion. */
function log(logId: string, letters: string, change: Record<number, Partial<WindowFrame>> = {}): WindowFrame[] {
  const parts: Record<string, string | null> = { t: 'train', v: 'val', '-': null }
  return [...letters].map((letter, i) => ({
    logId,
    frameIndex: i,
    egoMotion: i === 0 ? null : still,
    part: parts[letter],
    ...change[i],
  }))
}

const rule = { part: 'train', past: 2, future: 1, stepS: 0.5 }
const starts = (frames: WindowFrame[], more: Partial<typeof rule & { stride: number; tolerance: number }> = {}) =>
  planWindows(frames, { ...rule, ...more }).windows.map(({ logId, first, firstFrameIndex }) => [
    logId,
    first,
    firstFrameIndex,
  ])

describe('planWindows', () => {
  test('takes every run of past + future frames of a log', () => {
    expect(starts([...log('a', 'tttt'), ...log('b', 'ttt')])).toEqual([
      ['a', 0, 0],
      ['a', 1, 1],
      ['b', 4, 0],
    ])
  })

  test('takes every third one with a stride of 3, counted from the start of each log', () => {
    expect(starts([...log('a', 'ttttttt'), ...log('b', 'tttt')], { stride: 3 })).toEqual([
      ['a', 0, 0],
      ['a', 3, 3],
      ['b', 7, 0],
    ])
  })

  test('leaves out and counts windows over the border of the part', () => {
    const plan = planWindows(log('a', 'tttvvv'), rule)
    expect(plan.windows).toHaveLength(1)
    // ttv and tvv; vvv is no window of this part at all.
    expect(plan.leftOut).toEqual({ border: 2, gap: 0, shortLogs: 0 })
  })

  test('a frame that the split left out is a border too', () => {
    const plan = planWindows(log('a', 'ttt-ttt'), rule)
    expect(plan.windows.map(({ first }) => first)).toEqual([0, 4])
    expect(plan.leftOut.border).toBe(3)
  })

  test('leaves out and counts windows over a planted gap', () => {
    const plan = planWindows(log('a', 'tttttt', { 3: { egoMotion: null } }), rule)
    expect(plan.windows.map(({ first }) => first)).toEqual([0, 3])
    expect(plan.leftOut).toEqual({ border: 0, gap: 2, shortLogs: 0 })
  })

  test('the motion into the first frame of a window does not matter', () => {
    expect(starts(log('a', 'ttt'))).toEqual([['a', 0, 0]])
  })

  test('a missing frame number is a gap even where a motion is given', () => {
    const plan = planWindows(log('a', 'tttt', { 3: { frameIndex: 7 } }), rule)
    expect([plan.windows.length, plan.leftOut.gap]).toEqual([1, 1])
  })

  test('a step that is off by more than the tolerance is a gap', () => {
    const late = (dtS: number) => log('a', 'ttt', { 2: { egoMotion: { ...still, dtS } } })
    expect(starts(late(0.62))).toHaveLength(1)
    expect(starts(late(0.63))).toHaveLength(0)
    expect(starts(late(0.37))).toHaveLength(0)
    expect(starts(late(0.63), { tolerance: 0.5 })).toHaveLength(1)
  })

  test('counts logs of the part that are too short, and no others', () => {
    expect(planWindows([...log('a', 'tt'), ...log('b', 'vv'), ...log('c', 'ttt')], rule).leftOut.shortLogs).toBe(1)
  })

  test('a window with both faults counts once, as border', () => {
    const plan = planWindows(log('a', 'ttv', { 1: { egoMotion: null } }), rule)
    expect(plan.leftOut).toEqual({ border: 1, gap: 0, shortLogs: 0 })
  })
})
