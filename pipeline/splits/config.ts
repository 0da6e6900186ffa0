import { UsageError } from '../errors.js'
import { parts } from './part.js'

/** What decides a split. */
export interface SplitConfig {
  /** What may not be torn apart: a name of the registry `rules`. */
  rule: string
  /** Shares of the frames that train, val and test are to get; they sum to 1. A part with share 0 stays empty. */
  shares: readonly number[]
  /** Frames of two parts lie at least this far apart; 0 switches the buffer off. */
  bufferM: number
  /** Keep logs that come nearer than `bufferM` to each other in one part, instead of leaving frames out. */
  mergeNear: boolean
  /** Logs of one rig at one site with less time than this between them are one drive and stay together; 0: off. */
  neighbourS: number
  /** Groups, by their value under the rule, that are the whole of test (a held-out rig or site); none: shares decide. */
  holdOut: readonly string[]
}

export const splitDefaults: SplitConfig = {
  rule: 'log',
  shares: [0.6, 0.15, 0.25],
  bufferM: 10,
  mergeNear: false,
  neighbourS: 10,
  holdOut: [],
}

export const splitPresets: Record<string, Partial<SplitConfig>> = {
  // Whole routes, so that no street is seen twice, and a test part with three logs of every rig.
  demo: { rule: 'route', shares: [0.55, 0.1, 0.35] },
  tiny: { shares: [0.5, 0.15, 0.35] },
}

/** Throws UsageError for shares that are no shares and for negative limits. */
export function checkSplitConfig({ shares, bufferM, neighbourS }: SplitConfig): void {
  const sum = shares.reduce((total, share) => total + share, 0)
  const areShares = shares.length === parts.length && shares.every((share) => share >= 0) && Math.abs(sum - 1) < 1e-6
  if (!areShares)
    throw new UsageError('split.shares is not usable', {
      expected: `${parts.length} shares (${parts.join(', ')}), none negative, that sum to 1`,
      actual: shares.join(' '),
    })
  for (const [name, value] of Object.entries({ bufferM, neighbourS }))
    if (value < 0) throw new UsageError(`split.${name} is negative`, { actual: String(value) })
}
