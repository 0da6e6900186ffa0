import type { LogInfo } from '../../schema.js'
import { type Assignment, type Part, parts } from '../part.js'
import type { LogTrack } from '../tracks.js'
import type { FrameRef } from './finding.js'

/** A log's track, what else is known of the log, and the part of each of its frames. */
export interface AuditedTrack extends LogTrack, Pick<LogInfo, 'calibrationId' | 'mapVersion'> {
  /** Number of the part in `parts`; −1: in none. Not a value that leaves this folder. */
  partOfRow: Int8Array
}

/** Looks the assignment up once for each frame. Sorted by log id, so that equal assignments give equal findings. */
export function auditedTracks(
  tracks: readonly LogTrack[],
  logs: readonly Pick<LogInfo, 'logId' | 'calibrationId' | 'mapVersion'>[],
  partOf: Assignment,
): AuditedTrack[] {
  const facts = new Map(logs.map((log) => [log.logId, log]))
  const sorted = [...tracks].sort((a, b) => (a.logId < b.logId ? -1 : 1))
  return sorted.map((track) => {
    const { calibrationId = null, mapVersion = null } = facts.get(track.logId) ?? {}
    const partOfRow = Int8Array.from(track.frameIndex, (index) => {
      const part = partOf(track.logId, index)
      return part === null ? -1 : parts.indexOf(part)
    })
    return { ...track, calibrationId, mapVersion, partOfRow }
  })
}

export function partAt(track: AuditedTrack, row: number): Part | null {
  return parts[track.partOfRow[row]] ?? null
}

export function frameRefOf(track: AuditedTrack, row: number): FrameRef {
  return { logId: track.logId, frameIndex: track.frameIndex[row], part: partAt(track, row) }
}

/** How far apart two frames are, metres in the plane, and how long, seconds. */
export function apart(a: AuditedTrack, rowA: number, b: AuditedTrack, rowB: number) {
  const distanceM = a.siteId === b.siteId ? Math.hypot(a.xM[rowA] - b.xM[rowB], a.yM[rowA] - b.yM[rowB]) : null
  return { distanceM, gapS: Math.abs(Number(a.timestampNs[rowA] - b.timestampNs[rowB])) / 1e9 }
}

/** Frames in each part. */
export function framesByPart(tracks: readonly AuditedTrack[]): Record<Part, number> {
  const counts = { train: 0, val: 0, test: 0 }
  for (const { partOfRow } of tracks) for (const part of partOfRow) if (part >= 0) counts[parts[part]]++
  return counts
}
