import { UsageError } from '../errors.js'
import type { Rng } from '../random.js'
import type { SplitConfig } from './config.js'
import type { Group } from './groups.js'

/** One of several splits whose test parts are disjoint and together complete. */
export interface FoldNumber {
  /** From 0. */
  index: number
  /** How many there are; 'each': as many as groups, every group once alone. */
  of: number | 'each'
}

/** Shares of a fold: test gets its fold, train and val what is left, as they were to each other. */
export function foldShares({ shares: [train, val] }: Pick<SplitConfig, 'shares'>, folds: number): number[] {
  const ofVal = train + val === 0 ? 0 : val / (train + val)
  return [(1 - 1 / folds) * (1 - ofVal), (1 - 1 / folds) * ofVal, 1 / folds]
}

/** How many folds there are. Throws UsageError when there are fewer groups, or nothing would be left to train on. */
export function foldCount(groups: readonly Group[], of: FoldNumber['of']): number {
  const count = of === 'each' ? groups.length : of
  if (Number.isInteger(count) && count >= 2 && count <= groups.length) return count
  throw new UsageError('split --folds is not usable', {
    expected: groups.length < 2 ? 'at least two groups' : `each, or 2 to ${groups.length}, the number of groups`,
    actual: of === 'each' ? `${groups.length} group` : String(of),
  })
}

/** The groups of one fold. All folds of a plan come from the same draw, so `rng` must be opened alike for each. */
export function groupsOfFold(groups: readonly Group[], { index, of }: FoldNumber, rng: Rng): Group[] {
  const count = foldCount(groups, of)
  if (of === 'each') return [groups[index]]
  const foldOf = dealOut(groups, count, rng)
  return groups.filter((_, group) => foldOf[group] === index)
}

/**
 * Deals groups into folds, the largest first, each into the fold that has the fewest frames of it all and of its rigs
 * and sites: the smallest Σ over these of (frames of it in the fold ÷ frames of it in a fair fold). Ties go to the first.
 */
function dealOut(groups: readonly Group[], count: number, rng: Rng): number[] {
  const frames = framesBy(groups)
  const inFold = Array.from({ length: count }, () => new Map<string, number>())
  const foldOf = new Array<number>(groups.length)
  const order = rng.shuffle([...groups.keys()]).sort((a, b) => groups[b].frames - groups[a].frames)
  for (const group of order) {
    const mine = framesBy([groups[group]])
    const costs = inFold.map((fold) => {
      let cost = 0
      for (const [key, added] of mine) {
        const weight = key === everything ? wholeWeight : 1
        cost += weight * fullness((fold.get(key) ?? 0) + added, frames.get(key)! / count)
        cost -= weight * fullness(fold.get(key) ?? 0, frames.get(key)! / count)
      }
      return cost
    })
    const best = costs.indexOf(Math.min(...costs))
    foldOf[group] = best
    for (const [key, added] of mine) inFold[best].set(key, (inFold[best].get(key) ?? 0) + added)
  }
  return foldOf
}

/** Key of the count of all frames, which matters more than how rigs and sites are spread. */
const everything = 'all'
const wholeWeight = 10

function fullness(frames: number, fair: number): number {
  return (frames / fair) ** 2
}

function framesBy(groups: readonly Group[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { tracks } of groups)
    for (const { rigId, siteId, frameIndex } of tracks)
      for (const key of [everything, `rig ${rigId}`, `site ${siteId}`])
        counts.set(key, (counts.get(key) ?? 0) + frameIndex.length)
  return counts
}
