import { describe, expect, test } from 'vitest'
import { errorGrowth } from '../../../eval/measures/errorGrowth.js'
import { panoptic } from '../../../eval/measures/panoptic.js'
import { rollouts } from '../../../eval/measures/rollouts.js'
import { staticConsistency } from '../../../eval/measures/staticConsistency.js'
import { trackShape } from '../../../eval/measures/trackShape.js'
import { unlabelled } from '../../../eval/metrics/confusion.js'
import { type Policy, policies } from '../../../eval/metrics/policies.js'
import { packBits } from '../../../pipeline/grid.js'
import { poseFromYaw } from '../../../pipeline/pose.js'
import type { SceneObject } from '../../../pipeline/schema.js'
import { car, drawn, free, of, scored, windowOf } from './scene.js'
import { sumsOf, valuesOf } from './values.js'

const start = scored([car('a', 0, 0)], drawn([]), { horizonS: 0 })

describe('error growth', () => {
  test('IoU 1 at one second and 1/2 at three: a quarter a second is lost', () => {
    const [one, two] = [car('a', 0, 0), car('b', 5, 5)]
    const ahead = [
      scored([one, two], drawn([one, two]), { horizonS: 1 }),
      scored([one, two], drawn([one]), { horizonS: 3 }),
    ]
    expect(valuesOf(errorGrowth, [windowOf(start, ahead)]).iou_lost_per_s).toEqual({ value: 1 / 4, count: 1 })
  })

  test('truth that nobody labelled is not taken to be occupied, whatever the mask', () => {
    const [one, two] = [car('a', 0, 0), car('b', 5, 5)]
    const ahead = [1, 3].map((horizonS) => {
      const frame = scored([one, two], drawn([one, two]), { horizonS })
      // The rows beyond x = 8 m, where nothing is.
      frame.truth.semantics.fill(unlabelled, 18 * 40)
      return frame
    })
    const { iou_lost_per_s: lost } = valuesOf(errorGrowth, [windowOf(start, ahead)], { policy: policies.occworld })
    expect(lost.value).toBeCloseTo(0, 12)
    ahead[1] = { ...ahead[1], predicted: drawn([one]) }
    // IoU 1 at one second, 1/2 at three: the voxels without a label are in no union.
    expect(valuesOf(errorGrowth, [windowOf(start, ahead)], { policy: policies.occworld }).iou_lost_per_s).toEqual({
      value: 1 / 4,
      count: 1,
    })
  })

  test('one horizon has no slope', () => {
    const ahead = [scored([car('a', 0, 0)], drawn([]))]
    expect(valuesOf(errorGrowth, [windowOf(start, ahead)]).iou_lost_per_s).toEqual({ value: null, count: 0 })
  })
})

describe('random futures', () => {
  const truth = [car('a', 0, 0)]
  const ahead = [scored(truth, drawn(truth))]
  test('the best of a right and a wrong one is right, one is half right, and they are wholly apart', () => {
    const drawnFutures = [[drawn(truth)], [drawn([car('a', 0, 6)])]]
    expect(valuesOf(rollouts, [windowOf(start, ahead, drawnFutures)], { horizonS: 1 })).toEqual({
      best_of_k_iou: { value: 1, count: 1 },
      one_of_k_iou: { value: 1 / 2, count: 1 },
      rollout_diversity: { value: 1, count: 1 },
    })
  })
  test('one future is no choice', () => {
    expect(sumsOf(rollouts, [windowOf(start, ahead, [[drawn(truth)]])])).toEqual([])
  })
})

describe('a world that stands still', () => {
  /** The ego goes 1 m, a voxel, ahead in the second between the two forecasts. */
  const moved = poseFromYaw(0, [1, 0, 0])
  const wall = (xM: number) => {
    const semantics = new Uint8Array(800).fill(free)
    for (let j = 0; j < 20; j++) semantics[((xM + 10) * 20 + j) * 2] = of('building')
    return semantics
  }
  const frame = (xM: number, horizonS: number, cityFromEgo = poseFromYaw(0)) => {
    const { truth, ...rest } = scored([], wall(xM), { horizonS, cityFromEgo })
    return { ...rest, truth: { ...truth, semantics: wall(xM) } }
  }

  test('a wall that comes nearer by what the ego drove is consistent', () => {
    const window = windowOf(start, [frame(5, 1), frame(4, 2, moved)])
    expect(valuesOf(staticConsistency, [window], { horizonS: 2 })).toEqual({
      static_consistency: { value: 1, count: 20 },
      static_consistency_of_truth: { value: 1, count: 20 },
    })
  })

  test('truth that nobody labelled neither stands nor moves', () => {
    const second = frame(4, 2, moved)
    // Half of the wall of the second frame.
    second.truth.semantics.fill(unlabelled, 14 * 40, 14 * 40 + 20)
    const window = windowOf(start, [frame(5, 1), second])
    expect(valuesOf(staticConsistency, [window], { horizonS: 2 })).toEqual({
      static_consistency: { value: 1, count: 20 },
      static_consistency_of_truth: { value: 1, count: 10 },
    })
  })

  test('planted: a wall that goes along with the ego is not, while that of the truth is', () => {
    const second = frame(4, 2, moved)
    const window = windowOf(start, [frame(5, 1), { ...second, predicted: wall(5) }])
    expect(valuesOf(staticConsistency, [window], { horizonS: 2 })).toEqual({
      static_consistency: { value: 0, count: 40 },
      static_consistency_of_truth: { value: 1, count: 20 },
    })
  })
})

describe('the shape of a thing along its track', () => {
  const [before, now] = [[car('a', -3, 0)], [car('a', 3, 2)]]
  test('a car that keeps its shape on its way', () => {
    const window = windowOf(start, [scored(before, drawn(before)), scored(now, drawn(now), { horizonS: 2 })])
    expect(valuesOf(trackShape, [window], { horizonS: 2 }).shape_consistency).toEqual({ value: 1, count: 16 })
  })

  test('planted: one that loses its front half', () => {
    const half = drawn(now)
    for (let i = 13; i < 20; i++) half.fill(free, i * 40, (i + 1) * 40)
    const window = windowOf(start, [scored(before, drawn(before)), scored(now, half, { horizonS: 2 })])
    expect(valuesOf(trackShape, [window], { horizonS: 2 })).toEqual({
      shape_consistency: { value: 1 / 2, count: 16 },
      shape_consistency_of_truth: { value: 1, count: 16 },
    })
  })

  test('a thing that leaves the grid has no whole shape', () => {
    const gone = [car('a', 9, 0)]
    const window = windowOf(start, [scored(before, drawn(before)), scored(gone, drawn(gone), { horizonS: 2 })])
    expect(valuesOf(trackShape, [window], { horizonS: 2 }).shape_consistency.value).toBeNull()
  })
})

describe('panoptic quality over time', () => {
  const at = (seconds: number) => [car('a', -6 + 3 * seconds, -4, 3), car('b', 6 - 3 * seconds, 4, -3)]
  const last = scored(at(0), drawn(at(0)), { horizonS: 0 })
  const perfect = [1, 2].map((s) => scored(at(s), drawn(at(s)), { horizonS: s }))

  test('the truth itself scores 1 at every horizon and moves without an error', () => {
    const values = valuesOf(panoptic, [windowOf(last, perfect)], { horizonS: 2 })
    expect(values.vpq).toEqual({ value: 1, count: 2 })
    expect(values['vpq car']).toEqual({ value: 1, count: 2 })
    expect(values.motion_error).toEqual({ value: 0, count: 2 })
  })

  test('a missed car is half a fault and an invented one another half: 1 / (1 + ½ + ½)', () => {
    const [a] = at(1)
    const window = windowOf(last, [scored(at(1), drawn([a, car('ghost', 0, 8)]), { horizonS: 1 })])
    expect(valuesOf(panoptic, [window], { horizonS: 1 }).vpq).toEqual({ value: 1 / 2, count: 3 })
  })

  test('planted: things that swap places keep their IoU and lose their identity', () => {
    // Both cars are drawn where they are, but those of the forecast before stood where the other one is now.
    const [a, b] = [car('a', -2, -1), car('b', 2, 2)]
    const swapped = [car('b', -2, -1), car('a', 2, 2)]
    const first = scored([a, b], drawn([a, b]), { horizonS: 1 })
    const second = scored(swapped, drawn(swapped), { horizonS: 2 })
    const seen = scored([a, b], drawn([a, b]), { horizonS: 0 })
    const values = valuesOf(panoptic, [windowOf(seen, [first, second])], { horizonS: 2 })
    expect(values.vpq).toEqual({ value: 0, count: 4 })
  })

  test('a new partner is a fault once: the car matches again with the one it has from then on', () => {
    const [a, b] = [car('a', -2, -1), car('b', 2, 2)]
    const swapped = [car('b', -2, -1), car('a', 2, 2)]
    const frames = [1, 2, 3].map((s) => {
      const things = s === 1 ? [a, b] : swapped
      return scored(things, drawn(things), { horizonS: s })
    })
    const seen = scored([a, b], drawn([a, b]), { horizonS: 0 })
    const at = (horizonS: number) => valuesOf(panoptic, [windowOf(seen, frames)], { horizonS })
    expect([1, 2, 3].map((s) => at(s).vpq)).toEqual([
      { value: 1, count: 2 },
      { value: 0, count: 4 },
      { value: 1, count: 2 },
    ])
    // Neither at two seconds nor from there to three is there a motion of things that match at both ends.
    expect([2, 3].map((s) => at(s).motion_error)).toEqual([
      { value: null, count: 0 },
      { value: null, count: 0 },
    ])
  })

  describe('what nobody looked at', () => {
    /** Observed are the columns before x = `untilM`. */
    const seenUntil = (untilM: number, things: readonly SceneObject[], predicted: Uint8Array) => {
      const { truth, ...rest } = scored(things, predicted, { horizonS: 1 })
      const observed = packBits(new Uint8Array(800).fill(1, 0, (untilM + 10) * 40))
      return { ...rest, truth: { ...truth, observed } }
    }
    const vpqOf = (frame: ReturnType<typeof seenUntil>, policy: Policy = policies.occlab) =>
      valuesOf(panoptic, [windowOf(last, [frame])], { horizonS: 1, policy }).vpq
    // Four columns along x, from −2 to 2 m; two across.
    const seen = car('a', 0, 0)

    test('is in no overlap: a car of which half was seen is matched by that half', () => {
      // Predicted as twice as long, to 6 m: within what was seen, to 2 m, it is the same.
      const long = drawn([{ ...seen, sizeM: [8, 2, 2], egoFromObject: poseFromYaw(0, [2, 0, 1]) }])
      expect(vpqOf(seenUntil(2, [seen], long))).toEqual({ value: 1, count: 1 })
      // Without a mask 8 columns of 16: an IoU of ½ is no match.
      expect(vpqOf(seenUntil(2, [seen], long), policies.occworld)).toEqual({ value: 0, count: 2 })
    })

    test('is not invented, but what lies in it by half or less is', () => {
      const ghost = drawn([seen, car('ghost', 6, 6)])
      // From 4 to 8 m: one, two and all of its four rows of columns were seen.
      const counts = [5, 6, 8].map((untilM) => vpqOf(seenUntil(untilM, [seen], ghost)))
      expect(counts).toEqual([
        { value: 1, count: 1 },
        { value: 2 / 3, count: 2 },
        { value: 2 / 3, count: 2 },
      ])
    })
  })

  test('a forecast whose cars move a metre too little is off by a metre of motion', () => {
    const cars = (s: number) => [car('a', -6 + 3 * s, -4), car('b', 6 - 3 * s, 4)]
    // Right at one second; a metre behind at two.
    const ahead = [
      scored(cars(1), drawn(cars(1)), { horizonS: 1 }),
      scored(cars(2), drawn([car('a', -1, -4), car('b', 1, 4)]), { horizonS: 2 }),
    ]
    const values = valuesOf(panoptic, [windowOf(last, ahead)], { horizonS: 2 })
    expect(values.motion_error).toEqual({ value: 1, count: 2 })
  })

  test('an ego that drives does not move the world: ids follow city places', () => {
    const ahead = [1, 2].map((s) => {
      const cityFromEgo = poseFromYaw(0, [2 * s, 0, 0])
      const inEgo = at(s).map((thing) => ({
        ...thing,
        egoFromObject: poseFromYaw(0, [thing.egoFromObject.t[0] - 2 * s, thing.egoFromObject.t[1], 1]),
      }))
      return scored(inEgo, drawn(inEgo), { horizonS: s, cityFromEgo })
    })
    expect(valuesOf(panoptic, [windowOf(last, ahead)], { horizonS: 2 })).toMatchObject({
      vpq: { value: 1 },
      motion_error: { value: 0 },
    })
  })
})
