import { type DatasetTaxonomy, rareIndices } from '../../pipeline/taxonomy.js'
import { classIou, type LabelCounts, meanOf, pooledRecall } from '../metrics/iou.js'
import { type Policy, scoredClasses } from '../metrics/policies.js'
import { ratio, type Score } from '../metrics/score.js'
import type { Counter, FrameMeasure, ScoredFrame, Value, World } from './measure.js'

/** Sums behind those of the classes, in this order. */
const groupSums = ['truth', 'predicted', 'both', 'touched'] as const

/**
 * What a slice's scores need, far less than its confusion: for each of K classes whether the slice is about it (as often
 * as sums were added), its true voxels, its predicted ones and its hits, [4, K]; then for those classes taken as one their
 * true voxels, predicted ones, both, and the voxels that are or were called a class the policy scores.
 */
export class SliceSums implements LabelCounts {
  constructor(
    private readonly classes: number,
    readonly sums: Float64Array = new Float64Array(4 * classes + groupSums.length),
  ) {}

  /** @param confusion [K, K], free in both left out or not; @param members the classes that the slice is about. */
  static of(confusion: ArrayLike<number>, members: readonly number[], scored: readonly number[]): SliceSums {
    const K = Math.sqrt(confusion.length)
    const made = new SliceSums(K)
    const [isMember, isScored] = [members, scored].map((list) =>
      Uint8Array.from({ length: K }, (_, k) => +list.includes(k)),
    )
    for (const k of members) made.sums[k] = 1
    for (let truth = 0; truth < K; truth++)
      for (let predicted = 0; predicted < K; predicted++) {
        const count = confusion[truth * K + predicted]
        made.sums[K + truth] += count
        made.sums[2 * K + predicted] += count
        if (truth === predicted) made.sums[3 * K + truth] += count
        if (isMember[truth]) made.sums[4 * K] += count
        if (isMember[predicted]) made.sums[4 * K + 1] += count
        if (isMember[truth] && isMember[predicted]) made.sums[4 * K + 2] += count
        if ((isMember[truth] && isScored[truth]) || (isMember[predicted] && isScored[predicted]))
          made.sums[4 * K + 3] += count
      }
    return made
  }

  isMember(index: number): boolean {
    return this.sums[index] > 0
  }

  truthOf(index: number): number {
    return this.sums[this.classes + index]
  }

  predictedAs(index: number): number {
    return this.sums[2 * this.classes + index]
  }

  hitsOf(index: number): number {
    return this.sums[3 * this.classes + index]
  }

  group(name: (typeof groupSums)[number]): number {
    return this.sums[4 * this.classes + groupSums.indexOf(name)]
  }
}

/** IoU of a slice's classes taken as one, their mean IoU, rare recall, and the IoU of each. */
export function sliceValues(taxonomy: DatasetTaxonomy, policy: Policy): Value[] {
  const scored = scoredClasses(policy, taxonomy)
  const rare = rareIndices(taxonomy)
  const value = (metric: string, className: string | null, score: (sums: SliceSums) => Score): Value => ({
    ...{ metric, unit: 'ratio', countOf: 'voxels', className, better: 'higher', headline: className === null },
    score: (sums) => score(new SliceSums(taxonomy.classes.length, sums)),
  })
  const of = (sums: SliceSums, indices: readonly number[]) => indices.filter((index) => sums.isMember(index))
  return [
    value('iou', null, (sums) => groupIou(sums, policy)),
    value('miou', null, (sums) => meanOf(sums, policy, of(sums, scored), sums.group('touched'))),
    value('rare_recall', null, (sums) => pooledRecall(sums, of(sums, rare))),
    ...scored.map((index) =>
      value('class_iou', taxonomy.classes[index].name, (sums) =>
        sums.isMember(index) ? classIou(sums, policy, index) : ratio(0, 0),
      ),
    ),
  ]
}

/** As `occupancyIou` has it, for any set of classes. */
function groupIou(sums: SliceSums, policy: Policy): Score {
  const both = sums.group('both')
  const union = sums.group('truth') + sums.group('predicted') - both
  if (policy.absent === 'one' && sums.group('truth') === 0 && union > 0) return { value: 1, count: union }
  return ratio(both, union)
}

/** A measure of slices: its counters differ, what their sums mean does not. */
export function slicedMeasure(
  words: Pick<FrameMeasure, 'name' | 'what' | 'source'>,
  counter: (world: World, policy: Policy) => Counter<ScoredFrame>,
): FrameMeasure {
  return {
    ...words,
    reads: 'frames',
    policies: 'each',
    tasks: ['reconstruction', 'forecast'],
    values: ({ taxonomy }, policy) => sliceValues(taxonomy, policy),
    counter,
  }
}
