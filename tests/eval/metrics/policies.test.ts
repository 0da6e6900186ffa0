import { describe, expect, it } from 'vitest'
import { Confusion } from '../../../eval/metrics/confusion.js'
import { classIou, meanIou, occupancyIou } from '../../../eval/metrics/iou.js'
import { type Policy, policies, policyNamed, scoredClasses } from '../../../eval/metrics/policies.js'
import { UsageError } from '../../../pipeline/errors.js'
import { taxonomies } from '../../../pipeline/taxonomy.js'
import { small } from './taxonomy.js'

const [car, child, free, cone] = [0, 1, 2, 3]
const all: Policy[] = Object.values(policies)

const confusionOf = (pairs: readonly (readonly [truth: number, predicted: number])[]) =>
  new Confusion(4).addFrame(
    Uint8Array.from(pairs, ([truth]) => truth),
    Uint8Array.from(pairs, ([, predicted]) => predicted),
  )

describe('registry', () => {
  it.each(Object.entries(policies))('%s stands under its own name, with a source', (name, policy) => {
    expect(policy.name).toBe(name)
    expect(policyNamed(name)).toBe(policy)
    expect(policy.source).toMatch(/\w/)
  })

  it('lists the names when asked for an unknown one', () => {
    expect(() => policyNamed('occ4d')).toThrow(UsageError)
    expect(() => policyNamed('occ4d')).toThrow(/occlab \| occ3d \| occ3d-lidar \| occworld/)
  })

  it.each(all)('$name scores every class that its words say', (policy) => {
    expect(scoredClasses(policy, small)).toEqual([car, child, cone])
    const { classes } = taxonomies.fleet
    const left = policy.scored.includes('free and others') ? 2 : 1
    expect(scoredClasses(policy, taxonomies.fleet)).toHaveLength(classes.length - left)
  })

  it('leaves the unlabelled class of SemanticKITTI out of its mean, as its own list of 20 classes does', () => {
    const names = scoredClasses(policies.semantickitti, taxonomies.semantickitti)
    expect(names).toHaveLength(19)
  })

  it('masks as published', () => {
    expect(Object.fromEntries(all.map(({ name, mask }) => [name, mask]))).toEqual({
      occlab: 'observed',
      occ3d: 'camera',
      'occ3d-lidar': 'lidar',
      occworld: 'none',
      semantickitti: 'observed',
      'present-classes': 'none',
    })
  })
})

describe('a class that is absent', () => {
  // car: 1 of 2 found, so IoU ½. The child is nowhere. The cone is only predicted, on a free voxel.
  const nowhere = confusionOf([
    [car, car],
    [car, free],
    [free, free],
  ])
  const predictedOnly = confusionOf([
    [car, car],
    [car, free],
    [free, cone],
  ])

  it.each([
    ['occlab', 1 / 2],
    ['present-classes', 1 / 2],
    ['occ3d', 1 / 2],
    ['occworld', (1 / 2 + 1 + 1) / 3],
    ['semantickitti', (1 / 2 + 0 + 0) / 3],
  ])('from truth and prediction: the mean of %s is %d', (name, mean) => {
    expect(meanIou(nowhere, policyNamed(name), small).value).toBeCloseTo(mean, 15)
  })

  it.each([
    ['occlab', 1 / 2],
    ['present-classes', 1 / 2],
    ['occ3d', (1 / 2 + 0) / 2],
    ['occworld', (1 / 2 + 1 + 1) / 3],
    ['semantickitti', (1 / 2 + 0 + 0) / 3],
  ])('from the truth but predicted: the mean of %s is %d', (name, mean) => {
    expect(meanIou(predictedOnly, policyNamed(name), small).value).toBeCloseTo(mean, 15)
  })

  it('shows no IoU of its own where the policy calls it absent, and 0 where it does not', () => {
    expect(classIou(predictedOnly, policies.occworld, cone)).toEqual({ value: null, count: 0 })
    expect(classIou(predictedOnly, policies.occlab, cone)).toEqual({ value: null, count: 0 })
    expect(classIou(predictedOnly, policies.occ3d, cone)).toEqual({ value: 0, count: 1 })
  })
})

describe('occupancy', () => {
  it('with free at 0 is SemanticKITTI’s completion IoU, Σconf[1:,1:] / (Σconf − conf[0,0])', () => {
    const conf = [50, 2, 3, 4, 10, 1, 5, 2, 20]
    const reordered = { ...small, classes: [small.classes[free], small.classes[car], small.classes[child]] }
    const { value } = occupancyIou(new Confusion(3, Float64Array.from(conf)), policies.semantickitti, reordered)
    expect(value).toBe((10 + 1 + 2 + 20) / (97 - 50))
  })

  it('is 0 for voxels made up in an empty scene, but 1 to OccWorld, whose class "occupied" is then absent', () => {
    const madeUp = confusionOf([
      [free, car],
      [free, free],
    ])
    for (const policy of all)
      expect(occupancyIou(madeUp, policy, small)).toEqual({ value: policy.name === 'occworld' ? 1 : 0, count: 1 })
  })
})
