import type { SplitRule } from '../rule.js'

export const log: SplitRule = {
  describe: 'whole logs',
  groupOf: ({ logId }) => logId,
}
