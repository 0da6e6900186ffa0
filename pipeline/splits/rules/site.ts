import type { SplitRule } from '../rule.js'

export const site: SplitRule = {
  describe: 'all logs of a site together: measures how a model does where it never was',
  valuesOf: ({ siteId }) => [siteId],
}
