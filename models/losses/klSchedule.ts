/** How the weight of the KL moves over a run. */
export interface KlSchedule {
  steps: number
  /** Target: the weight that it rises to. */
  beta: number
  /** `linear`: from 0 over `klWarmupSteps`, then constant. `cyclical`: `klCycles` times from 0, see `klWeightAt`. */
  klSchedule: string
  klWarmupSteps: number
  klCycles: number
  /** Share of a cycle in which the weight rises. */
  klRamp: number
}

export const klSchedules = ['linear', 'cyclical'] as const

/**
 * Weight of the KL at step `step` (from 0). Cyclical: each of `klCycles` equal cycles starts at 0, rises linearly for
 * `klRamp` of its length and stays at the target (Fu et al. 2019, https://arxiv.org/abs/1903.10145, eq. 6 and 7, with
 * theirs 4 and 0.5): a decoder that learnt to do without the code is made to look at it again.
 */
export function klWeightAt(step: number, config: KlSchedule): number {
  const { beta, klSchedule, klWarmupSteps, klCycles, klRamp, steps } = config
  if (klSchedule === 'linear') return beta * Math.min(1, (step + 1) / Math.max(1, klWarmupSteps))
  const cycle = Math.max(1, Math.floor(steps / klCycles))
  // What does not divide makes the last cycle longer: a run must not end with a cycle that has only begun.
  const begun = Math.min(klCycles - 1, Math.floor(step / cycle))
  const done = step - begun * cycle
  return beta * (klRamp === 0 ? 1 : Math.min(1, done / (cycle * klRamp)))
}
