import { DataError } from '../errors.js'
import { stream } from '../random.js'
import { searchDescription } from './assign.js'
import { assignmentOf } from './assignmentOf.js'
import { bufferDescription, type TakenFrame, takeNearFrames } from './buffer.js'
import { findCompromises, keptIn, type Outcome } from './compromises.js'
import { checkSplitConfig, type SplitConfig } from './config.js'
import { type Decision, decide } from './decide.js'
import { findLeaks } from './findLeaks.js'
import { groupBy } from './groupBy.js'
import { type Part, parts } from './part.js'
import { rangesOf } from './ranges.js'
import type { SplitFile } from './splitFile.js'
import type { LogTrack } from './tracks.js'

/**
 * Plans the whole split from the tracks alone: groups, parts, frames left out, what gave way, and what still leaks.
 * The order of `tracks` does not matter. Throws UsageError for a configuration that cannot be met, DataError when no
 * log has a frame.
 */
export function planSplit(tracks: readonly LogTrack[], config: SplitConfig, seed: number): SplitFile {
  checkSplitConfig(config)
  const sorted = [...tracks].sort((a, b) => (a.logId < b.logId ? -1 : 1))
  const filled = sorted.filter((track) => track.frameIndex.length > 0)
  if (filled.length === 0) throw new DataError('no log has a frame to split')
  const decision = decide(filled, config, stream(seed, 'split'))
  const partOfLog = new Map(
    decision.groups.flatMap(({ tracks: members }, i) => members.map(({ logId }) => [logId, decision.partOfGroup[i]])),
  )
  const taken = takeNearFrames(filled, partOfLog, config.bufferM)
  const logs = sorted.map((track) => logEntry(track, partOfLog.get(track.logId) ?? null, taken.get(track.logId) ?? []))
  const keptOf = new Map(logs.map(({ logId, frames }) => [logId, frames - (taken.get(logId)?.length ?? 0)]))
  const outcome: Outcome = { config, ...decision, keptOf }
  const { rule, bufferM, mergeNear, neighbourS, holdOut } = config
  return {
    ...{ rule, seed, bufferM, mergeNear, neighbourS, holdOut: [...holdOut] },
    policies: { search: searchDescription, buffer: bufferDescription },
    parts: partFacts(outcome, logs),
    groups: groupEntries(decision),
    logs,
    compromises: [...decision.compromises, ...findCompromises(outcome)],
    leaks: findLeaks(filled, assignmentOf(logs), config),
  }
}

function groupEntries({ groups, partOfGroup }: Decision): SplitFile['groups'] {
  return groups.map(({ name, values, tracks, frames, joins }, i) => {
    return { name, values, part: partOfGroup[i], logs: tracks.map(({ logId }) => logId), frames, joins }
  })
}

function logEntry(track: LogTrack, part: Part | null, taken: TakenFrame[]): SplitFile['logs'][number] {
  const { logId, siteId, rigId, frameIndex } = track
  const exceptions = [...groupBy(taken, ({ near }) => near)].map(([near, frames]) => {
    const rows = new Set(frames.map(({ row }) => row))
    const ranges = rangesOf(frameIndex, (row) => rows.has(row))
    return { reason: 'buffer' as const, near, count: rows.size, frames: ranges }
  })
  return { logId, siteId, rigId, part, frames: frameIndex.length, exceptions }
}

function partFacts(outcome: Outcome, logs: SplitFile['logs']): SplitFile['parts'] {
  const all = parts.reduce((sum, part) => sum + keptIn(outcome, part), 0)
  const entries = parts.map((part, i) => {
    const mine = logs.filter((log) => log.part === part)
    const buffer: Partial<Record<Part, number>> = {}
    for (const { near, count } of mine.flatMap((log) => log.exceptions)) buffer[near] = (buffer[near] ?? 0) + count
    const frames = keptIn(outcome, part)
    const shares = { asked: outcome.config.shares[i], got: frames / all }
    return [part, { ...shares, frames, logs: mine.length, leftOut: { buffer } }]
  })
  return Object.fromEntries(entries) as SplitFile['parts']
}
