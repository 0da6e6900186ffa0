import type { SplitRule } from '../rule.js'

/** Value of logs whose source names no date: they may be of one day, so they stay together. */
export const unknownDate = 'unknown'

export const date: SplitRule = {
  describe: 'all logs of a day together; those without a date are one group',
  valuesOf: (log) => [log.date ?? unknownDate],
}
