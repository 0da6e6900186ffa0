import { freeIndex } from '../../pipeline/taxonomy.js'
import { overlap } from '../metrics/overlap.js'
import type { Policy } from '../metrics/policies.js'
import { notApplicable, type Score } from '../metrics/score.js'
import { maskOf } from '../policyMask.js'
import type { Counter, ScoredWindow, Value, WindowMeasure, World } from './measure.js'

/** Numbers a horizon: voxels occupied in both, in either, Σ horizon (s), windows. */
const perHorizon = 4

/** How fast a forecast gets worse as it looks further ahead. */
export const errorGrowth: WindowMeasure = {
  name: 'errorGrowth',
  reads: 'windows',
  what: 'IoU lost for each further second of horizon: least squares through the IoU of all horizons',
  source: 'Ours',
  policies: 'each',
  values: () => [iouLost],
  counter: (world, policy) => new HorizonCounter(world, policy),
}

const iouLost: Value = {
  ...{ metric: 'iou_lost_per_s', unit: '1/s', countOf: 'windows', className: null, better: 'lower', headline: true },
  score: slope,
}

function slope(sums: Float64Array): Score {
  const points: { x: number; y: number }[] = []
  for (let at = 0; at < sums.length; at += perHorizon)
    if (sums[at + 1] > 0) points.push({ x: sums[at + 2] / sums[at + 3], y: sums[at] / sums[at + 1] })
  if (points.length < 2) return notApplicable
  const mean = (of: 'x' | 'y') => points.reduce((sum, point) => sum + point[of], 0) / points.length
  const [x, y] = [mean('x'), mean('y')]
  const spread = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0)
  const along = points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0)
  return spread === 0 ? notApplicable : { value: -along / spread, count: sums[3] }
}

class HorizonCounter implements Counter<ScoredWindow> {
  private counts: Float64Array | null = null
  private readonly free: number

  constructor(
    private readonly world: World,
    private readonly policy: Policy,
  ) {
    this.free = freeIndex(world.taxonomy)
  }

  add({ ahead }: ScoredWindow): void {
    this.counts ??= new Float64Array(ahead.length * perHorizon)
    for (const [step, { truth, predicted, horizonS }] of ahead.entries()) {
      const { both, either } = overlap(
        truth.semantics,
        predicted,
        this.free,
        maskOf(this.policy, truth, this.world.taxonomy),
      )
      const at = step * perHorizon
      this.counts[at] += both
      this.counts[at + 1] += either
      this.counts[at + 2] += horizonS!
      this.counts[at + 3]++
    }
  }

  sums() {
    return this.counts ? [{ slice: 'all', horizonS: null, sums: this.counts }] : []
  }
}
