import { groupBy } from '../../groupBy.js'
import { type Part, parts } from '../../part.js'
import { type AuditedTrack, frameRefOf, framesByPart } from '../auditedTracks.js'
import type { AuditSearch } from '../auditInput.js'
import { type Found, type NamedCase, named } from '../finding.js'

/** What a log may be confined by, and its plural. */
const kinds = {
  rig: { plural: 'rigs', tagOf: (track: AuditedTrack) => track.rigId },
  calibration: { plural: 'calibrations', tagOf: (track: AuditedTrack) => track.calibrationId },
  mapVersion: { plural: 'mapVersions', tagOf: (track: AuditedTrack) => track.mapVersion },
}

/**
 * Rigs, calibrations and map versions that only one part shows: a number of test then speaks of them, too, and not of
 * the model alone. That may be meant, so it is a note.
 */
export const confined: AuditSearch = {
  title: 'rig, calibration or map in one part',
  find({ tracks, config }): Found {
    const used = parts.filter((part) => framesByPart(tracks)[part] > 0)
    const numbers: Record<string, number | null> = {}
    const cases: NamedCase[] = []
    for (const [kind, { plural, tagOf }] of Object.entries(kinds)) {
      const values = groupBy(tracks.filter(hasPart), tagOf)
      const unknown = values.get(null)?.length ?? 0
      values.delete(null)
      const alone = [...values].filter(([, some]) => used.length > 1 && partsOf(some).length === 1)
      for (const [value, some] of alone) cases.push(caseOf(kind, value!, some))
      numbers[plural] = values.size === 0 ? null : values.size
      numbers[`${plural}Confined`] = values.size === 0 ? null : alone.length
      numbers[`${plural}Unknown`] = unknown
    }
    const count = (plural: string) => `${numbers[`${plural}Confined`] ?? 0} of ${numbers[plural] ?? 0} ${plural}`
    return {
      severity: used.length < 2 ? 'unchecked' : cases.length > 0 ? 'note' : 'none',
      headline: cases.length > 0 ? cases[0].what! : 'none',
      summary: `only one part shows ${count('rigs')}, ${count('calibrations')}, ${count('mapVersions')}`,
      numbers,
      named: named(cases, config.mostNamed),
    }
  },
}

function hasPart({ partOfRow }: AuditedTrack): boolean {
  return partOfRow.some((part) => part >= 0)
}

function partsOf(tracks: readonly AuditedTrack[]): Part[] {
  return parts.filter((_, number) => tracks.some(({ partOfRow }) => partOfRow.includes(number)))
}

function caseOf(kind: string, value: string, tracks: readonly AuditedTrack[]): NamedCase {
  const row = tracks[0].partOfRow.findIndex((part) => part >= 0)
  const what = `${kind} ${value} only in ${partsOf(tracks)[0]}`
  return { frames: [frameRefOf(tracks[0], row)], distanceM: null, gapS: null, what }
}
