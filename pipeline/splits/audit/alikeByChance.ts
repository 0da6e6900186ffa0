import type { Rng } from '../../random.js'
import { type AuditedTrack, apart } from './auditedTracks.js'
import type { SignatureSet } from './signatureSet.js'
import type { SignatureTree } from './signatureTree.js'

/** Frames that are drawn, if there are more. */
const mostDrawn = 2000
/** Unrelated frames are of two logs, and of two sites or so far apart. */
const unrelatedM = 100

/**
 * How often a frame looks like another one that has nothing to do with it: of members of a tree, which are all of one part
 * and cannot leak, the share that look like an unrelated member. A frame of another part that is looked up in the same tree
 * looks like one by chance as often. Null when no two members are unrelated.
 */
export function alikeByChance(
  set: SignatureSet,
  tracks: readonly AuditedTrack[],
  tree: SignatureTree,
  members: readonly number[],
  alike: number,
  rng: Rng,
): number | null {
  const unrelated = (a: number, b: number) => {
    if (set.track[a] === set.track[b]) return false
    const { distanceM } = apart(tracks[set.track[a]], set.row[a], tracks[set.track[b]], set.row[b])
    return distanceM === null || distanceM >= unrelatedM
  }
  const drawn = members.length <= mostDrawn ? members : Array.from({ length: mostDrawn }, () => rng.pick(members))
  if (!drawn.some((frame) => drawn.some((other) => unrelated(frame, other)))) return null
  const found = drawn.filter((frame) => tree.nearest(frame, alike, [], (member) => unrelated(frame, member)))
  return found.length / drawn.length
}
