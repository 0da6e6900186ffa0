import { UsageError } from '../errors.js'
import type { Site } from './site.js'
import { apron } from './sites/apron.js'
import { suburban } from './sites/suburban.js'
import { urban } from './sites/urban.js'

/** Builders of the sites. A site is the same in every log; what parks, drives and walks there is the log's own. */
export const sites = { urban, suburban, apron } satisfies Record<string, () => Site>

export type SiteName = keyof typeof sites

const built = new Map<string, Site>()

/** The site, built once a process. Throws UsageError that lists the sites. */
export function siteNamed(name: string): Site {
  const build = (sites as Record<string, () => Site>)[name]
  if (!build) throw new UsageError(`no site '${name}'`, { expected: Object.keys(sites).join(' | ') })
  const site = built.get(name) ?? build()
  built.set(name, site)
  return site
}
