import { describe, expect, it } from 'vitest'
import { Confusion } from '../../eval/metrics/confusion.js'
import { meanIou, occupancyIou } from '../../eval/metrics/iou.js'
import { policies } from '../../eval/metrics/policies.js'
import { packBits } from '../../pipeline/grid.js'
import { stream } from '../../pipeline/random.js'
import { fleet } from '../../pipeline/taxonomies/fleet.js'
import { freeIndex } from '../../pipeline/taxonomy.js'
import { scoreFrame } from '../../viewer/app/frameScore.js'
import { panelPolicy } from '../../viewer/runFolder.js'

const free = freeIndex(fleet)
const bytes = (...values: number[]) => Uint8Array.from(values)

describe('the score beside a panel', () => {
  it('can be checked by hand', () => {
    // Observed: a hit of class 8, a miss of class 8, a false alarm of class 9, free in both; the last is not observed.
    const score = scoreFrame(
      bytes(8, 8, free, free, 4),
      bytes(8, free, 9, free, 9),
      bytes(1, 1, 1, 1, 0),
      fleet.classes,
    )
    expect(score.iou).toEqual({ value: 1 / 3, count: 3 })
    expect(score.miou).toEqual({ value: 1 / 2, count: 3 })
    expect(score.classes).toBe(1)
  })

  it('is not applicable, and rests on nothing, where nothing is occupied', () => {
    const score = scoreFrame(bytes(free, 3), bytes(free, 3), bytes(1, 0), fleet.classes)
    expect(score).toEqual({ iou: { value: null, count: 0 }, miou: { value: null, count: 0 }, classes: 0 })
  })

  const seed = 20260105
  it(`is the score of the policy '${panelPolicy}' in evaluation (seed ${seed})`, () => {
    const rng = stream(seed, 'frame score')
    for (let round = 0; round < 30; round++) {
      const classes = 2 + rng.int(fleet.classes.length - 2)
      const label = () => (rng.float() < 0.5 ? free : rng.int(classes))
      const truth = Uint8Array.from({ length: 400 }, () => (rng.float() < 0.02 ? 255 : label()))
      const predicted = truth.map((value) => (value < 255 && rng.float() < 0.6 ? value : label()))
      const observed = truth.map(() => (rng.float() < 0.7 ? 1 : 0))
      const confusion = new Confusion(fleet.classes.length).addFrame(truth, predicted, packBits(observed))
      const score = scoreFrame(truth, predicted, observed, fleet.classes)
      expect(score.iou).toEqual(occupancyIou(confusion, policies[panelPolicy], fleet))
      const mean = meanIou(confusion, policies[panelPolicy], fleet)
      expect(score.miou.value).toBeCloseTo(mean.value!, 12)
      expect(score.miou.count).toBe(mean.count)
    }
  })
})
