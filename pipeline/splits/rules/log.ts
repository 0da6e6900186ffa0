import type { SplitRule } from '../rule.js'

export const log: SplitRule = {
  describe: 'whole logs',
  valuesOf: ({ logId }) => [logId],
}
