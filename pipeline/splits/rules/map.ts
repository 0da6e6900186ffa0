import type { SplitRule } from '../rule.js'

/** A version number is a site's own, so the site stands before it. Logs without one may share a map: one group. */
export const map: SplitRule = {
  describe: 'all logs of a map version of a site together; those of a site that name none are one group',
  valuesOf: ({ siteId, mapVersion }) => [`${siteId}/${mapVersion ?? 'unknown'}`],
}
