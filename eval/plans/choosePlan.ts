import type { EgoPlan } from './egoPlans.js'

/** A plan and the first horizon, seconds, at which it is expected to hit something; null: none. */
export interface JudgedPlan {
  plan: EgoPlan
  hitS: number | null
}

/** Sharper than this is uncomfortable: braking, and sideways (Bae et al. 2019, https://doi.org/10.3390/electronics8090943). */
export const comfort = { accelerationMps2: 2, lateralMps2: 2 }

/**
 * The plan that a plain planner takes: among those expected to hit nothing the one that gets furthest, discomfort costing
 * a metre for each m/s² beyond the limits; when all hit something, the one that hits last.
 */
export function choosePlan(judged: readonly JudgedPlan[], untilS: number): JudgedPlan | null {
  let best: JudgedPlan | null = null
  for (const one of judged) if (best === null || isBetter(one, best, untilS)) best = one
  return best
}

function isBetter(a: JudgedPlan, b: JudgedPlan, untilS: number): boolean {
  const [hitA, hitB] = [a, b].map(({ hitS }) => hitS ?? Number.POSITIVE_INFINITY)
  if (hitA !== hitB) return hitA > hitB
  return worthM(a.plan, untilS) > worthM(b.plan, untilS)
}

function worthM(plan: EgoPlan, untilS: number): number {
  return plan.progressM(untilS) - discomfortMps2(plan, untilS)
}

/** By how much a plan exceeds the limits of comfort, m/s². */
export function discomfortMps2(plan: EgoPlan, untilS: number): number {
  const beyond = (value: number, limit: number) => Math.max(0, value - limit)
  return (
    beyond(Math.abs(plan.accelerationMps2), comfort.accelerationMps2) +
    beyond(plan.lateralMps2(untilS), comfort.lateralMps2)
  )
}
