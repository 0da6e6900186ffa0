import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Confusion } from '../../../eval/metrics/confusion.js'
import {
  classIou,
  meanIou,
  occupancyIou,
  perClassIou,
  pooledRecall,
  precision,
  rareRecall,
  recall,
} from '../../../eval/metrics/iou.js'
import { policies } from '../../../eval/metrics/policies.js'
import { packBits } from '../../../pipeline/grid.js'
import { small } from './taxonomy.js'

const [car, child, free, cone] = [0, 1, 2, 3]
const seed = 977
const none = { value: null, count: 0 }

/** car 10 voxels: 6 found, 1 as child, 3 missed. child 4: 1 found, 2 as car, 1 missed. free 20: 2 as car, 1 as child. */
const scene = new Confusion(4, Float64Array.of(6, 1, 3, 0, 2, 1, 1, 0, 2, 1, 17, 0, 0, 0, 0, 0))

describe('scores of a small scene', () => {
  it('occupancy: 10 voxels occupied in both, 17 in either', () => {
    expect(occupancyIou(scene, policies.occlab, small)).toEqual({ value: 10 / 17, count: 17 })
  })

  it('IoU of a class: car 6 of 10 + 10 − 6, child 1 of 4 + 3 − 1', () => {
    expect(classIou(scene, policies.occlab, car)).toEqual({ value: 6 / 14, count: 14 })
    expect(classIou(scene, policies.occlab, child)).toEqual({ value: 1 / 6, count: 6 })
  })

  it('lists the classes that the policy scores, the absent one as not applicable', () => {
    expect(perClassIou(scene, policies.occlab, small)).toEqual([
      { name: 'car', index: car, value: 6 / 14, count: 14 },
      { name: 'child', index: child, value: 1 / 6, count: 6 },
      { name: 'cone', index: cone, ...none },
    ])
  })

  it('mean IoU over the present classes rests on the 17 voxels that are or were called one', () => {
    expect(meanIou(scene, policies.occlab, small)).toEqual({ value: (6 / 14 + 1 / 6) / 2, count: 17 })
  })

  it('recall and precision', () => {
    expect(recall(scene, car)).toEqual({ value: 0.6, count: 10 })
    expect(recall(scene, cone)).toEqual(none)
    expect(precision(scene, child)).toEqual({ value: 1 / 3, count: 3 })
    expect(precision(scene, cone)).toEqual(none)
  })

  it('rare recall pools the rare classes and leaves the absent one out', () => {
    const { pooled, perClass } = rareRecall(scene, small)
    expect(pooled).toEqual({ value: 0.25, count: 4 })
    expect(perClass).toEqual([
      { name: 'child', index: child, value: 0.25, count: 4 },
      { name: 'cone', index: cone, ...none },
    ])
  })

  it('pooled recall weighs classes by their voxels', () => {
    expect(pooledRecall(scene, [car, child])).toEqual({ value: 7 / 14, count: 14 })
    expect(pooledRecall(scene, [])).toEqual(none)
  })
})

describe.each(Object.values(policies))('where there is nothing to score, under $name', (policy) => {
  const nothing = new Confusion(4)
  const allFree = new Confusion(4).addFrame(new Uint8Array(9).fill(free), new Uint8Array(9).fill(free))

  it.each([
    ['an empty mask', nothing],
    ['a frame free in truth and prediction', allFree],
  ])('%s is not applicable', (_, confusion) => {
    expect(occupancyIou(confusion, policy, small)).toEqual(none)
    expect(meanIou(confusion, policy, small)).toEqual(none)
    for (const { value, count } of perClassIou(confusion, policy, small)) expect({ value, count }).toEqual(none)
    expect(rareRecall(confusion, small).pooled).toEqual(none)
    expect(recall(confusion, car)).toEqual(none)
    expect(precision(confusion, car)).toEqual(none)
  })

  it('missing everything is 0, not "not applicable"', () => {
    const missed = new Confusion(4).addFrame(Uint8Array.of(car, child, cone), new Uint8Array(3).fill(free))
    expect(occupancyIou(missed, policy, small)).toEqual({ value: 0, count: 3 })
    expect(meanIou(missed, policy, small)).toEqual({ value: 0, count: 3 })
    expect(rareRecall(missed, small).pooled).toEqual({ value: 0, count: 2 })
  })
})

describe('against sets of voxels', () => {
  const labels = fc.array(fc.tuple(fc.nat(3), fc.nat(3), fc.boolean()), { maxLength: 120 })

  const shareOfUnion = (a: Set<number>, b: Set<number>) => {
    const union = new Set([...a, ...b]).size
    return union === 0 ? none : { value: [...a].filter((voxel) => b.has(voxel)).length / union, count: union }
  }

  it(`IoU is |A ∩ B| / |A ∪ B| of the seen voxels (seed ${seed})`, () => {
    fc.assert(
      fc.property(labels, (voxels) => {
        const confusion = new Confusion(4).addFrame(
          Uint8Array.from(voxels, (v) => v[0]),
          Uint8Array.from(voxels, (v) => v[1]),
          packBits(Uint8Array.from(voxels, (v) => (v[2] ? 255 : 0))),
        )
        const where = (is: (label: number) => boolean, side: 0 | 1) =>
          new Set(voxels.flatMap((v, voxel) => (v[2] && is(v[side]) ? [voxel] : [])))
        const iouWhere = (is: (label: number) => boolean) => shareOfUnion(where(is, 0), where(is, 1))
        expect(occupancyIou(confusion, policies.occ3d, small)).toEqual(iouWhere((label) => label !== free))
        const each = [car, child, cone].map((k) => iouWhere((label) => label === k))
        expect(perClassIou(confusion, policies.occ3d, small).map(({ value, count }) => ({ value, count }))).toEqual(
          each,
        )
        const there = each.flatMap(({ value }) => (value === null ? [] : [value]))
        const mean = there.length === 0 ? null : there.reduce((sum, value) => sum + value, 0) / there.length
        expect(meanIou(confusion, policies.occ3d, small).value).toBe(mean)
      }),
      { seed, numRuns: 300 },
    )
  })

  it(`every value is null exactly where its count is 0, else within [0, 1] (seed ${seed})`, () => {
    fc.assert(
      fc.property(labels, fc.constantFrom(...Object.values(policies)), (voxels, policy) => {
        const confusion = new Confusion(4).addFrame(
          Uint8Array.from(voxels, (v) => v[0]),
          Uint8Array.from(voxels, (v) => v[1]),
        )
        const { pooled, perClass } = rareRecall(confusion, small)
        const scores = [occupancyIou, meanIou].map((score) => score(confusion, policy, small))
        for (const { value, count } of [...scores, pooled, ...perClass, ...perClassIou(confusion, policy, small)]) {
          expect(value === null).toBe(count === 0)
          expect(value ?? 0).toBeGreaterThanOrEqual(0)
          expect(value ?? 1).toBeLessThanOrEqual(1)
        }
      }),
      { seed, numRuns: 300 },
    )
  })
})
