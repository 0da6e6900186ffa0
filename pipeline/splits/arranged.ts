import type { Compromise } from './compromises.js'
import type { Group } from './groups.js'
import type { Keeper } from './leaveOut.js'
import type { Part } from './part.js'
import type { Placement } from './placement.js'

/** Everything that is settled about a split, whoever settled it: a search, a former split, a published list. */
export interface Arranged {
  /** Of all logs, in their order. */
  placements: Placement[]
  groups: readonly Group[]
  /** Null: the group is left out. */
  partOfGroup: readonly (Part | null)[]
  /** Asked of train, val and test. */
  shares: readonly number[]
  /** What of the rule gave way. */
  compromises: Compromise[]
  /** Which fold it is, if it is one. */
  fold?: { index: number; of: number; values: string[] }
  /** How it was settled, in words. */
  search: string
  keeper: Keeper
}
