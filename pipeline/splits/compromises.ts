import { z } from 'zod'
import type { SplitConfig } from './config.js'
import { shareTolerance } from './cost.js'
import type { Group } from './groups.js'
import { type Part, parts } from './part.js'
import type { PlacedLog } from './placement.js'
import { ruleNamed } from './rules.js'
import { classesOf } from './tags.js'
import type { LogTrack } from './tracks.js'

/** Something that was asked for and could not be had, and by how much. */
export const compromise = z.object({
  /**
   * rule: groups that were to stay whole, and into how many they were cut · nonEmpty, shares: share of a part ·
   * coverage: rigs or sites in a part · classes: classes that a part shows.
   */
  constraint: z.enum(['rule', 'nonEmpty', 'coverage', 'classes', 'shares']),
  /** One sentence that says which and why. */
  what: z.string(),
  asked: z.number(),
  got: z.number(),
})
export type Compromise = z.infer<typeof compromise>

/** What a finished assignment is held against. */
export interface Outcome {
  config: SplitConfig
  /** Asked of train, val and test. */
  shares: readonly number[]
  groups: readonly Group[]
  placed: readonly PlacedLog[]
  /** A published list was asked for nothing but its parts. */
  isOfficial: boolean
}

/** Holds the outcome against what was asked and names what gave way. */
export function findCompromises(outcome: Outcome): Compromise[] {
  const asked = parts.filter((_, i) => outcome.shares[i] > 0)
  const empty = asked.filter((part) => keptIn(outcome, part) === 0)
  const filled = asked.filter((part) => !empty.includes(part))
  const emptyParts = empty.map((part) => emptyPart(outcome, part))
  if (outcome.isOfficial) return emptyParts
  return [
    ...emptyParts,
    ...filled.filter((part) => part !== 'val').flatMap((part) => uncovered(outcome, part)),
    ...filled.flatMap((part) => withoutClasses(outcome, part)),
    ...parts.filter((part) => !empty.includes(part)).flatMap((part) => offShare(outcome, part)),
  ]
}

/** Frames in the part, after buffer and gap. */
function keptIn({ placed }: Outcome, part: Part): number {
  return placed.reduce((sum, log) => sum + (log.part === part ? log.kept : 0), 0)
}

function emptyPart({ config, shares, groups, placed, isOfficial }: Outcome, part: Part): Compromise {
  const gap = !isOfficial && ruleNamed(config.rule).regionsOf ? ', or too close in time,' : ''
  const few = `there ${groups.length === 1 ? 'is only one group' : `are only ${groups.length} groups`} to give`
  const near = `every frame it was given lies nearer than ${config.bufferM} m${gap} to a frame of another part`
  const given = placed.some((log) => log.part === part)
  const why = given ? near : isOfficial ? 'no log is in that list' : few
  return { constraint: 'nonEmpty', what: `${part} is empty: ${why}`, asked: shares[parts.indexOf(part)], got: 0 }
}

const tags = {
  rig: (track: LogTrack) => [track.rigId],
  site: (track: LogTrack) => [track.siteId],
}

function uncovered(outcome: Outcome, part: Part): Compromise[] {
  return Object.entries(tags).flatMap(([tag, tagsOf]) => {
    // A split by site or rig is asked to keep it out of the other parts.
    if ([outcome.config.rule].flat().includes(tag)) return []
    return missing(outcome, part, 'coverage', `${tag}s`, tagsOf)
  })
}

/** A class that is rare enough to be missing somewhere is named; the others are everywhere anyway. */
function withoutClasses(outcome: Outcome, part: Part): Compromise[] {
  return missing(outcome, part, 'classes', 'classes', classesOf)
}

function missing(
  { groups, placed }: Outcome,
  part: Part,
  constraint: Compromise['constraint'],
  tags: string,
  tagsOf: (track: LogTrack) => readonly string[],
): Compromise[] {
  const everywhere = groupsWith(groups, tagsOf)
  const here = new Set(placed.filter((log) => log.part === part && log.kept > 0).flatMap(({ track }) => tagsOf(track)))
  const without = [...everywhere.keys()].filter((value) => !here.has(value)).sort()
  if (without.length === 0) return []
  const named = without.map((value) => (everywhere.get(value) === 1 ? `${value} (one group has it)` : value))
  const what = `${part} shows ${everywhere.size - without.length} of ${everywhere.size} ${tags}: without ${named.join(', ')}`
  return [{ constraint, what, asked: everywhere.size, got: everywhere.size - without.length }]
}

/** How many groups show each value. */
function groupsWith(groups: readonly Group[], tagsOf: (track: LogTrack) => readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { tracks } of groups)
    for (const value of new Set(tracks.flatMap(tagsOf))) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

function offShare(outcome: Outcome, part: Part): Compromise[] {
  const all = parts.reduce((sum, each) => sum + keptIn(outcome, each), 0)
  const [asked, got] = [outcome.shares[parts.indexOf(part)], keptIn(outcome, part) / all]
  if (Math.abs(got - asked) <= shareTolerance) return []
  const what = `${part} gets ${percent(got)} of the frames instead of ${percent(asked)}`
  return [{ constraint: 'shares', what, asked, got }]
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
