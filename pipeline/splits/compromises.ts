import { z } from 'zod'
import type { SplitConfig } from './config.js'
import type { Group } from './groups.js'
import { type Part, parts } from './part.js'
import type { LogTrack } from './tracks.js'

/** Something that was asked for and could not be had, and by how much. */
export const compromise = z.object({
  /**
   * rule: groups that were to stay whole, and into how many they were cut · nonEmpty, shares: share of a part ·
   * coverage: rigs or sites in a part.
   */
  constraint: z.enum(['rule', 'nonEmpty', 'coverage', 'shares']),
  /** One sentence that says which and why. */
  what: z.string(),
  asked: z.number(),
  got: z.number(),
})
export type Compromise = z.infer<typeof compromise>

/** Shares that are further off than this are named. */
const shareTolerance = 0.02

/** What a finished assignment is held against. */
export interface Outcome {
  config: SplitConfig
  groups: readonly Group[]
  partOfGroup: readonly Part[]
  /** Frames of each log that are in its part, after the buffer. */
  keptOf: ReadonlyMap<string, number>
}

/** Holds the outcome against what was asked and names what gave way. */
export function findCompromises(outcome: Outcome): Compromise[] {
  const asked = parts.filter((_, i) => outcome.config.shares[i] > 0)
  const empty = asked.filter((part) => keptIn(outcome, part) === 0)
  return [
    ...empty.map((part) => emptyPart(outcome, part)),
    ...asked.filter((part) => part !== 'val' && !empty.includes(part)).flatMap((part) => uncovered(outcome, part)),
    ...parts.filter((part) => !empty.includes(part)).flatMap((part) => offShare(outcome, part)),
  ]
}

/** Frames in the part, after the buffer. */
export function keptIn({ groups, partOfGroup, keptOf }: Outcome, part: Part): number {
  const tracks = groups.flatMap((group, i) => (partOfGroup[i] === part ? group.tracks : []))
  return tracks.reduce((sum, { logId }) => sum + keptOf.get(logId)!, 0)
}

function emptyPart({ config, groups, partOfGroup }: Outcome, part: Part): Compromise {
  const why = partOfGroup.includes(part)
    ? `every frame it was given lies nearer than ${config.bufferM} m to a frame of another part`
    : `there ${groups.length === 1 ? 'is only one group' : `are only ${groups.length} groups`} to give`
  return { constraint: 'nonEmpty', what: `${part} is empty: ${why}`, asked: config.shares[parts.indexOf(part)], got: 0 }
}

const tags = {
  rig: (track: LogTrack) => track.rigId,
  site: (track: LogTrack) => track.siteId,
}

function uncovered(outcome: Outcome, part: Part): Compromise[] {
  return Object.entries(tags).flatMap(([tag, tagOf]) => {
    // A split by site or rig is asked to keep it out of the other parts.
    if (tag === outcome.config.rule) return []
    const everywhere = groupsWith(outcome.groups, tagOf)
    const here = new Set(keptTracks(outcome, part).map(tagOf))
    const missing = [...everywhere.keys()].filter((value) => !here.has(value)).sort()
    if (missing.length === 0) return []
    const named = missing.map((value) => (everywhere.get(value) === 1 ? `${value} (one group has it)` : value))
    const what = `${part} shows ${here.size} of ${everywhere.size} ${tag}s: without ${named.join(', ')}`
    return [{ constraint: 'coverage' as const, what, asked: everywhere.size, got: here.size }]
  })
}

function keptTracks({ groups, partOfGroup, keptOf }: Outcome, part: Part): LogTrack[] {
  return groups.flatMap(({ tracks }, i) =>
    partOfGroup[i] === part ? tracks.filter(({ logId }) => keptOf.get(logId)! > 0) : [],
  )
}

/** How many groups show each value. */
function groupsWith(groups: readonly Group[], tagOf: (track: LogTrack) => string): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { tracks } of groups)
    for (const value of new Set(tracks.map(tagOf))) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

function offShare(outcome: Outcome, part: Part): Compromise[] {
  const all = parts.reduce((sum, each) => sum + keptIn(outcome, each), 0)
  const [asked, got] = [outcome.config.shares[parts.indexOf(part)], keptIn(outcome, part) / all]
  if (Math.abs(got - asked) <= shareTolerance) return []
  const what = `${part} gets ${percent(got)} of the frames instead of ${percent(asked)}`
  return [{ constraint: 'shares', what, asked, got }]
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
