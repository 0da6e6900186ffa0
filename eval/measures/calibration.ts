import { bitAt } from '../../pipeline/grid.js'
import { freeIndex } from '../../pipeline/taxonomy.js'
import { unlabelled } from '../metrics/confusion.js'
import type { Policy } from '../metrics/policies.js'
import { notApplicable, ratio, type Score } from '../metrics/score.js'
import { maskOf } from '../policyMask.js'
import type { Counter, FrameMeasure, ScoredFrame, Value, World } from './measure.js'

/** Equal-width bins of the predicted probability, as in reliability diagrams. */
const bins = 10
/** Numbers a bin: voxels, Σ p, occupied voxels, Σ (p − o)². */
const perBin = 4

/** How far the predicted probability that a voxel is occupied can be taken at its word. */
export const calibration: FrameMeasure = {
  name: 'calibration',
  reads: 'frames',
  what: 'Brier score and calibration error of the probability of being occupied; what came true in each tenth of it',
  source:
    'Brier 1950, https://doi.org/10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2; Guo et al. 2017, https://arxiv.org/abs/1706.04599',
  policies: 'each',
  tasks: ['reconstruction', 'forecast'],
  values: () => values,
  counter: (world, policy) => new CalibrationCounter(world, policy),
}

const shared = { countOf: 'voxels', className: null } as const

const values: Value[] = [
  {
    ...{ ...shared, metric: 'brier', unit: 'ratio', better: 'lower', headline: false },
    score: (sums) => ratio(total(sums, 3), total(sums, 0)),
  },
  {
    ...{ ...shared, metric: 'calibration_error', unit: 'ratio', better: 'lower', headline: false },
    score: calibrationError,
  },
  {
    ...{ ...shared, metric: 'predicted_occupied', unit: 'ratio', better: null, headline: false },
    score: (sums) => ratio(total(sums, 1), total(sums, 0)),
  },
  {
    ...{ ...shared, metric: 'truly_occupied', unit: 'ratio', better: null, headline: false },
    score: (sums) => ratio(total(sums, 2), total(sums, 0)),
  },
]

/** Expected calibration error: the mean over voxels of |share that came true − mean probability| of their bin. */
function calibrationError(sums: Float64Array): Score {
  const voxels = total(sums, 0)
  if (voxels === 0) return notApplicable
  let error = 0
  for (let at = 0; at < sums.length; at += perBin) error += Math.abs(sums[at + 2] - sums[at + 1])
  return { value: error / voxels, count: voxels }
}

function total(sums: Float64Array, place: number): number {
  let sum = 0
  for (let at = place; at < sums.length; at += perBin) sum += sums[at]
  return sum
}

class CalibrationCounter implements Counter<ScoredFrame> {
  private readonly all = new Float64Array(bins * perBin)
  private readonly free: number

  constructor(
    private readonly world: World,
    private readonly policy: Policy,
  ) {
    this.free = freeIndex(world.taxonomy)
  }

  /** Forecasters that give no probability, such as copying, are not counted; nor is truth that nobody labelled. */
  add({ truth, occupied }: ScoredFrame): void {
    if (!occupied) return
    const mask = maskOf(this.policy, truth, this.world.taxonomy)
    const { all, free } = this
    const { semantics } = truth
    for (let voxel = 0; voxel < occupied.length; voxel++) {
      if (semantics[voxel] === unlabelled || (mask && !bitAt(mask, voxel))) continue
      const p = occupied[voxel]
      const o = semantics[voxel] === free ? 0 : 1
      const at = perBin * Math.max(0, Math.min(bins - 1, Math.floor(p * bins)))
      all[at]++
      all[at + 1] += p
      all[at + 2] += o
      all[at + 3] += (p - o) * (p - o)
    }
  }

  /** All bins, and each by itself: the points of a reliability plot. */
  *sums() {
    if (total(this.all, 0) === 0) return
    yield { slice: 'all', horizonS: null, sums: this.all }
    for (let bin = 0; bin < bins; bin++) {
      const sums = new Float64Array(this.all.length)
      sums.set(this.all.subarray(bin * perBin, (bin + 1) * perBin), bin * perBin)
      yield { slice: `probability=${bin / bins}–${(bin + 1) / bins}`, horizonS: null, sums }
    }
  }
}
