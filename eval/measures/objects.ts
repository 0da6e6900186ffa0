import { bitAt } from '../../pipeline/grid.js'
import { forEachBoxVoxel } from '../../pipeline/ingest/occupancy/boxVoxels.js'
import type { SceneObject } from '../../pipeline/schema.js'
import { freeIndex, rareIndices } from '../../pipeline/taxonomy.js'
import { type Policy, scoredClasses } from '../metrics/policies.js'
import { ratio, type Score } from '../metrics/score.js'
import { maskOf } from '../policyMask.js'
import type { Counter, FrameMeasure, ScoredFrame, Value, World } from './measure.js'
import { objectSlices } from './objectSlices.js'

/** A thing counts as found when at least this share of its voxels is predicted as its class. */
const foundShare = 0.5
/** Numbers a class: things, Σ share of right voxels, things found, Σ share of occupied voxels. */
const perClass = 4

/**
 * Recall counted by things instead of voxels: a bus of a thousand voxels and a child of five weigh the same. A thing is an
 * annotated box with at least one scored voxel of its class inside.
 */
export const objects: FrameMeasure = {
  name: 'objects',
  reads: 'frames',
  what: 'share of annotated things found (half of their voxels predicted as their class), by class, distance, speed, size, points',
  source: 'Ours; breakdowns after Waymo, https://arxiv.org/abs/1912.04838, and its detection challenge',
  policies: 'each',
  tasks: ['reconstruction', 'forecast'],
  values({ taxonomy }, policy) {
    const scored = scoredClasses(policy, taxonomy)
    const rare = rareIndices(taxonomy).filter((index) => scored.includes(index))
    return [
      value('object_recall', null, scored, 2),
      value('rare_object_recall', null, rare, 2),
      value('object_coverage', null, scored, 1),
      value('object_occupied', null, scored, 3),
      ...scored.map((index) => value('object_recall', taxonomy.classes[index].name, [index], 2)),
    ]
  },
  counter: (world, policy) => new ObjectCounter(world, policy),
}

function value(metric: string, className: string | null, classes: readonly number[], place: number): Value {
  const headline = className === null && place === 2
  return {
    ...{ metric, unit: 'ratio', countOf: 'things', className, better: 'higher', headline },
    score: (sums) => pooled(sums, classes, place),
  }
}

function pooled(sums: Float64Array, classes: readonly number[], place: number): Score {
  const add = (at: number) => classes.reduce((sum, index) => sum + sums[index * perClass + at], 0)
  return ratio(add(place), add(0))
}

class ObjectCounter implements Counter<ScoredFrame> {
  private readonly slices = new Map<string, Float64Array>()
  private readonly free: number

  constructor(
    private readonly world: World,
    private readonly policy: Policy,
  ) {
    this.free = freeIndex(world.taxonomy)
  }

  add(scored: ScoredFrame): void {
    if (!scored.objects) return
    const mask = maskOf(this.policy, scored.truth, this.world.taxonomy)
    for (const object of scored.objects) {
      const { voxels, right, occupied } = this.voxelsOf(object, scored, mask)
      if (voxels === 0) continue
      const numbers = [1, right / voxels, right >= foundShare * voxels ? 1 : 0, occupied / voxels]
      for (const slice of ['all', ...objectSlices(object)]) this.addTo(slice, object.classIndex, numbers)
    }
  }

  sums() {
    return [...this.slices].map(([slice, sums]) => ({ slice, horizonS: null, sums }))
  }

  /** The thing's scored voxels of its own class, and those of them predicted right or at least as occupied. */
  private voxelsOf(
    { classIndex, egoFromObject, sizeM }: SceneObject,
    { truth: { semantics }, predicted }: ScoredFrame,
    mask?: Uint8Array,
  ) {
    const found = { voxels: 0, right: 0, occupied: 0 }
    forEachBoxVoxel(this.world.grid, egoFromObject, sizeM, (voxel) => {
      if (semantics[voxel] !== classIndex || (mask && !bitAt(mask, voxel))) return
      found.voxels++
      if (predicted[voxel] === classIndex) found.right++
      if (predicted[voxel] !== this.free) found.occupied++
    })
    return found
  }

  private addTo(slice: string, classIndex: number, numbers: readonly number[]): void {
    const sums = this.slices.get(slice) ?? new Float64Array(perClass * this.world.taxonomy.classes.length)
    this.slices.set(slice, sums)
    numbers.forEach((number, place) => {
      sums[classIndex * perClass + place] += number
    })
  }
}
