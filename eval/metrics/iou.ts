import { type DatasetTaxonomy, freeIndex, rareIndices } from '../../pipeline/taxonomy.js'
import type { Confusion } from './confusion.js'
import { isAbsent, type Policy, scoredClasses } from './policies.js'
import { notApplicable, ratio, type Score } from './score.js'

/** What the scores of a class are made of; a confusion is one. */
export interface LabelCounts {
  /** Voxels that are of the class. */
  truthOf(index: number): number
  /** Voxels that were predicted as the class. */
  predictedAs(index: number): number
  /** Voxels that are of the class and were predicted as it. */
  hitsOf(index: number): number
}

/** A score of one class. */
export interface ClassScore extends Score {
  name: string
  index: number
}

/**
 * Occupied against free, whatever the class: |both occupied| / |either occupied|. With `free` at 0 this is
 * SemanticKITTI's completion IoU, Σconf[1:,1:] / (Σconf − conf[0,0]).
 *
 * OccWorld scores "occupied" by its class rule too, so without an occupied voxel in the truth it says 1; so do we under
 * a policy that counts an absent class as one. Without an occupied voxel on either side nothing is applicable (OccWorld:
 * 1).
 */
export function occupancyIou(confusion: Confusion, policy: Policy, taxonomy: DatasetTaxonomy): Score {
  const free = freeIndex(taxonomy)
  const voxels = confusion.voxels()
  const trulyFree = confusion.truthOf(free)
  const union = voxels - confusion.hitsOf(free)
  const both = voxels - trulyFree - confusion.predictedAs(free) + confusion.hitsOf(free)
  if (policy.absent === 'one' && trulyFree === voxels && union > 0) return { value: 1, count: union }
  return ratio(both, union)
}

/**
 * Intersection over union of one class; `count` is the union. A class that the policy calls absent is not applicable,
 * whatever the policy's mean makes of it: no table may show a 1 or a 0 that rests on nothing.
 */
export function classIou(confusion: LabelCounts, policy: Policy, index: number): Score {
  const truth = confusion.truthOf(index)
  const hits = confusion.hitsOf(index)
  const union = truth + confusion.predictedAs(index) - hits
  return isAbsent(policy, truth, union) ? notApplicable : ratio(hits, union)
}

/** The IoU of every class that the policy scores, in index order. */
export function perClassIou(confusion: Confusion, policy: Policy, taxonomy: DatasetTaxonomy): ClassScore[] {
  return scoredClasses(policy, taxonomy).map((index) => ({
    name: taxonomy.classes[index].name,
    index,
    ...classIou(confusion, policy, index),
  }))
}

/**
 * The policy's mean over classes of IoU. `count` is the number of voxels whose truth or prediction is a scored class;
 * where there is none the mean is not applicable (OccWorld would print 1, SemanticKITTI 0).
 */
export function meanIou(confusion: Confusion, policy: Policy, taxonomy: DatasetTaxonomy): Score {
  const scored = scoredClasses(policy, taxonomy)
  return meanOf(confusion, policy, scored, voxelsTouching(confusion, scored))
}

/** The policy's mean over the classes `scored`, resting on the `count` voxels whose truth or prediction is one. */
export function meanOf(counts: LabelCounts, policy: Policy, scored: readonly number[], count: number): Score {
  if (count === 0) return notApplicable
  let sum = 0
  let terms = 0
  for (const index of scored) {
    const { value } = classIou(counts, policy, index)
    if (value === null && policy.absent === 'skip') continue
    sum += value ?? (policy.absent === 'one' ? 1 : 0)
    terms++
  }
  return terms === 0 ? notApplicable : { value: sum / terms, count }
}

/** The part of the class's true voxels that were predicted as that very class; `count` is its true voxels. */
export function recall(confusion: LabelCounts, index: number): Score {
  return ratio(confusion.hitsOf(index), confusion.truthOf(index))
}

/** The part of the voxels predicted as the class that are of it; `count` is its predicted voxels. */
export function precision(confusion: LabelCounts, index: number): Score {
  return ratio(confusion.hitsOf(index), confusion.predictedAs(index))
}

/** Recall over several classes pooled: Σ hits / Σ true voxels, so a class weighs by its voxels. */
export function pooledRecall(confusion: LabelCounts, indices: readonly number[]): Score {
  let hits = 0
  let truth = 0
  for (const index of indices) {
    hits += confusion.hitsOf(index)
    truth += confusion.truthOf(index)
  }
  return ratio(hits, truth)
}

/** Recall of the classes that the taxonomy marks rare: pooled, and of each. */
export function rareRecall(confusion: Confusion, taxonomy: DatasetTaxonomy): { pooled: Score; perClass: ClassScore[] } {
  const rare = rareIndices(taxonomy)
  return {
    pooled: pooledRecall(confusion, rare),
    perClass: rare.map((index) => ({ name: taxonomy.classes[index].name, index, ...recall(confusion, index) })),
  }
}

function voxelsTouching({ classes, counts }: Confusion, indices: readonly number[]): number {
  const isTouched = new Uint8Array(classes)
  for (const index of indices) isTouched[index] = 1
  let sum = 0
  for (let row = 0; row < classes; row++)
    for (let column = 0; column < classes; column++)
      if ((isTouched[row] | isTouched[column]) === 1) sum += counts[row * classes + column]
  return sum
}
