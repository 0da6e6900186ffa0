import { auditedTracks } from '../../../pipeline/splits/audit/auditedTracks.js'
import type { AuditInput } from '../../../pipeline/splits/audit/auditInput.js'
import { auditSplitDefaults } from '../../../pipeline/splits/audit/config.js'
import type { Found } from '../../../pipeline/splits/audit/finding.js'
import { PartPlaces } from '../../../pipeline/splits/audit/partPlaces.js'
import { type SearchName, searches } from '../../../pipeline/splits/audit/searches.js'
import { findLeaks } from '../../../pipeline/splits/findLeaks.js'
import type { Assignment, Part } from '../../../pipeline/splits/part.js'
import type { LogTrack } from '../../../pipeline/splits/tracks.js'

/** What an audit of tracks looks at, without occupancy and models unless they are given. */
export function auditInputOf(
  tracks: readonly LogTrack[],
  partOf: Assignment,
  some: Partial<Omit<AuditInput, 'config'>> & { config?: Partial<AuditInput['config']> } = {},
): AuditInput {
  const config = { ...auditSplitDefaults, ...some.config }
  const logs = tracks.map((track) => ({ calibrationId: null, ...track }))
  const audited = auditedTracks(tracks, logs, partOf)
  return {
    tracks: audited,
    places: new PartPlaces(audited),
    leaks: findLeaks(tracks, partOf, config),
    cutsLogs: false,
    contradictions: { count: 0, shown: [] },
    matches: null,
    models: [],
    ...some,
    config,
  }
}

/** Runs one search of the registry. */
export function find(name: SearchName, ...input: Parameters<typeof auditInputOf>): Found {
  return searches[name].find(auditInputOf(...input))
}

/** Whole logs in parts; a log that is not named is in none. */
export function byLog(entries: Record<string, Part>): Assignment {
  return (logId) => entries[logId] ?? null
}
