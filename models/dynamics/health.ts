import type { DynamicsConfig } from './config.js'

type Means = Readonly<Record<string, number>>

/**
 * By how much the forecast is nearer to the truth than the last latent warped by the ego motion: one minus the ratio
 * of their distances, for each step ahead. 0 is no gain, 1 a perfect forecast.
 */
export function gainOverWarp(means: Means): number[] {
  const steps = Object.keys(means).filter((name) => name.startsWith('open_step/')).length
  return Array.from({ length: steps }, (_, t) => 1 - means[`open_step/${t}`] / Math.max(1e-12, means[`warp_step/${t}`]))
}

/**
 * A sentence when training has not made the model better than what it started as, else null. Only for training on
 * latents alone: a model that also learns from what its forecast decodes to gives up nearness of latents for occupancy,
 * and whether it beats the warp is for the scores to say.
 */
export function healthOf(means: Means, step: number, config: DynamicsConfig): string | null {
  const { warmupSteps, logEvery, decodedWeight } = config
  if (decodedWeight > 0) return null
  // The first interval after the warm-up still averages over the model's first steps.
  if (step < warmupSteps + 2 * logEvery) return null
  const gains = gainOverWarp(means)
  const behind = gains.flatMap((gain, t) => (gain <= 0 ? [t + 1] : []))
  if (behind.length === 0) return null
  return `the forecast is no nearer than the warped last latent at step ${behind.join(', ')} ahead`
}
