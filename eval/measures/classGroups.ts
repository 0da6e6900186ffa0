import type { DatasetTaxonomy } from '../../pipeline/taxonomy.js'
import { type Policy, scoredClasses } from '../metrics/policies.js'
import type { Counter, FrameMeasure, ScoredFrame, Sums, World } from './measure.js'
import { occupiedVoxels } from './occupiedVoxels.js'
import { SliceSums, slicedMeasure } from './sliceSums.js'

/** Classes that are scored together. */
export interface ClassGroup {
  slice: string
  /** Indices of its classes. */
  members: readonly number[]
}

/** The measure that says the scores of groups of classes: `iou` takes a group's classes as one, `miou` is their mean. */
export function groups(
  words: Pick<FrameMeasure, 'name' | 'what' | 'source'>,
  groupsOf: (taxonomy: DatasetTaxonomy) => readonly ClassGroup[],
): FrameMeasure {
  return slicedMeasure(words, (world, policy) => new GroupCounter(world, policy, groupsOf(world.taxonomy)))
}

/** Scores over the classes of one superclass; `superclass=vehicle` has an IoU of vehicle against all else. */
export const classGroups = groups(
  {
    name: 'classGroups',
    what: 'IoU, mIoU, rare recall and each class’s IoU over the classes of one superclass',
    source: 'ours: the superclasses of the dataset’s taxonomy',
  },
  ({ classes }) => {
    const names = [...new Set(classes.map(({ superclass }) => superclass))].filter((name) => name !== 'free')
    const membersOf = (name: string) => classes.flatMap((c, index) => (c.superclass === name ? [index] : []))
    return names.map((name) => ({ slice: `superclass=${name}`, members: membersOf(name) }))
  },
)

class GroupCounter implements Counter<ScoredFrame> {
  /** [K, K] without what is free in truth and prediction. */
  private readonly counts: Float64Array

  constructor(
    private readonly world: World,
    private readonly policy: Policy,
    private readonly groups: readonly ClassGroup[],
  ) {
    const K = world.taxonomy.classes.length
    this.counts = new Float64Array(K * K)
  }

  add(scored: ScoredFrame): void {
    const { predicted } = scored
    const { semantics } = scored.truth
    const { counts } = this
    const K = this.world.taxonomy.classes.length
    const voxels = occupiedVoxels(scored, this.policy, this.world.taxonomy)
    for (let n = 0; n < voxels.length; n++) counts[semantics[voxels[n]] * K + predicted[voxels[n]]]++
  }

  *sums(): Generator<Sums> {
    const scored = scoredClasses(this.policy, this.world.taxonomy)
    for (const { slice, members } of this.groups)
      yield { slice, horizonS: null, sums: SliceSums.of(this.counts, members, scored).sums }
  }
}
