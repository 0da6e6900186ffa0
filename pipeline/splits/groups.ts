import { z } from 'zod'
import { DisjointSets } from './disjointSets.js'
import { findEncounters } from './encounters.js'
import { groupBy } from './groupBy.js'
import type { SplitRule } from './rule.js'
import type { LogTrack } from './tracks.js'

/** Why two logs stand in one group although the rule alone would not put them together. */
export const join = z.object({
  /** source: equal source hash · drive: same rig and site, hardly a pause between · near: tracks within the buffer. */
  why: z.enum(['source', 'drive', 'near']),
  logs: z.tuple([z.string(), z.string()]),
})
export type Join = z.infer<typeof join>

/** Logs that no split may tear apart. */
export interface Group {
  /** Id of its first log in alphabetical order: the same however the logs are listed. */
  name: string
  /** The rule's values that met in it, sorted. */
  values: string[]
  /** Sorted by id. */
  tracks: LogTrack[]
  frames: number
  joins: Join[]
}

export interface GroupLimits {
  bufferM: number
  mergeNear: boolean
  neighbourS: number
}

/**
 * Groups logs by the rule's value, then unites groups that touch: logs of equal source hash, logs of one rig at one
 * site with less than `neighbourS` between them, and, with `mergeNear`, logs that come nearer than `bufferM`.
 * The result is sorted by name and does not depend on the order of `tracks`.
 */
export function groupLogs(tracks: readonly LogTrack[], rule: SplitRule, limits: GroupLimits): Group[] {
  const sorted = [...tracks].sort((a, b) => (a.logId < b.logId ? -1 : 1))
  const sets = new DisjointSets(sorted.length)
  const joins: Join[] = []
  const unite = (why: Join['why'], pairs: Iterable<[number, number]>) => {
    for (const [a, b] of pairs) if (sets.unite(a, b)) joins.push({ why, logs: [sorted[a].logId, sorted[b].logId] })
  }
  for (const [a, b] of chains(sorted, (track) => rule.groupOf(track))) sets.unite(a, b)
  unite(
    'source',
    chains(sorted, (track) => track.sourceHash || null),
  )
  unite('drive', drives(sorted, limits.neighbourS))
  if (limits.mergeNear) unite('near', nearPairs(sorted, sets, limits.bufferM))
  return collect(sorted, sets, joins, rule)
}

/** Each track paired with the next one of equal key; tracks with key null are left alone. */
function* chains(tracks: LogTrack[], keyOf: (track: LogTrack) => string | null): Generator<[number, number]> {
  const last = new Map<string, number>()
  for (const [i, track] of tracks.entries()) {
    const key = keyOf(track)
    if (key === null) continue
    const before = last.get(key)
    if (before !== undefined) yield [before, i]
    last.set(key, i)
  }
}

/** Pairs of logs of one rig at one site whose times overlap or follow within `neighbourS`. */
function* drives(tracks: LogTrack[], neighbourS: number): Generator<[number, number]> {
  if (neighbourS <= 0) return
  const spans = tracks
    .map(({ rigId, siteId, timestampNs }, i) => ({ i, vehicle: JSON.stringify([rigId, siteId]), timestampNs }))
    .filter(({ timestampNs }) => timestampNs.length > 0)
    .map(({ i, vehicle, timestampNs }) => ({ i, vehicle, startNs: timestampNs[0], endNs: timestampNs.at(-1)! }))
    .sort((a, b) => (a.startNs === b.startNs ? a.i - b.i : a.startNs < b.startNs ? -1 : 1))
  const latest = new Map<string, (typeof spans)[number]>()
  for (const span of spans) {
    const before = latest.get(span.vehicle)
    if (before && Number(span.startNs - before.endNs) / 1e9 < neighbourS) yield [before.i, span.i]
    if (!before || before.endNs < span.endNs) latest.set(span.vehicle, span)
  }
}

/** Pairs of groups, each by its first log, that come nearer than the buffer. */
function* nearPairs(tracks: LogTrack[], sets: DisjointSets, bufferM: number): Generator<[number, number]> {
  const roots = tracks.map((_, i) => sets.find(i))
  for (const { group, near } of findEncounters(tracks, roots, bufferM))
    for (const other of near) if (group < other) yield [group, other]
}

function collect(tracks: LogTrack[], sets: DisjointSets, joins: Join[], rule: SplitRule): Group[] {
  const members = groupBy(tracks.keys(), (i) => sets.find(i))
  return [...members.values()].map((indices) => {
    const mine = indices.map((i) => tracks[i])
    const ids = new Set(mine.map((track) => track.logId))
    return {
      name: mine[0].logId,
      values: [...new Set(mine.map((track) => rule.groupOf(track)))].sort(),
      tracks: mine,
      frames: mine.reduce((sum, track) => sum + track.frameIndex.length, 0),
      joins: joins.filter(({ logs }) => ids.has(logs[0])),
    }
  })
}
