import type { AuditInput, AuditSearch } from './auditInput.js'
import type { Finding } from './finding.js'
import { confined } from './findings/confined.js'
import { fittedStatistics } from './findings/fittedStatistics.js'
import { nearDuplicates } from './findings/nearDuplicates.js'
import { sharedLogs } from './findings/sharedLogs.js'
import { sharedSources } from './findings/sharedSources.js'
import { straddlingWindows } from './findings/straddlingWindows.js'
import { temporalNeighbours } from './findings/temporalNeighbours.js'
import { trainDistance } from './findings/trainDistance.js'

export const searches = {
  sharedLogs,
  sharedSources,
  trainDistance,
  nearDuplicates,
  temporalNeighbours,
  straddlingWindows,
  confined,
  fittedStatistics,
} satisfies Record<string, AuditSearch>

export type SearchName = keyof typeof searches

/** Runs every search, in the registry's order. */
export function findAll(input: AuditInput): Finding[] {
  return Object.entries(searches).map(([kind, search]) => ({ kind, ...search.find(input) }))
}
