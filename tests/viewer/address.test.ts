import { describe, expect, it } from 'vitest'
import { grids } from '../../pipeline/grid.js'
import { fleet } from '../../pipeline/taxonomies/fleet.js'
import { readAddress, writeAddress } from '../../viewer/app/address.js'
import { firstFrame, stepFrom, stepsOf } from '../../viewer/app/frameSteps.js'
import { whyEmpty } from '../../viewer/app/words.js'
import type { LogInfo, RunInfo } from '../../viewer/contract.js'

const run: RunInfo = {
  name: 'run',
  dataset: 'abc',
  grid: grids.compact,
  taxonomy: 'fleet',
  classes: fleet.classes,
  logs: [{ logId: 'a & b', siteId: 's', rigId: 'r', occupancy: 'lidar', frames: 6, predicted: 3 }],
  kinds: ['truth', 'reconstruction', 'forecast', 'copy', 'warp'],
  horizonsS: [1, 2],
  headlines: [],
  hasAudit: false,
}

describe('the address', () => {
  it('brings back what it was written from', () => {
    const state = {
      logId: 'a & b',
      frameIndex: 4,
      horizonS: 2,
      panels: ['truth', 'warp'],
      colouring: 'outcomes',
    } as const
    expect(readAddress(writeAddress(state, run), run)).toEqual(state)
  })

  it('ignores what the run does not have', () => {
    expect(readAddress('#log=z&frame=-1&horizon=9&panels=radar,truth&colours=red', run)).toEqual({ panels: ['truth'] })
    expect(readAddress('', run)).toEqual({})
  })
})

const log: LogInfo = {
  logId: 'a & b',
  // Numbered with a gap, as a log is that lost a sweep.
  frames: [3, 4, 6, 7, 8, 9].map((frameIndex) => ({
    frameIndex,
    reconstruction: frameIndex >= 6,
    horizonsS: frameIndex >= 8 ? { forecast: [1] } : {},
  })),
}

describe('the steps of the timeline', () => {
  it('are all frames, or those with predictions', () => {
    expect(stepsOf(log, false)).toEqual([3, 4, 6, 7, 8, 9])
    expect(stepsOf(log, true)).toEqual([6, 7, 8, 9])
    const bare = { ...log, frames: log.frames.slice(0, 2) }
    expect(stepsOf(bare, true)).toEqual([3, 4])
  })

  it('begin where most can be compared', () => {
    expect(firstFrame(log, 1)).toBe(8)
    expect(firstFrame(log, null)).toBe(6)
  })

  it('stop at the ends, or go round when playing', () => {
    const steps = stepsOf(log, true)
    expect(stepFrom(steps, 9, 1, false)).toBe(9)
    expect(stepFrom(steps, 9, 1, true)).toBe(6)
    expect(stepFrom(steps, 7, Number.NEGATIVE_INFINITY, false)).toBe(6)
  })
})

describe('the words of an empty panel', () => {
  it('say what is missing and where there is some', () => {
    expect(whyEmpty('forecast', 1, log)).toBe(
      'No forecast 1 s ahead was kept for this frame. This log has one for frames 8–9.',
    )
    expect(whyEmpty('copy', 2, log)).toContain('No frame of this log has one.')
  })
})
