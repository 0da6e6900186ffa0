import { freeIndex } from '../../pipeline/taxonomy.js'
import { overlap } from '../metrics/overlap.js'
import type { Policy } from '../metrics/policies.js'
import { ratio, type Score } from '../metrics/score.js'
import { maskOf } from '../policyMask.js'
import { HorizonSums } from './horizonSums.js'
import type { Counter, ScoredWindow, Value, WindowMeasure, World } from './measure.js'

/** Numbers a horizon: windows, Σ IoU of the best rollout, Σ mean IoU, Σ mean of 1 − IoU between two rollouts. */
const [windowsAt, bestAt, meanAt, spreadAt] = [0, 1, 2, 3]

/**
 * What random futures are worth: how good the best of k is, how good one is on average, and how much two differ. The best
 * is chosen with the truth in hand, so it grows with k: never compare it between different k. Means over windows, where
 * `occupancy` sums counts over them; two grids without an occupied voxel agree.
 */
export const rollouts: WindowMeasure = {
  name: 'rollouts',
  reads: 'windows',
  what: 'random futures (--rollouts k): IoU of the best of k and of one, and how much two of them differ',
  source: 'Best of k as in Gupta et al. 2018, https://arxiv.org/abs/1803.10892, on IoU',
  policies: 'each',
  values: () => values,
  counter: (world, policy) => new RolloutCounter(world, policy),
}

const values: Value[] = [
  value('best_of_k_iou', 'higher', bestAt),
  value('one_of_k_iou', 'higher', meanAt),
  // Noise is diverse, too.
  value('rollout_diversity', null, spreadAt),
]

function value(metric: string, better: Value['better'], place: number): Value {
  return {
    ...{ metric, unit: 'ratio', countOf: 'windows', className: null, better, headline: false },
    score: (sums): Score => ratio(sums[place], sums[windowsAt]),
  }
}

class RolloutCounter implements Counter<ScoredWindow> {
  private readonly horizons = new HorizonSums(4)
  private readonly free: number

  constructor(
    private readonly world: World,
    private readonly policy: Policy,
  ) {
    this.free = freeIndex(world.taxonomy)
  }

  /** A window without two rollouts says nothing. */
  add({ ahead, rollouts: drawn }: ScoredWindow): void {
    if (drawn.length < 2) return
    for (const [step, { truth, horizonS }] of ahead.entries()) {
      const mask = maskOf(this.policy, truth, this.world.taxonomy)
      const iou = (a: Uint8Array, b: Uint8Array) => {
        const { both, either } = overlap(a, b, this.free, mask)
        return either === 0 ? 1 : both / either
      }
      const grids = drawn.map((steps) => steps[step])
      const scores = grids.map((grid) => iou(grid, truth.semantics))
      const apart = grids.flatMap((a, i) => grids.slice(i + 1).map((b) => 1 - iou(a, b)))
      const sums = this.horizons.at(horizonS!)
      sums[windowsAt]++
      sums[bestAt] += Math.max(...scores)
      sums[meanAt] += mean(scores)
      sums[spreadAt] += mean(apart)
    }
  }

  sums() {
    return this.horizons.all()
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length
}
