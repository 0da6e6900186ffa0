import { stream } from '../../random.js'
import { groupBy } from '../groupBy.js'
import { type Part, parts } from '../part.js'
import { alikeByChance } from './alikeByChance.js'
import type { AuditedTrack } from './auditedTracks.js'
import { longestInOrder } from './inOrder.js'
import { lookUp } from './lookUp.js'
import type { SignatureSet } from './signatureSet.js'
import { Projection, SignatureTree } from './signatureTree.js'

/** A frame, by the numbers of its track and row. */
export interface FrameAt {
  track: number
  row: number
}

/** A frame and the one of another part that looks most like it. */
export interface FrameMatch {
  frame: FrameAt
  like: FrameAt
  likePart: Part
  distance: number
}

/** Two logs whose frames match one after another: one drive under two names. */
export interface LogMatch {
  track: number
  like: number
  part: Part
  likePart: Part
  matches: FrameMatch[]
}

export interface SignatureMatches {
  frames: FrameMatch[]
  logs: LogMatch[]
  /** Frames that have a signature, and those with too little around them for one. */
  signed: number
  empty: number
  /** Frames of val and test that were looked up. */
  queries: number
  /** Of frames of one part, the share that look like one of it that has nothing to do with them; null: there is none. */
  chance: number | null
  /** Whole signatures compared. */
  comparisons: number
  /** Every look-alike was found; else there were too many pairs for that, and some may be missing. */
  isExact: boolean
}

/** Test is looked up in train; val in train and in test, which both give way to in our own splits. */
const lookUps: readonly (readonly [Part, Part])[] = [
  ['test', 'train'],
  ['val', 'train'],
  ['val', 'test'],
]
/** Two logs are one when so many frames match, each a later one than the one before, and this share of the shorter log. */
const leastInOrder = 6
const leastShare = 0.6
/** Up to so many pairs of frames all look-alikes are found; an exact search takes time by the pairs. */
const mostExactPairs = 3e9

/**
 * Looks for every frame of val and test the frame of another part that looks most like it, if one is nearer than
 * `alike`; then for logs that match frame after frame. Of more than `exactPairs` pairs of frames not quite all are found.
 */
export function matchSignatures(
  set: SignatureSet,
  tracks: readonly AuditedTrack[],
  alike: number,
  seed: number,
  exactPairs = mostExactPairs,
): SignatureMatches {
  const projection = new Projection(set)
  const partOf = (i: number) => parts[tracks[set.track[i]].partOfRow[set.row[i]]]
  const members = groupBy(Array(set.count).keys(), partOf)
  const countIn = (part: Part) => members.get(part)?.length ?? 0
  const pairs = lookUps.reduce((sum, [asking, asked]) => sum + countIn(asking) * countIn(asked), 0)
  const isExact = pairs <= exactPairs
  const found: SignatureMatches = { ...blank(set), queries: set.count - countIn('train'), isExact }
  const rng = stream(seed, 'split audit', 'unrelated frames')
  for (const keeper of ['train', 'test'] as const) {
    const kept = members.get(keeper) ?? []
    const tree = new SignatureTree(set, projection, Int32Array.from(kept), isExact)
    for (const [asking] of lookUps.filter(([, asked]) => asked === keeper)) {
      const near = lookUp(set, tree, members.get(asking) ?? [], alike, (i) => partOf(i) === keeper)
      for (const [i, { index, distance }] of near) found.frames.push(matchOf(set, i, index, keeper, distance))
    }
    found.comparisons += tree.comparisons
    found.chance ??= alikeByChance(set, tracks, tree, kept, alike, rng)
  }
  found.logs = matchLogs(found.frames, tracks)
  return found
}

function blank({ count, empty }: SignatureSet): SignatureMatches {
  return { frames: [], logs: [], signed: count, empty, queries: 0, chance: null, comparisons: 0, isExact: true }
}

function matchOf({ track, row }: SignatureSet, i: number, like: number, likePart: Part, distance: number): FrameMatch {
  return {
    ...{ frame: { track: track[i], row: row[i] }, like: { track: track[like], row: row[like] } },
    ...{ likePart, distance },
  }
}

function matchLogs(frames: readonly FrameMatch[], tracks: readonly AuditedTrack[]): LogMatch[] {
  const partAt = ({ track, row }: FrameAt) => parts[tracks[track].partOfRow[row]]
  const pairs = groupBy(
    frames.filter(({ frame, like }) => frame.track !== like.track),
    (m) => `${m.frame.track} ${partAt(m.frame)} ${m.like.track} ${m.likePart}`,
  )
  return [...pairs.values()].flatMap((matches) => {
    const [{ frame, like, likePart }] = matches
    const part = partAt(frame)
    const framesIn = (track: number, of: Part) =>
      tracks[track].partOfRow.reduce((sum, p) => sum + Number(parts[p] === of), 0)
    const shorter = Math.min(framesIn(frame.track, part), framesIn(like.track, likePart))
    const inOrder = longestInOrder(matches.map((match) => match.like.row))
    const isOne = inOrder >= leastInOrder && inOrder >= leastShare * shorter
    return isOne ? [{ track: frame.track, like: like.track, part, likePart, matches }] : []
  })
}
