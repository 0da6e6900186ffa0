import type { Grid } from '../../pipeline/grid.js'
import { type DatasetTaxonomy, freeIndex, rareIndices } from '../../pipeline/taxonomy.js'
import { ringNames, ringOfColumns } from './rangeRings.js'

/** One frame's reconstruction, each array X·Y·Z, z fastest. */
export interface ScoredVoxels {
  truth: ArrayLike<number>
  predicted: ArrayLike<number>
  /** Cross-entropy of the voxel's true class. */
  nats: ArrayLike<number>
  /** 0 leaves a voxel out. */
  counted: ArrayLike<number>
}

/**
 * Counts reconstructed voxels, by ring of range and class, while a latent trains. The scores are those of the policy
 * `occlab` (`eval/metrics/policies.ts`): a class that is not in the truth has none, and `miou` leaves `free` out.
 */
export class VoxelTally {
  private readonly K: number
  private readonly rings: Uint8Array
  /** [rings, K, K]: voxels by truth (rows) and prediction. */
  private readonly counts: Float64Array
  /** [rings, K]: nats by truth. */
  private readonly nats: Float64Array

  constructor(
    private readonly grid: Grid,
    private readonly taxonomy: DatasetTaxonomy,
  ) {
    this.K = taxonomy.classes.length
    this.rings = ringOfColumns(grid)
    this.counts = new Float64Array(ringNames.length * this.K * this.K)
    this.nats = new Float64Array(ringNames.length * this.K)
  }

  add({ truth, predicted, nats, counted }: ScoredVoxels): void {
    const { K, rings } = this
    const Z = this.grid.dims[2]
    for (let column = 0, voxel = 0; column < rings.length; column++) {
      const row = rings[column] * K
      for (let k = 0; k < Z; k++, voxel++) {
        if (counted[voxel] === 0) continue
        const of = row + truth[voxel]
        this.counts[of * K + predicted[voxel]]++
        this.nats[of] += nats[voxel]
      }
    }
  }

  /**
   * `miou`, `iou` (occupied against free), `rare_recall` (pooled), `iou/<class>`, `recall/<rare class>`, and the mean
   * cross-entropy in nats of a class's voxels (`class_loss/<class>`) and of a ring's (`ring_loss/<ring>`), with
   * `ring_miou/<ring>`. What has no voxel to rest on is left out.
   */
  means(): Record<string, number> {
    const all = summed(this.counts, ringNames.length, this.K * this.K)
    const nats = summed(this.nats, ringNames.length, this.K)
    const entries: [string, number | null][] = [
      ['miou', this.meanIou(all)],
      ['iou', this.occupiedIou(all)],
      ['rare_recall', this.rareRecall(all)],
    ]
    this.taxonomy.classes.forEach(({ name, rare }, k) => {
      const [truth, , hits] = this.of(all, k)
      entries.push([`iou/${name}`, this.classIou(all, k)], [`class_loss/${name}`, ratio(nats[k], truth)])
      if (rare) entries.push([`recall/${name}`, ratio(hits, truth)])
    })
    for (const [r, name] of ringNames.entries()) entries.push(...this.ringEntries(name, r))
    return Object.fromEntries(entries.filter((entry): entry is [string, number] => entry[1] !== null))
  }

  private ringEntries(name: string, ring: number): [string, number | null][] {
    const counts = this.counts.subarray(ring * this.K * this.K, (ring + 1) * this.K * this.K)
    const nats = this.nats.subarray(ring * this.K, (ring + 1) * this.K)
    return [
      [`ring_loss/${name}`, ratio(total(nats), total(counts))],
      [`ring_miou/${name}`, this.meanIou(counts)],
    ]
  }

  /** True voxels of class k, voxels predicted as it, and both. */
  private of(counts: Float64Array, k: number): [number, number, number] {
    let [truth, predicted] = [0, 0]
    for (let other = 0; other < this.K; other++) {
      truth += counts[k * this.K + other]
      predicted += counts[other * this.K + k]
    }
    return [truth, predicted, counts[k * this.K + k]]
  }

  private classIou(counts: Float64Array, k: number): number | null {
    const [truth, predicted, hits] = this.of(counts, k)
    return truth === 0 ? null : hits / (truth + predicted - hits)
  }

  private meanIou(counts: Float64Array): number | null {
    const free = freeIndex(this.taxonomy)
    const ious = this.taxonomy.classes.flatMap((_, k) => (k === free ? [] : (this.classIou(counts, k) ?? [])))
    return ratio(total(ious), ious.length)
  }

  private occupiedIou(counts: Float64Array): number | null {
    const [truth, predicted, hits] = this.of(counts, freeIndex(this.taxonomy))
    const voxels = total(counts)
    return ratio(voxels - truth - predicted + hits, voxels - hits)
  }

  private rareRecall(counts: Float64Array): number | null {
    const rare = rareIndices(this.taxonomy).map((k) => this.of(counts, k))
    return ratio(total(rare.map(([, , hits]) => hits)), total(rare.map(([truth]) => truth)))
  }
}

function total(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]
  return sum
}

/** Sums `parts` stretches of `length` values. */
function summed(values: Float64Array, parts: number, length: number): Float64Array {
  const sum = new Float64Array(length)
  for (let part = 0; part < parts; part++) for (let i = 0; i < length; i++) sum[i] += values[part * length + i]
  return sum
}

function ratio(numerator: number, denominator: number): number | null {
  return denominator === 0 ? null : numerator / denominator
}
