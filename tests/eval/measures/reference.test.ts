import { expect, it } from 'vitest'
import { boundary } from '../../../eval/measures/boundary.js'
import { classGroups } from '../../../eval/measures/classGroups.js'
import { classSize } from '../../../eval/measures/classSize.js'
import { heights } from '../../../eval/measures/heights.js'
import { occupancy } from '../../../eval/measures/occupancy.js'
import { rays } from '../../../eval/measures/rays.js'
import { rings } from '../../../eval/measures/rings.js'
import { visibility } from '../../../eval/measures/visibility.js'
import { type Policy, policies } from '../../../eval/metrics/policies.js'
import type { Score } from '../../../eval/metrics/score.js'
import { stream } from '../../../pipeline/random.js'
import { noNumpy } from '../../support/numpy.js'
import { measured, numpyReference, type Reference } from './numpyReference.js'
import { type MadeScene, randomScene } from './randomScene.js'

const seed = 71188
const scenes = Array.from({ length: 240 }, (_, n) => randomScene(stream(seed, 'scene', n)))
const all: Policy[] = Object.values(policies)

/** What a convention's own code says where there is nothing to score, and we say that nothing is applicable. */
const ofNothing = ({ absent }: Policy) => ({ skip: null, one: 1, zero: 0 })[absent]

/** Our score is the reference's; where ours is not applicable the reference has what it makes of nothing. */
function same({ value, count }: Score, theirs: number | null, policy: Policy | null, where: string): void {
  const ofThem = value === null && theirs !== null ? ofNothing(policy!) : value
  const isSame = theirs === null || ofThem === null ? theirs === ofThem : Math.abs(theirs - ofThem) < 1e-12
  // A hundred thousand numbers: `expect` is called where it has something to say.
  if (!isSame || (value === null) !== (count === 0))
    expect({ where, value, count }).toEqual({ where, value: theirs, count: 'as of the reference' })
}

function eachScene(run: (scene: MadeScene, reference: Reference, where: string) => void): void {
  const references = numpyReference(scenes)
  for (const [n, scene] of scenes.entries()) run(scene, references[n], `scene ${n}`)
}

it.skipIf(noNumpy)(
  `every measure of occupancy is what NumPy makes of its definition (seed ${seed})${noNumpy}`,
  () => {
    let empty = 0
    eachScene((scene, reference, n) => {
      for (const policy of all) {
        const where = `${n}, ${policy.name}`
        const [mean, each, iou] = reference.all[policy.name]
        const { all: ours } = measured(occupancy, scene, policy)
        if (ours.one('iou').count === 0) empty++
        same(ours.one('miou'), mean, policy, `${where}, mIoU`)
        same(ours.one('iou'), iou, policy, `${where}, IoU`)
        ours.of('class_iou').forEach((score, k) => {
          same(score, each[k], policy, `${where}, class ${k}`)
        })
        sameSlices(scene, reference, policy, where)
        sameBoundary(scene, reference, policy, where)
      }
      sameRays(scene, reference, n)
    })
    // Empty masks and frames that are free all over are among the scenes.
    expect(empty).toBeGreaterThan(50)
  },
  120_000,
)

function sameSlices(scene: MadeScene, reference: Reference, policy: Policy, where: string): void {
  for (const measure of [rings, heights, visibility])
    for (const [slice, ours] of Object.entries(measured(measure, scene, policy))) {
      const [mean, each, iou] = reference.slices[slice][policy.name]
      same(ours.one('miou'), mean, policy, `${where}, ${slice}, mIoU`)
      same(ours.one('iou'), iou, policy, `${where}, ${slice}, IoU`)
      ours.of('class_iou').forEach((score, k) => {
        same(score, each[k], policy, `${where}, ${slice}, class ${k}`)
      })
    }
  for (const measure of [classGroups, classSize])
    for (const [slice, ours] of Object.entries(measured(measure, scene, policy))) {
      const [mean, iou] = reference.groups[slice][policy.name]
      same(ours.one('miou'), mean, policy, `${where}, ${slice}, mIoU`)
      same(ours.one('iou'), iou, policy, `${where}, ${slice}, IoU`)
    }
}

function sameBoundary(scene: MadeScene, reference: Reference, policy: Policy, where: string): void {
  const { f1, mean, each } = reference.boundary[policy.name]
  const { all: ours } = measured(boundary, scene, policy)
  same(ours.one('boundary_f1'), f1, null, `${where}, boundary`)
  same(ours.one('boundary_mf1'), mean, null, `${where}, mean boundary`)
  ours.of('class_boundary_f1').forEach((score, k) => {
    same(score, each[k], null, `${where}, boundary of class ${k}`)
  })
}

function sameRays(scene: MadeScene, { rays: reference }: Reference, where: string): void {
  if (!reference) return
  const { all: ours } = measured(rays, scene, policies.occlab)
  expect([...ours.sums], `${where}, rays`).toEqual(reference.counts)
  same(ours.one('ray_iou'), reference.mean, null, `${where}, RayIoU`)
  ours.of('class_ray_iou').forEach((score, k) => {
    same(score, reference.each[k], null, `${where}, RayIoU of class ${k}`)
  })
}
