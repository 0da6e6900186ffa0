/** The learning rate over a run: linear warm-up, then a half cosine down to a share of the peak. */
export interface Schedule {
  steps: number
  learningRate: number
  warmupSteps: number
  /** Share of the peak that is left at the last step. */
  finalShare: number
}

/**
 * Learning rate of step `step` (from 0): rises to the peak over `warmupSteps` steps, then follows half a cosine
 * (Loshchilov & Hutter 2017, https://arxiv.org/abs/1608.03983, eq. 5, without restarts).
 */
export function learningRateAt(step: number, { steps, learningRate, warmupSteps, finalShare }: Schedule): number {
  if (step < warmupSteps) return (learningRate * (step + 1)) / warmupSteps
  const done = (step - warmupSteps) / Math.max(1, steps - 1 - warmupSteps)
  const share = finalShare + (1 - finalShare) * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, done)))
  return learningRate * share
}
