import { UsageError } from '../errors.js'
import { parts } from './part.js'

/** What decides a split. */
export interface SplitConfig {
  /** What may not be torn apart: names of the registry `rules`, see `ruleNamed`. */
  rule: string | readonly string[]
  /** A published split, by its name in the registry `officialLists`: it decides every part, and no rule does; '': none. */
  official: string
  /** Shares of the frames that train, val and test are to get; they sum to 1. A part with share 0 stays empty. */
  shares: readonly number[]
  /** Frames of two parts lie at least this far apart; 0 switches the buffer off. */
  bufferM: number
  /** Keep logs that come nearer than `bufferM` to each other in one part, instead of leaving frames out. */
  mergeNear: boolean
  /**
   * Logs of one rig at one site with less time than this between them are one drive and stay together; where a rule
   * cuts logs, frames that are so close in time and in two parts are left out. 0: off.
   */
  neighbourS: number
  /** Groups, by their value under the rule, that are the whole of test (a held-out rig or site); none: shares decide. */
  holdOut: readonly string[]
  /** Side of the tiles of rule `tile`, metres. */
  tileM: number
  /** Side of the regions of rule `geographic`, metres. */
  regionM: number
  /** Time between the parts of rule `temporal`, at each site, seconds; at least `neighbourS` in any case. */
  gapS: number
}

export const splitDefaults: SplitConfig = {
  rule: ['log'],
  official: '',
  shares: [0.6, 0.15, 0.25],
  bufferM: 10,
  mergeNear: false,
  neighbourS: 10,
  holdOut: [],
  tileM: 100,
  regionM: 200,
  gapS: 10,
}

export const splitPresets: Record<string, Partial<SplitConfig>> = {
  // Whole routes, so that no street is seen twice, and a test part with three logs of every rig.
  demo: { rule: ['route'], shares: [0.55, 0.1, 0.35] },
  tiny: { shares: [0.5, 0.15, 0.35] },
  // A fleet that drives the same streets every day has no place that is new later on: time alone separates.
  temporal: { rule: ['temporal'], bufferM: 0, gapS: 3600 },
  // Fifty metres are some seconds of driving; ten seconds more would take most of a log of twenty.
  geographic: { rule: ['geographic'], bufferM: 50, neighbourS: 2 },
}

/** Throws UsageError for shares that are no shares and for negative limits. */
export function checkSplitConfig(config: SplitConfig): void {
  const { shares, bufferM, neighbourS, gapS, tileM, regionM } = config
  const sum = shares.reduce((total, share) => total + share, 0)
  const areShares = shares.length === parts.length && shares.every((share) => share >= 0) && Math.abs(sum - 1) < 1e-6
  if (!areShares)
    throw new UsageError('split.shares is not usable', {
      expected: `${parts.length} shares (${parts.join(', ')}), none negative, that sum to 1`,
      actual: shares.join(' '),
    })
  for (const [name, value] of Object.entries({ bufferM, neighbourS, gapS }))
    if (!(value >= 0)) throw new UsageError(`split.${name} is negative`, { actual: String(value) })
  for (const [name, value] of Object.entries({ tileM, regionM }))
    if (!(value > 0)) throw new UsageError(`split.${name} is not above 0`, { actual: String(value) })
}
