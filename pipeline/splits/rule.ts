import type { Part } from './part.js'
import type { Piece } from './pieces.js'
import type { LogTrack } from './tracks.js'

/** Sizes that rules work with. */
export interface RuleSettings {
  /** Side of the tiles of rule `tile`, metres. */
  tileM: number
  /** Side of the regions of rule `geographic`, metres. */
  regionM: number
  /** Of rule `temporal`: the longer one is the time between its parts, seconds. */
  gapS: number
  neighbourS: number
  /** Shares of train, val and test. */
  shares: readonly number[]
}

/** Says which logs belong together: those that share a value stand in the same part. */
export interface SplitRule {
  /** One phrase, for `--help` and the docs. */
  describe: string
  /** Values of a log, or of a piece of one where a rule cuts logs. At least one. */
  valuesOf(log: LogTrack | Piece, settings: RuleSettings): readonly string[]
  /**
   * Only of rules that cut logs: the region of each frame of each log, by row. Frames of a log in one region are a
   * piece. A region's name starts with its site.
   */
  regionsOf?(logs: readonly LogTrack[], settings: RuleSettings): string[][]
  /** Only of a rule that leaves nothing to search: the part that a value is for. */
  partOf?(value: string): Part
}
