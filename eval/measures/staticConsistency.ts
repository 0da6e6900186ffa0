import type { Pose } from '../../pipeline/pose.js'
import { warpByEgoMotion } from '../baselines.js'
import { unlabelled } from '../metrics/confusion.js'
import { ratio } from '../metrics/score.js'
import { HorizonSums } from './horizonSums.js'
import type { Counter, ScoredFrame, ScoredWindow, Value, WindowMeasure, World } from './measure.js'

/** Stands for "was outside the earlier grid", where no more is known than of a voxel without a label. */
const outside = unlabelled
/** Numbers a horizon: voxels of one static class in both, in either; the same of the truth. */
const [bothAt, eitherAt, trueBothAt, trueEitherAt] = [0, 1, 2, 3]

/**
 * Whether the world stands still where it should: each forecast is carried to the ego frame of the next one, and static
 * classes (ground, structure) must agree where both grids reach. The truth is measured the same way beside it, since
 * carrying a grid by a fraction of a voxel loses some even of a world that stands: it is what can be had.
 */
export const staticConsistency: WindowMeasure = {
  name: 'staticConsistency',
  reads: 'windows',
  what: 'agreement of static classes from one forecast to the next after the ego motion is taken out, beside that of the truth',
  source: 'Ours',
  policies: 'none',
  values: () => [
    value('static_consistency', 'higher', bothAt, eitherAt),
    value('static_consistency_of_truth', null, trueBothAt, trueEitherAt),
  ],
  counter: (world) => new ConsistencyCounter(world),
}

function value(metric: string, better: Value['better'], both: number, either: number): Value {
  return {
    ...{ metric, unit: 'ratio', countOf: 'voxels', className: null, better, headline: false },
    score: (sums) => ratio(sums[both], sums[either]),
  }
}

class ConsistencyCounter implements Counter<ScoredWindow> {
  private readonly horizons = new HorizonSums(4)
  /** 1 for a static class. */
  private readonly isStatic: Uint8Array

  constructor(private readonly world: World) {
    const { classes } = world.taxonomy
    this.isStatic = Uint8Array.from({ length: 256 }, (_, index) =>
      ['ground', 'structure'].includes(classes[index]?.superclass) ? 1 : 0,
    )
  }

  add({ ahead }: ScoredWindow): void {
    for (let step = 1; step < ahead.length; step++) {
      const [earlier, later] = [ahead[step - 1], ahead[step]]
      const sums = this.horizons.at(later.horizonS!)
      this.compare(
        earlier,
        later,
        ({ predicted }) => predicted,
        ({ cityFromEgo }) => cityFromEgo,
        sums,
        bothAt,
      )
      this.compare(
        earlier,
        later,
        ({ truth }) => truth.semantics,
        ({ truth }) => truth.cityFromEgo,
        sums,
        trueBothAt,
      )
    }
  }

  private compare(
    earlier: ScoredFrame,
    later: ScoredFrame,
    gridOf: (frame: ScoredFrame) => Uint8Array,
    poseOf: (frame: ScoredFrame) => Pose,
    sums: Float64Array,
    at: number,
  ): void {
    const carried = warpByEgoMotion(gridOf(earlier), this.world.grid, poseOf(earlier), poseOf(later), outside)
    const now = gridOf(later)
    const { isStatic } = this
    let [both, either] = [0, 0]
    for (let voxel = 0; voxel < now.length; voxel++) {
      const before = carried[voxel]
      if (before === outside || now[voxel] === unlabelled || (isStatic[before] | isStatic[now[voxel]]) === 0) continue
      either++
      if (before === now[voxel]) both++
    }
    sums[at] += both
    sums[at + 1] += either
  }

  sums() {
    return this.horizons.all()
  }
}
