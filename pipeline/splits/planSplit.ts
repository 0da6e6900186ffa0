import { DataError, UsageError } from '../errors.js'
import { stream } from '../random.js'
import type { Arranged } from './arranged.js'
import { searchDescription } from './assign.js'
import { assignmentOf } from './assignmentOf.js'
import { findCompromises } from './compromises.js'
import { checkSplitConfig, type SplitConfig } from './config.js'
import { decide } from './decide.js'
import { extendSplit } from './extend.js'
import { findLeaks } from './findLeaks.js'
import type { FoldNumber } from './folds.js'
import { groupBy } from './groupBy.js'
import type { Leak } from './leak.js'
import { borderPolicies, type Keeper, leaveOut } from './leaveOut.js'
import { arrangeOfficially } from './official.js'
import { type Part, parts } from './part.js'
import { piecesOf } from './pieces.js'
import { emptyPlacement, entryOf, type PlacedLog, type Placement, placedLogs, placementsOf } from './placement.js'
import { ruleNamed, ruleText } from './rules.js'
import type { SplitFile } from './splitFile.js'
import type { LogTrack } from './tracks.js'

/** What a plan may start from beside its configuration. */
export interface SplitTask {
  /** A former split, whose assignments stay. */
  former?: SplitFile
  fold?: FoldNumber
}

/**
 * Plans the whole split from the tracks alone: groups, parts, frames left out, what gave way, and what still leaks.
 * The order of `tracks` does not matter. Throws UsageError for a configuration that cannot be met, DataError when no
 * log has a frame, and when a log is not what the former split knows under its name.
 */
export function planSplit(
  tracks: readonly LogTrack[],
  config: SplitConfig,
  seed: number,
  task: SplitTask = {},
): SplitFile {
  checkPlan(config, task)
  const sorted = [...tracks].sort((a, b) => (a.logId < b.logId ? -1 : 1))
  const filled = sorted.filter((track) => track.frameIndex.length > 0)
  if (filled.length === 0) throw new DataError('no log has a frame to split')
  const arranged = arrange(filled, config, seed, task)
  const placementOf = new Map(arranged.placements.map((placement) => [placement.track.logId, placement]))
  const placements = sorted.map((track) => placementOf.get(track.logId) ?? emptyPlacement(track, 'it has no frames'))
  return describe(placements, arranged, config, seed)
}

function arrange(filled: LogTrack[], config: SplitConfig, seed: number, { former, fold }: SplitTask): Arranged {
  if (config.official !== '') return arrangeOfficially(filled, config)
  const rng = stream(seed, 'split')
  if (former) return extendSplit(filled, config, former, rng)
  const pieces = piecesOf(filled, ruleNamed(config.rule), config)
  const decision = decide(pieces, config, rng, fold ?? null)
  const partOf = new Map(
    decision.groups.flatMap(({ tracks }, i) => tracks.map(({ logId }) => [logId, decision.partOfGroup[i]] as const)),
  )
  const keeper: Keeper = fold ? 'test' : 'train'
  const placements = placementsOf(filled, pieces, partOf, leaveOut(pieces, partOf, config, keeper))
  return { ...decision, placements, keeper, search: searchDescription }
}

function describe(placements: Placement[], arranged: Arranged, config: SplitConfig, seed: number): SplitFile {
  const { groups, shares, keeper, search } = arranged
  const { bufferM, mergeNear, neighbourS, holdOut, tileM, regionM, gapS } = config
  const logs = placements.map(entryOf)
  const placed = placedLogs(placements)
  const isOfficial = config.official !== ''
  const compromises = findCompromises({ config, shares, groups, placed, isOfficial })
  const filled = placements.map(({ track }) => track).filter(({ frameIndex }) => frameIndex.length > 0)
  const cutLogs = cutCount(placed)
  const leaks = findLeaks(filled, assignmentOf(logs), config)
  return {
    rule: isOfficial ? `official ${config.official}` : ruleText(config.rule),
    official: isOfficial ? config.official : null,
    ...{ seed, bufferM, mergeNear, neighbourS, holdOut: [...holdOut], tileM, regionM, gapS },
    fold: arranged.fold ?? null,
    policies: { search, ...borderPolicies(keeper) },
    parts: partFacts(placements, placed, shares),
    groups: groupEntries(arranged),
    logs,
    cutLogs,
    compromises: [...arranged.compromises, ...compromises],
    leaks: cutLogs > 0 ? leaks.filter(isNoCut) : leaks,
  }
}

/** Frames of a log that a rule cuts, and of its copies, are in several parts, apart in place or in time: no leak. */
function isNoCut({ kind }: Leak): boolean {
  return kind !== 'same-log' && kind !== 'same-source'
}

/** Logs that were given to several parts. */
function cutCount(placed: readonly PlacedLog[]): number {
  return [...groupBy(placed, ({ track }) => track).values()].filter(({ length }) => length > 1).length
}

function groupEntries({ groups, partOfGroup }: Arranged): SplitFile['groups'] {
  return groups.map(({ name, values, tracks, frames, joins }, i) => {
    const logs = [...new Set(tracks.map((track) => ('whole' in track ? (track.whole as LogTrack) : track).logId))]
    return { name, values, part: partOfGroup[i], logs, frames, joins }
  })
}

function partFacts(
  placements: Placement[],
  placed: readonly PlacedLog[],
  shares: readonly number[],
): SplitFile['parts'] {
  const all = placed.reduce((sum, { kept }) => sum + kept, 0)
  const entries = parts.map((part, i) => {
    const mine = placed.filter((log) => log.part === part && log.kept > 0)
    const frames = mine.reduce((sum, { kept }) => sum + kept, 0)
    const leftOut = { buffer: lossesOf(placements, part, 'buffer'), gap: lossesOf(placements, part, 'gap') }
    return [part, { asked: shares[i], got: frames / all, frames, logs: mine.length, leftOut }]
  })
  return Object.fromEntries(entries) as SplitFile['parts']
}

/** Frames that a part lost, by the part that they were too near to. */
function lossesOf(placements: readonly Placement[], part: Part, reason: string): Partial<Record<Part, number>> {
  const counts: Partial<Record<Part, number>> = {}
  for (const { given, lost } of placements)
    for (const [row, loss] of lost)
      if (given[row] === part && loss.reason === reason) counts[loss.near] = (counts[loss.near] ?? 0) + 1
  return counts
}

/** What `planSplit` refuses before it looks at a log. Throws UsageError for settings that are none or contradict each other. */
export function checkPlan(config: SplitConfig, { former, fold }: { former?: unknown; fold?: unknown }): void {
  checkSplitConfig(config)
  const isOfficial = config.official !== ''
  const rule = isOfficial ? null : ruleNamed(config.rule)
  const clashes: [boolean, string][] = [
    [isOfficial && ruleText(config.rule) !== 'log', '--official with --rule: the list decides'],
    [isOfficial && config.holdOut.length > 0, '--official with --holdOut: the list decides'],
    [isOfficial && Boolean(former || fold), '--official with --extend or --folds: the list decides'],
    [Boolean(former && fold), '--extend with --folds: each fold would need a former one'],
    [Boolean(fold && config.holdOut.length > 0), '--holdOut with --folds: each fold holds out its own'],
    [
      Boolean(rule?.partOf && (fold || config.holdOut.length > 0)),
      'rule temporal with --folds or --holdOut: time decides',
    ],
    [
      Boolean(rule?.regionsOf && config.mergeNear),
      '--mergeNear with a rule that cuts logs: neighbouring regions always meet',
    ],
  ]
  for (const [isThere, what] of clashes) if (isThere) throw new UsageError(`${what}; leave one out`)
}
