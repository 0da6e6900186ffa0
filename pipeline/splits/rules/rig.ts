import type { SplitRule } from '../rule.js'

export const rig: SplitRule = {
  describe: 'all logs of a rig together: measures how a model does with sensors it never had',
  valuesOf: ({ rigId }) => [rigId],
}
