import { z } from 'zod'
import { splitDefaults } from './config.js'
import { DisjointSets } from './disjointSets.js'
import { groupBy } from './groupBy.js'
import { nearPairs } from './nearPairs.js'
import type { Piece } from './pieces.js'
import type { RuleSettings, SplitRule } from './rule.js'
import type { LogTrack } from './tracks.js'

/** Why two logs stand in one group although the rule alone would not put them together. */
export const join = z.object({
  /** source: equal source hash · drive: same rig and site, hardly a pause between · near: tracks within the buffer. */
  why: z.enum(['source', 'drive', 'near']),
  logs: z.tuple([z.string(), z.string()]),
})
export type Join = z.infer<typeof join>

/** Logs, or pieces of logs where the rule cuts them, that no split may tear apart. */
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

export interface GroupLimits extends Partial<RuleSettings> {
  bufferM: number
  mergeNear: boolean
  neighbourS: number
}

/**
 * Groups logs by the rule's values, then unites groups that touch: logs of equal source hash, logs of one rig at one
 * site with less than `neighbourS` between them, and, with `mergeNear`, logs that come nearer than `bufferM`. Pieces of
 * cut logs are united where a source has the same frame twice, not for following each other.
 * The result is sorted by name and does not depend on the order of `tracks`.
 */
export function groupLogs(
  tracks: readonly (LogTrack | Piece)[],
  rule: Pick<SplitRule, 'valuesOf'>,
  limits: GroupLimits,
): Group[] {
  const sorted = [...tracks].sort((a, b) => (a.logId < b.logId ? -1 : 1))
  const settings = { ...splitDefaults, ...limits }
  const values = sorted.map((track) => rule.valuesOf(track, settings))
  const sets = new DisjointSets(sorted.length)
  const joins: Join[] = []
  const unite = (why: Join['why'], pairs: Iterable<[number, number]>) => {
    for (const [a, b] of pairs) if (sets.unite(a, b)) joins.push({ why, logs: [sorted[a].logId, sorted[b].logId] })
  }
  for (const [a, b] of chains(values)) sets.unite(a, b)
  unite('source', chains(sourceKeys(sorted)))
  const isCut = sorted.some((track) => 'region' in track && track.region !== null)
  if (!isCut) unite('drive', drives(sorted, limits.neighbourS))
  if (limits.mergeNear) unite('near', nearPairs(sorted, sets, limits.bufferM))
  return collect(sorted, values, sets, joins)
}

/** Each track paired with the next one that shares a key, for each of its keys. */
function* chains(keysOf: Iterable<readonly string[]>): Generator<[number, number]> {
  const last = new Map<string, number>()
  let i = 0
  for (const keys of keysOf) {
    for (const key of keys) {
      const before = last.get(key)
      if (before !== undefined && before !== i) yield [before, i]
      last.set(key, i)
    }
    i++
  }
}

/** What tells that tracks are of one source: its hash; of a piece, that and a frame, if the source is there twice. */
function* sourceKeys(tracks: readonly (LogTrack | Piece)[]): Generator<string[]> {
  const wholes = groupBy(new Set(tracks.map((track) => ('whole' in track ? track.whole : track))), wholeSource)
  for (const track of tracks) {
    const { sourceHash } = track
    const isPiece = 'region' in track && track.region !== null
    if (sourceHash === '' || wholes.get(sourceHash)!.length < 2) yield []
    else yield isPiece ? Array.from(track.frameIndex, (frame) => `${sourceHash} ${frame}`) : [sourceHash]
  }
}

function wholeSource({ sourceHash }: LogTrack): string {
  return sourceHash
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

function collect(
  tracks: LogTrack[],
  values: readonly (readonly string[])[],
  sets: DisjointSets,
  joins: Join[],
): Group[] {
  const indexOf = new Map(tracks.map(({ logId }, i) => [logId, i]))
  const joinsOf = groupBy(joins, ({ logs }) => sets.find(indexOf.get(logs[0])!))
  return [...groupBy(tracks.keys(), (i) => sets.find(i))].map(([root, indices]) => {
    const mine = indices.map((i) => tracks[i])
    return {
      name: mine[0].logId,
      values: [...new Set(indices.flatMap((i) => values[i]))].sort(),
      tracks: mine,
      frames: mine.reduce((sum, track) => sum + track.frameIndex.length, 0),
      joins: joinsOf.get(root) ?? [],
    }
  })
}
