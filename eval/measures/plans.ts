import { bitAt } from '../../pipeline/grid.js'
import { compose, invert, type Pose } from '../../pipeline/pose.js'
import { ratio, type Score } from '../metrics/score.js'
import { choosePlan, discomfortMps2, type JudgedPlan } from '../plans/choosePlan.js'
import { type EgoPlan, plansFrom } from '../plans/egoPlans.js'
import { hits, obstacleColumns } from '../plans/footprint.js'
import { HorizonSums } from './horizonSums.js'
import type { Counter, ScoredFrame, ScoredWindow, Value, WindowMeasure, World } from './measure.js'

/** Candidate plans that truly hit something or not, expected to or not: at a horizon alone, and at any up to it. */
const at = { foundHit: 0, falseHit: 1, missedHit: 2, foundFree: 3 }
const upTo = { foundHit: 4, falseHit: 5, missedHit: 6, foundFree: 7 }
/** The plan that a planner takes by the forecast, and what the driver did. */
const chosen = { windows: 8, hitsNow: 9, hitsYet: 10, progressM: 11, comfortable: 12 }
const driver = { windows: 13, hitsNow: 14 }
const length = 15

/**
 * What a forecast is worth to a planner. Candidate plans of constant acceleration and curvature are driven through the
 * predicted occupancy: does it tell which of them hit something in the true one, and does a plain planner that believes it
 * come through? A hit `at` a horizon and a hit `up to` it are different numbers, and published tables use either.
 */
export const plans: WindowMeasure = {
  name: 'plans',
  reads: 'windows',
  what: 'candidate ego plans through the forecast: hits foretold, and hits, progress and comfort of the plan it leads to',
  source: 'Ours; hits at and up to a horizon as in ST-P3 and UniAD, told apart in https://arxiv.org/abs/2305.10430',
  policies: 'none',
  values: () => values,
  counter: (world) => new PlanCounter(world),
}

const values: Value[] = [
  value('hit_recall', 'plans', 'higher', (s) => ratio(s[at.foundHit], s[at.foundHit] + s[at.missedHit])),
  value('hit_precision', 'plans', 'higher', (s) => ratio(s[at.foundHit], s[at.foundHit] + s[at.falseHit])),
  value('hit_recall_cumulative', 'plans', 'higher', (s) =>
    ratio(s[upTo.foundHit], s[upTo.foundHit] + s[upTo.missedHit]),
  ),
  value('hit_precision_cumulative', 'plans', 'higher', (s) =>
    ratio(s[upTo.foundHit], s[upTo.foundHit] + s[upTo.falseHit]),
  ),
  value('plan_hit_rate', 'windows', 'lower', (s) => ratio(s[chosen.hitsNow], s[chosen.windows])),
  {
    ...value('plan_hit_rate_cumulative', 'windows', 'lower', (s) => ratio(s[chosen.hitsYet], s[chosen.windows])),
    headline: true,
  },
  { ...value('plan_progress', 'windows', 'higher', (s) => ratio(s[chosen.progressM], s[chosen.windows])), unit: 'm' },
  value('plan_comfortable', 'windows', 'higher', (s) => ratio(s[chosen.comfortable], s[chosen.windows])),
  value('driver_hit_rate', 'windows', null, (s) => ratio(s[driver.hitsNow], s[driver.windows])),
]

function value(metric: string, countOf: string, better: Value['better'], score: (sums: Float64Array) => Score): Value {
  return { metric, unit: 'ratio', countOf, className: null, better, headline: false, score }
}

/** A candidate plan on its way through the horizons. */
interface Run extends JudgedPlan {
  /** First horizon at which it truly hits something; null: none yet. */
  trueHitS: number | null
  /** Whether its body has left the grid, where nothing is known of it any more. */
  left: boolean
}

class PlanCounter implements Counter<ScoredWindow> {
  private readonly horizons = new HorizonSums(length)

  constructor(private readonly world: World) {}

  add({ last, ahead }: ScoredWindow): void {
    const runs = plansFrom(last.egoMotion).map((plan): Run => ({ plan, hitS: null, trueHitS: null, left: false }))
    const truths = ahead.map((frame) => this.step(frame, last.cityFromEgo, runs))
    const untilS = ahead[ahead.length - 1].horizonS!
    const taken = choosePlan(
      runs.filter(({ left }) => !left),
      untilS,
    ) as Run | null
    if (!taken) return
    for (const [i, { horizonS }] of ahead.entries()) {
      const sums = this.horizons.at(horizonS!)
      sums[chosen.windows]++
      sums[chosen.hitsNow] += truths[i].get(taken.plan) ? 1 : 0
      sums[chosen.hitsYet] += taken.trueHitS !== null && taken.trueHitS <= horizonS! ? 1 : 0
      sums[chosen.progressM] += taken.plan.progressM(horizonS!)
      sums[chosen.comfortable] += discomfortMps2(taken.plan, untilS) === 0 ? 1 : 0
    }
  }

  sums() {
    return this.horizons.all()
  }

  /** Drives every plan to one horizon; returns which of them truly hit something there. */
  private step(frame: ScoredFrame, cityFromLast: Pose, runs: readonly Run[]): Map<EgoPlan, boolean> {
    const { grid, taxonomy } = this.world
    const horizonS = frame.horizonS!
    const sums = this.horizons.at(horizonS)
    const { semantics, observed, cityFromEgo } = frame.truth
    const truth = obstacleColumns(semantics, grid, taxonomy, (voxel) => bitAt(observed, voxel) === 1)
    const told = obstacleColumns(frame.predicted, grid, taxonomy)
    const [fromTruth, fromTold] = [cityFromEgo, frame.cityFromEgo].map((pose) => compose(invert(pose), cityFromLast))
    const found = new Map<EgoPlan, boolean>()
    for (const run of runs) {
      const pose = run.plan.poseAt(horizonS)
      const [isHit, isTold] = [hits(truth, grid, compose(fromTruth, pose)), hits(told, grid, compose(fromTold, pose))]
      if (isHit === null || isTold === null) run.left = true
      if (run.left) continue
      found.set(run.plan, isHit!)
      if (isHit) run.trueHitS ??= horizonS
      if (isTold) run.hitS ??= horizonS
      tally(sums, at, isHit!, isTold!)
      tally(sums, upTo, run.trueHitS !== null, run.hitS !== null)
    }
    const drove = hits(truth, grid, { q: [1, 0, 0, 0], t: [0, 0, 0] })
    if (drove !== null) {
      sums[driver.windows]++
      sums[driver.hitsNow] += drove ? 1 : 0
    }
    return found
  }
}

function tally(sums: Float64Array, into: typeof at, isHit: boolean, isTold: boolean): void {
  if (isHit) sums[isTold ? into.foundHit : into.missedHit]++
  else sums[isTold ? into.falseHit : into.foundFree]++
}
