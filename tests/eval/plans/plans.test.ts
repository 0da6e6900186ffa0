import { describe, expect, test } from 'vitest'
import { plans } from '../../../eval/measures/plans.js'
import { choosePlan, discomfortMps2 } from '../../../eval/plans/choosePlan.js'
import { plansFrom } from '../../../eval/plans/egoPlans.js'
import { hits, obstacleColumns } from '../../../eval/plans/footprint.js'
import { poseFromYaw, yawOf } from '../../../pipeline/pose.js'
import type { EgoMotion, SceneObject } from '../../../pipeline/schema.js'
import { car, drawn, grid, scored, taxonomy, windowOf } from '../measures/scene.js'
import { valuesOf } from '../measures/values.js'

const at4mps: EgoMotion = { dxM: 2, dyM: 0, dzM: 0, dyawRad: 0, dtS: 0.5 }
const named = (name: string) => plansFrom(at4mps).find((plan) => plan.name === name)!

describe('candidate plans', () => {
  test('keeping 4 m/s goes 8 m in 2 s; braking with 6 m/s² stops after 4/3 m', () => {
    expect(named('keep').poseAt(2).t).toEqual([8, 0, 0])
    expect(named('brake').progressM(0.5)).toBeCloseTo(1.25, 12)
    expect(named('brake').progressM(9)).toBeCloseTo(4 / 3, 12)
  })

  test('a left turn of curvature 0.1 is a circle of 10 m: a quarter of it leads to (10, 10)', () => {
    const quarterS = ((Math.PI / 2) * 10) / 4
    const pose = named('keep, left 0.1').poseAt(quarterS)
    expect(pose.t.map((m) => Math.round(1e9 * m) / 1e9)).toEqual([10, 10, 0])
    expect(yawOf(pose.q)).toBeCloseTo(Math.PI / 2, 12)
    // v²·κ = 16 · 0.1.
    expect(named('keep, left 0.1').lateralMps2(1)).toBeCloseTo(1.6, 12)
  })

  test('at 20 m/s no road holds a curvature of 0.05', () => {
    const fast = plansFrom({ ...at4mps, dxM: 10 }).map(({ curvature }) => Math.abs(curvature))
    expect(Math.max(...fast)).toBe(0)
    expect(plansFrom(null)).toEqual([])
  })

  test('a planner goes as far as it may, and brakes for what is in the way', () => {
    const free = plansFrom(at4mps).map((plan) => ({ plan, hitS: null }))
    expect(choosePlan(free, 2)!.plan.name).toMatch(/^speed/)
    const blocked = free.map(({ plan }) => ({ plan, hitS: plan.progressM(2) > 3 ? 1 : null }))
    expect(choosePlan(blocked, 2)!.plan.name).toMatch(/^brake/)
    expect(choosePlan([], 2)).toBeNull()
    expect([named('keep'), named('brake')].map((plan) => discomfortMps2(plan, 2))).toEqual([0, 4])
  })
})

describe('the body of the ego', () => {
  // Cars stand 1 m high in a grid whose layers are at 0.5 and 1.5 m.
  const columns = (objects: SceneObject[]) => obstacleColumns(drawn(objects, true), grid, taxonomy)
  test('reaches 3.7 m ahead of its origin and 1 m behind', () => {
    // A car's 4 m from 5 to 9: its nearest columns have centres at 5.5.
    const wall = columns([car('a', 7, 0)])
    const ahead = (xM: number) => hits(wall, grid, poseFromYaw(0, [xM, 0, 0]))
    expect([ahead(1.7), ahead(1.9)]).toEqual([false, true])
  })
  test('turns with it, drives on ground, and is unknown beyond the grid', () => {
    const beside = columns([car('a', 0, 4)])
    expect(hits(beside, grid, poseFromYaw(0))).toBe(false)
    expect(hits(beside, grid, poseFromYaw(Math.PI / 2))).toBe(true)
    expect(hits(columns([]), grid, poseFromYaw(0))).toBe(false)
    expect(hits(beside, grid, poseFromYaw(0, [8, 0, 0]))).toBeNull()
  })
})

describe('what a forecast is worth to a planner', () => {
  /** The ego stands at its place of now in all frames: plans are seen from there. */
  const last = scored([], drawn([]), { horizonS: 0 })
  Object.assign(last.truth, { egoMotion: { ...at4mps, dxM: 1 } })
  const wall = [car('a', 7, 0)]

  test('a forecast that knows the truth foretells every hit and leads past none', () => {
    const window = windowOf(last, [scored(wall, drawn(wall), { horizonS: 1 })])
    expect(valuesOf(plans, [window], { horizonS: 1 })).toMatchObject({
      hit_recall: { value: 1 },
      hit_precision: { value: 1 },
      plan_hit_rate_cumulative: { value: 0, count: 1 },
      driver_hit_rate: { value: 0, count: 1 },
    })
  })

  test('planted: one that sees no car leads into it', () => {
    const window = windowOf(last, [scored(wall, drawn([]), { horizonS: 1 })])
    const values = valuesOf(plans, [window], { horizonS: 1 })
    expect(values.hit_recall.value).toBe(0)
    expect(values.hit_precision.value).toBeNull()
    expect(values.plan_hit_rate_cumulative).toEqual({ value: 1, count: 1 })
  })

  test('planted: one that sees a car where none is keeps away, at the price of progress', () => {
    const [free, ghost] = [drawn([]), drawn(wall)].map((predicted) => {
      const window = windowOf(last, [scored([], predicted, { horizonS: 1 })])
      return valuesOf(plans, [window], { horizonS: 1 })
    })
    expect(ghost.hit_precision.value).toBe(0)
    expect(ghost.plan_progress.value!).toBeLessThan(free.plan_progress.value!)
  })

  test('a hit up to a horizon stays one when the car has passed', () => {
    const window = windowOf(last, [scored(wall, drawn(wall), { horizonS: 1 }), scored([], drawn([]), { horizonS: 2 })])
    const values = valuesOf(plans, [window], { horizonS: 2 })
    expect(values.hit_recall.value).toBeNull()
    expect(values.hit_recall_cumulative.value).toBe(1)
  })
})
