import { effectiveClusters } from './effectiveClusters.js'
import type { Interval } from './interval.js'
import { wilson } from './wilson.js'

/** With fewer clusters the resamples of a bootstrap hardly leave the range of what was seen: 75 % coverage at three. */
const fewestForBootstrap = 5

/**
 * The interval of a proportion: the bootstrap's, but Wilson's over clusters where fewer than five support it, or where all
 * agree and the bootstrap's has no width. A recall of 1 on four logs is no certainty: [0.51, 1].
 *
 * Wilson's trials are the effective number of clusters. That is wide, for a mean of what lies in 0…1 varies at most as if
 * each cluster were a hit or a miss as a whole.
 *
 * @param sizes - [C] what each cluster counts for: voxels, rays, frames.
 */
export function proportionInterval(bootstrapped: Interval, sizes: ArrayLike<number>): Interval {
  const { value, low, high, clusters, confidence } = bootstrapped
  if (value === null || value < 0 || value > 1) return bootstrapped
  const isFew = clusters < fewestForBootstrap
  if (!isFew && low !== high) return bootstrapped
  const trials = Math.min(effectiveClusters(sizes), clusters)
  const bounds = wilson(value * trials, trials, confidence)
  if (!bounds) return bootstrapped
  const why = isFew ? `fewer than ${fewestForBootstrap} logs support it` : 'all logs agree'
  // A value computed as a share times trials may miss its own bound by rounding.
  const [from, to] = [Math.min(bounds.low, value), Math.max(bounds.high, value)]
  return { ...bootstrapped, low: from, high: to, method: 'wilson', reason: `Wilson over logs: ${why}` }
}
