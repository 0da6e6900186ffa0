import { bitAt, type Grid } from '../../pipeline/grid.js'
import type { Frame } from '../../pipeline/schema.js'
import { type DatasetTaxonomy, freeIndex } from '../../pipeline/taxonomy.js'
import { unlabelled } from '../metrics/confusion.js'
import { type Policy, scoredClasses } from '../metrics/policies.js'
import { notApplicable, type Score } from '../metrics/score.js'
import { isNear, noSurface, surfaceOf } from '../metrics/surface.js'
import { maskOf } from '../policyMask.js'
import type { Counter, FrameMeasure, ScoredFrame, Value, World } from './measure.js'
import { remembered } from './remembered.js'

/**
 * Boundary F1 on voxels: precision is the part of the predicted surface voxels with a true one at most one voxel away,
 * recall the part of the true ones with a predicted one as near, F1 = 2PR/(P + R); of occupied against free and of each
 * class. A surface voxel counts where the policy scores it; it is held against the other grid's whole surface, so that a
 * wall predicted one voxel behind what was seen is near. Counts are summed over frames before they are divided (the paper
 * averages over images), and the mean is over the classes with a surface in the truth.
 */
export const boundary: FrameMeasure = {
  name: 'boundary',
  reads: 'frames',
  what: 'boundary F1, precision and recall of voxel surfaces within one voxel; occupied, mean over classes, each class',
  source:
    'Csurka et al. 2013, What is a good evaluation measure for semantic segmentation?, https://doi.org/10.5244/C.27.32',
  policies: 'each',
  tasks: ['reconstruction', 'forecast'],
  values: ({ taxonomy }, policy) => valuesOf(taxonomy, policy),
  counter: (world, policy) => new SurfaceCounter(world, policy),
}

/** Sums of one kind of surface: predicted, predicted with a true one near, true, true with a predicted one near. */
const perSurface = 4

class SurfaceCounter implements Counter<ScoredFrame> {
  /** [K + 1, 4]; the last row is occupied against free. */
  private readonly counts: Float64Array
  private readonly surfacesOf: (labels: Uint8Array) => [Uint8Array, Uint8Array]

  constructor(
    private readonly world: World,
    private readonly policy: Policy,
  ) {
    this.counts = new Float64Array(perSurface * (world.taxonomy.classes.length + 1))
    this.surfacesOf = surfacesIn(world)
  }

  add({ truth, predicted }: ScoredFrame): void {
    const mask = maskOf(this.policy, truth, this.world.taxonomy)
    const [trueClasses, trueOccupied] = this.surfacesOf(truth.semantics)
    const [classes, occupied] = this.surfacesOf(predicted)
    this.compare(classes, trueClasses, truth, mask, 0)
    this.compare(trueClasses, classes, truth, mask, 2)
    this.compare(occupied, trueOccupied, truth, mask, 0)
    this.compare(trueOccupied, occupied, truth, mask, 2)
  }

  sums() {
    return [{ slice: 'all', horizonS: null, sums: this.counts }]
  }

  private compare(
    surface: Uint8Array,
    other: Uint8Array,
    { semantics }: Frame,
    mask: Uint8Array | undefined,
    to: 0 | 2,
  ): void {
    const { grid } = this.world
    for (let voxel = 0; voxel < surface.length; voxel++) {
      const label = surface[voxel]
      if (label === noSurface || semantics[voxel] === unlabelled || (mask && bitAt(mask, voxel) === 0)) continue
      this.counts[perSurface * label + to]++
      if (isNear(other, grid, voxel, label)) this.counts[perSurface * label + to + 1]++
    }
  }
}

/** Surfaces by class, and of occupied against free as the label K; of each grid of labels once. */
const surfacesIn = remembered<World, (labels: Uint8Array) => [Uint8Array, Uint8Array]>(({ grid, taxonomy }) => {
  const [free, K] = [freeIndex(taxonomy), taxonomy.classes.length]
  return remembered((labels) => [surfaceOf(labels, grid, free, K), occupiedSurface(labels, grid, free, K)])
})

function occupiedSurface(labels: Uint8Array, grid: Grid, free: number, K: number): Uint8Array {
  const merged = labels.map((label) => (label === free || label >= K ? free : K))
  return surfaceOf(merged, grid, free, K + 1)
}

function valuesOf({ classes }: DatasetTaxonomy, policy: Policy): Value[] {
  const K = classes.length
  const scored = scoredClasses(policy, { name: '', classes })
  const value = (metric: string, className: string | null, score: (sums: Float64Array) => Score): Value => ({
    ...{ metric, unit: 'ratio', countOf: 'surface voxels', className, better: 'higher' },
    ...{ headline: className === null, score },
  })
  return [
    value('boundary_f1', null, (sums) => f1(sums, K)),
    value('boundary_mf1', null, (sums) => meanF1(sums, scored)),
    value('boundary_precision', null, (sums) => part(sums, K, 0)),
    value('boundary_recall', null, (sums) => part(sums, K, 2)),
    ...scored.map((index) => value('class_boundary_f1', classes[index].name, (sums) => f1(sums, index))),
  ]
}

function part(sums: Float64Array, index: number, from: 0 | 2): Score {
  const [all, near] = sums.subarray(perSurface * index + from)
  return all === 0 ? notApplicable : { value: near / all, count: all }
}

/** Not applicable without a surface on either side; 0 where there is none on one side alone. */
function f1(sums: Float64Array, index: number): Score {
  const [precision, recall] = [part(sums, index, 0), part(sums, index, 2)]
  const count = precision.count + recall.count
  if (count === 0) return notApplicable
  const [p, r] = [precision.value ?? 0, recall.value ?? 0]
  return { value: p + r === 0 ? 0 : (2 * p * r) / (p + r), count }
}

function meanF1(sums: Float64Array, scored: readonly number[]): Score {
  const present = scored.filter((index) => part(sums, index, 2).count > 0)
  if (present.length === 0) return notApplicable
  const each = present.map((index) => f1(sums, index))
  return {
    value: each.reduce((sum, { value }) => sum + value!, 0) / each.length,
    count: each.reduce((sum, { count }) => sum + count, 0),
  }
}
