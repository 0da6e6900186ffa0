import { type DatasetTaxonomy, rareIndices } from '../../pipeline/taxonomy.js'
import { Confusion } from '../metrics/confusion.js'
import { classIou, meanIou, occupancyIou, pooledRecall, precision, recall } from '../metrics/iou.js'
import { type Policy, scoredClasses } from '../metrics/policies.js'
import type { Score } from '../metrics/score.js'
import { maskOf } from '../policyMask.js'
import type { Counter, FrameMeasure, ScoredFrame, Value, World } from './measure.js'

/** IoU, mIoU and rare recall, and each class's IoU, recall and precision, from one confusion a log. */
export const occupancy: FrameMeasure = {
  name: 'occupancy',
  reads: 'frames',
  what: 'IoU, mIoU, rare recall; IoU, recall and precision of each class',
  source: 'by policy, see eval/metrics/policies.ts',
  policies: 'each',
  tasks: ['reconstruction', 'forecast'],
  values: ({ taxonomy }, policy) => [...headline(policy, taxonomy), ...byClass(policy, taxonomy)],
  counter: (world, policy) => new ConfusionCounter(world, policy),
}

class ConfusionCounter implements Counter<ScoredFrame> {
  private readonly confusion: Confusion

  constructor(
    private readonly world: World,
    private readonly policy: Policy,
  ) {
    this.confusion = new Confusion(world.taxonomy.classes.length)
  }

  add({ truth, predicted }: ScoredFrame): void {
    this.confusion.addFrame(truth.semantics, predicted, maskOf(this.policy, truth, this.world.taxonomy))
  }

  sums() {
    return [{ slice: 'all', horizonS: null, sums: this.confusion.counts }]
  }
}

/** IoU, mIoU and rare recall under a policy; sums are a confusion's counts. */
export function headline(policy: Policy, taxonomy: DatasetTaxonomy): Value[] {
  const rare = rareIndices(taxonomy)
  return [
    value('iou', null, taxonomy, (c) => occupancyIou(c, policy, taxonomy)),
    value('miou', null, taxonomy, (c) => meanIou(c, policy, taxonomy)),
    value('rare_recall', null, taxonomy, (c) => pooledRecall(c, rare)),
  ]
}

function byClass(policy: Policy, taxonomy: DatasetTaxonomy): Value[] {
  return scoredClasses(policy, taxonomy).flatMap((index) => {
    const { name } = taxonomy.classes[index]
    return [
      value('class_iou', name, taxonomy, (c) => classIou(c, policy, index)),
      value('recall', name, taxonomy, (c) => recall(c, index)),
      value('precision', name, taxonomy, (c) => precision(c, index)),
    ]
  })
}

function value(
  metric: string,
  className: string | null,
  { classes }: DatasetTaxonomy,
  score: (confusion: Confusion) => Score,
): Value {
  return {
    ...{ metric, unit: 'ratio', countOf: 'voxels', className, better: 'higher', headline: className === null },
    score: (sums) => score(new Confusion(classes.length, sums)),
  }
}
