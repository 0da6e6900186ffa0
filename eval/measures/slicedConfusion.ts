import type { Frame } from '../../pipeline/schema.js'
import { freeIndex } from '../../pipeline/taxonomy.js'
import { type Policy, scoredClasses } from '../metrics/policies.js'
import type { Counter, FrameMeasure, ScoredFrame, Sums, World } from './measure.js'
import { occupiedVoxels } from './occupiedVoxels.js'
import { SliceSums, slicedMeasure } from './sliceSums.js'

/** A way to cut the voxels of a grid into parts. */
export interface Cut {
  /** Name of each part's slice: `range=0–30 m`. */
  slices: readonly string[]
  /** [V] the part of each voxel, or `noPart`; of a frame where it depends on what was seen. */
  partsOf(frame: Frame): Uint8Array
}

/** A voxel of no part. */
export const noPart = 255

/** The measure that says IoU, mIoU and rare recall of each part of some cuts; one pass over occupied voxels a cut. */
export function breakdown(
  words: Pick<FrameMeasure, 'name' | 'what' | 'source'>,
  cutsOf: (world: World, policy: Policy) => readonly Cut[],
): FrameMeasure {
  return slicedMeasure(words, (world, policy) => new SlicedConfusion(world, policy, cutsOf(world, policy)))
}

class SlicedConfusion implements Counter<ScoredFrame> {
  private readonly free: number
  /** For each cut [parts, K, K]; voxels that are free in truth and prediction are not counted. */
  private readonly counts: Float64Array[]

  constructor(
    private readonly world: World,
    private readonly policy: Policy,
    private readonly cuts: readonly Cut[],
  ) {
    const K = world.taxonomy.classes.length
    this.free = freeIndex(world.taxonomy)
    this.counts = cuts.map(({ slices }) => new Float64Array(slices.length * K * K))
  }

  add(scored: ScoredFrame): void {
    const { truth, predicted } = scored
    const { semantics } = truth
    const K = this.world.taxonomy.classes.length
    const voxels = occupiedVoxels(scored, this.policy, this.world.taxonomy)
    for (const [c, cut] of this.cuts.entries()) {
      const parts = cut.partsOf(truth)
      const counts = this.counts[c]
      for (let n = 0; n < voxels.length; n++) {
        const voxel = voxels[n]
        const part = parts[voxel]
        if (part !== noPart) counts[(part * K + semantics[voxel]) * K + predicted[voxel]]++
      }
    }
  }

  *sums(): Generator<Sums> {
    const { taxonomy } = this.world
    const K = taxonomy.classes.length
    const scored = scoredClasses(this.policy, taxonomy)
    const occupied = taxonomy.classes.flatMap((_, index) => (index === this.free ? [] : [index]))
    for (const [c, { slices }] of this.cuts.entries())
      for (const [part, slice] of slices.entries()) {
        const confusion = this.counts[c].subarray(part * K * K, (part + 1) * K * K)
        yield { slice, horizonS: null, sums: SliceSums.of(confusion, occupied, scored).sums }
      }
  }
}
