import type { Statistic } from '../../../eval/statistics/bootstrap.js'
import type { Rng } from '../../../pipeline/random.js'

/** A way that logs may come about, whose true value is known. */
export interface ClusteredWorld {
  /** Sufficient statistics of a log. */
  log(rng: Rng): number[]
  statistic: Statistic
  /** Of the two sides of a paired difference; the other is `statistic`. */
  baseline?: Statistic
  /** What a log counts for. */
  size(log: readonly number[]): number
}

const logistic = (x: number) => 1 / (1 + Math.exp(-x))
const ratio: Statistic = ([part, whole]) => part / whole
const secondRatio: Statistic = ([, , part, whole]) => part / whole

/** A log's frames share an effect as large as their own noise. */
function meanOver(frames: (rng: Rng) => number): ClusteredWorld {
  const log = (rng: Rng) => {
    const [count, effect] = [frames(rng), rng.normal()]
    let sum = 0
    for (let i = 0; i < count; i++) sum += effect + rng.normal()
    return [sum, count]
  }
  return { log, statistic: ratio, size: ([, count]) => count }
}

/** [both, either] voxels: the union spreads by `spread` on the log scale, and each log has an IoU of its own. */
function iouOver(spread: number, iou: (rng: Rng, size: number) => number): ClusteredWorld {
  const log = (rng: Rng) => {
    const size = rng.normal()
    const either = 5000 * Math.exp(spread * size)
    return [either * logistic(iou(rng, size)), either]
  }
  return { log, statistic: ratio, size: ([, either]) => either }
}

/** Two models on the same logs, the second a little better on most; what makes a log hard is hard for both. */
function pairedIouOver(spread: number): ClusteredWorld {
  const log = (rng: Rng) => {
    const either = 5000 * Math.exp(spread * rng.normal())
    const ease = 0.6 * rng.normal()
    const [one, other] = [logistic(0.5 + ease), logistic(0.7 + ease + 0.2 * rng.normal())]
    const otherEither = either * Math.exp(0.05 * rng.normal())
    return [either * one, either, otherEither * other, otherEither]
  }
  return { log, statistic: secondRatio, baseline: ratio, size: ([, either]) => either }
}

/** Sizes of logs within a factor of 7 (spread 0.5) or 50 (spread 1) of each other. */
export const worlds = {
  'mean, 15–30 frames a log': meanOver((rng) => 15 + rng.int(16)),
  'mean, skewed sizes': meanOver((rng) => 1 + Math.round(20 * Math.exp(rng.normal()))),
  IoU: iouOver(0.5, (rng) => 0.5 + 0.6 * rng.normal()),
  'IoU, skewed sizes': iouOver(1, (rng) => 0.5 + 0.6 * rng.normal()),
  'paired difference of IoU': pairedIouOver(0.5),
  'paired difference of IoU, skewed sizes': pairedIouOver(1),
  'IoU that is higher on large logs': iouOver(0.7, (rng, size) => 0.5 + 0.3 * size + 0.4 * rng.normal()),
  'IoU of a rare class': iouOver(1, (rng) => -2.5 + rng.normal()),
} satisfies Record<string, ClusteredWorld>

/** The value over so many logs that it is the truth to a few parts in ten thousand. */
export function truthOf({ log, statistic, baseline }: ClusteredWorld, rng: Rng): number {
  const total = log(rng)
  for (let i = 0; i < 100_000; i++)
    log(rng).forEach((value, at) => {
      total[at] += value
    })
  const summed = Float64Array.from(total)
  return statistic(summed)! - (baseline?.(summed) ?? 0)
}
