import type { SplitRule } from '../rule.js'

/** Route names are a site's own (`loop-1` exists in every town), so the site stands before them. */
export const route: SplitRule = {
  describe: 'all logs of a route of a site together',
  valuesOf: ({ siteId, routeId }) => [`${siteId}/${routeId}`],
}
