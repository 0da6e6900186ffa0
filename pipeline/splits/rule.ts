import type { LogInfo } from '../schema.js'

/** What a rule sees of a log. */
export type LogFacts = Pick<LogInfo, 'logId' | 'siteId' | 'routeId' | 'rigId' | 'date'>

/** Says which logs belong together: those of equal value stand in the same part. */
export interface SplitRule {
  /** One phrase, for `--help` and the docs. */
  describe: string
  groupOf(log: LogFacts): string
}
