import { describe, expect, test } from 'vitest'
import { egoTrajectories, egoTrajectoryNamed } from '../../eval/egoTrajectory.js'
import { stepsOf } from '../../eval/scoreForecasts.js'
import { poseFromYaw, yawOf } from '../../pipeline/pose.js'
import type { EgoMotion, Frame } from '../../pipeline/schema.js'

/** 2 m ahead and a quarter turn to the left in half a second. */
const turn: EgoMotion = { dxM: 2, dyM: 0, dzM: 0, dyawRad: Math.PI / 2, dtS: 0.5 }
const ahead: EgoMotion = { dxM: 1, dyM: 0, dzM: 0, dyawRad: 0, dtS: 0.5 }
const log = [{ egoMotion: null }, { egoMotion: turn }, { egoMotion: ahead }, { egoMotion: ahead }]
const last = { egoMotion: turn, cityFromEgo: poseFromYaw(0, [10, 0, 0]) } as unknown as Frame
const truth = { cityFromEgo: poseFromYaw(1, [50, 50, 0]) } as unknown as Frame

describe('the ego motion of a forecast', () => {
  test('given: what the log did, and where it really was', () => {
    expect(egoTrajectories.given.motions(log, 1, 2, 0.5)).toEqual([ahead, ahead])
    expect(egoTrajectories.given.poseAt(last, truth, 2, 0.5)).toBe(truth.cityFromEgo)
  })

  test('constant velocity: four quarter turns of 2 m lead back', () => {
    const { motions, poseAt } = egoTrajectories.constantVelocity
    expect(motions(log, 1, 2, 0.5)).toEqual([turn, turn])
    expect(poseAt(last, truth, 1, 0.5).t.map(Math.round)).toEqual([12, 0, 0])
    expect(poseAt(last, truth, 2, 0.5).t.map(Math.round)).toEqual([12, 2, 0])
    const back = poseAt(last, truth, 4, 0.5)
    expect([...back.t.map(Math.round), Math.abs(Math.round(yawOf(back.q)))]).toEqual([10, 0, 0, 0])
  })

  test('a motion over another time is scaled to the step: 2 m in 0.4 s are 2.5 m in 0.5 s', () => {
    const [motion] = egoTrajectories.constantVelocity.motions(
      [{ egoMotion: { ...ahead, dxM: 2, dtS: 0.4 } }],
      0,
      1,
      0.5,
    )
    expect(motion!.dxM).toBeCloseTo(2.5, 12)
    expect(motion!.dtS).toBe(0.5)
  })

  test('names are looked up', () => {
    expect(() => egoTrajectoryNamed('guess')).toThrow(/given \| constantVelocity/)
  })
})

describe('horizons', () => {
  test('are whole frames, in order and once', () => {
    expect(stepsOf([8, 0.5, 1, 1], 2)).toEqual([1, 2, 16])
  })
  test('between two frames there is none', () => {
    expect(() => stepsOf([0.7], 2)).toThrow(/multiples of 0.5 s/)
    expect(() => stepsOf([0], 2)).toThrow(/multiples/)
  })
})
