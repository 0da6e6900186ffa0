import type { SplitConfig } from './config.js'
import { groupBy } from './groupBy.js'
import { type Group, groupLogs } from './groups.js'
import { type Part, parts } from './part.js'
import { type Piece, piecesOf } from './pieces.js'
import type { Placement } from './placement.js'
import type { SplitRule } from './rule.js'
import { ruleNamed, rules } from './rules.js'
import type { SplitFile } from './splitFile.js'
import type { LogTrack } from './tracks.js'

/** New and old logs in groups, and what a former split has settled about them. */
export interface GroupsBeside {
  pieces: Piece[]
  /** Sorted by name. A group that old logs of two parts are in is one group for each part and one of what is new. */
  groups: Group[]
  /** Part of the old logs of each group; 'out': new logs of a torn group; null: nobody's. */
  settled: Settled[]
  rule: SplitRule
}

/** Groups the logs as a new split would, then parts what the former split parts. */
export function groupsBeside(
  logs: readonly LogTrack[],
  config: SplitConfig,
  former: SplitFile,
  old: ReadonlyMap<LogTrack, Placement>,
): GroupsBeside {
  const rule = ruleNamed(config.rule)
  const pieces = piecesOf(logs, rule.partOf ? beside(rule, old) : rule, config)
  // Where the rule gave way before, its groups are in several parts already, and every log stands for itself.
  const gaveWay = former.compromises.some(({ constraint }) => constraint === 'rule')
  const whole = groupLogs(pieces, gaveWay ? rules.log : rule, config)
  const torn = whole.flatMap((group) => tornApart(group, old))
  const sorted = torn.sort((a, b) => (a.group.name < b.group.name ? -1 : 1))
  return { pieces, groups: sorted.map(({ group }) => group), settled: sorted.map(({ settled }) => settled), rule }
}

type Settled = Part | 'out' | null
interface SettledGroup {
  group: Group
  settled: Settled
}

/** What the former split made of a group: one group where it knows one part, else one for each part and what is left. */
function tornApart(group: Group, old: ReadonlyMap<LogTrack, Placement>): SettledGroup[] {
  const sides = groupBy(group.tracks, (track): Settled => {
    const { whole, rows } = track as Piece
    const placement = old.get(whole)
    return placement ? (placement.given[rows[0]] ?? 'out') : null
  })
  const [fresh, out] = [sides.get(null) ?? [], sides.get('out') ?? []]
  const known = parts.filter((part) => sides.has(part))
  if (known.length === 1)
    return [...some(group, [...sides.get(known[0])!, ...fresh], known[0]), ...some(group, out, 'out')]
  const apart = known.flatMap((part) => some(group, sides.get(part)!, part))
  if (known.length > 0) return [...apart, ...some(group, [...fresh, ...out], 'out')]
  return [...some(group, out, 'out'), ...some(group, fresh, null)]
}

/** The group of some of a group's tracks, if there are any. */
function some(group: Group, tracks: readonly LogTrack[], settled: Settled): SettledGroup[] {
  if (tracks.length === 0) return []
  const mine = [...tracks].sort((a, b) => (a.logId < b.logId ? -1 : 1))
  const frames = mine.reduce((sum, { frameIndex }) => sum + frameIndex.length, 0)
  return [{ group: { ...group, name: mine[0].logId, tracks: mine, frames }, settled }]
}

/**
 * A rule that decides by time, with the times of a former split: at a site that it knew, frames up to its last training
 * frame are train, those up to its last validation frame val, the others test.
 */
function beside(rule: SplitRule, old: ReadonlyMap<LogTrack, Placement>): SplitRule {
  const untilNs = new Map<string, bigint>()
  for (const [{ siteId, timestampNs }, { given }] of old)
    given.forEach((part, row) => {
      const key = `${siteId}/${part}`
      const before = untilNs.get(key)
      if (before === undefined || before < timestampNs[row]) untilNs.set(key, timestampNs[row])
    })
  const isKnown = (siteId: string) => parts.some((part) => untilNs.has(`${siteId}/${part}`))
  const eraOf = (siteId: string, timeNs: bigint) =>
    parts.find((part) => timeNs <= (untilNs.get(`${siteId}/${part}`) ?? timeNs - 1n)) ?? 'test'
  return {
    ...rule,
    regionsOf(logs, settings) {
      const unknown = logs.filter((log) => !isKnown(log.siteId))
      const fresh = rule.regionsOf!(unknown, settings)
      const freshOf = new Map(unknown.map((log, i) => [log, fresh[i]]))
      return logs.map((log) => {
        const given = old.get(log)?.given
        return (
          freshOf.get(log) ??
          Array.from(log.timestampNs, (timeNs, row) => `${log.siteId}/${given?.[row] ?? eraOf(log.siteId, timeNs)}`)
        )
      })
    },
  }
}
