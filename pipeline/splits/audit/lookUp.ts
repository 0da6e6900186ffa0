import type { SignatureSet } from './signatureSet.js'
import type { Near, SignatureTree } from './signatureTree.js'

/** Where a frame looks like one, the frames beside it are compared with so many before and after that one. */
const besideFrames = 2

/**
 * Looks frames up in a tree, each one the nearest member that is nearer than `limit`. Where a frame looks like one, those
 * before and after it mostly look like ones beside that: on the way forth these are compared first, and on the way back they
 * may be nearer than what a quick search found.
 *
 * @param frames - numbers of signatures; those of a log one after the other, in the order of time.
 * @param isMember - of the tree.
 * @returns the frames that look like one, in their order.
 */
export function lookUp(
  set: Pick<SignatureSet, 'count' | 'track'>,
  tree: Pick<SignatureTree, 'nearest' | 'nearestOf'>,
  frames: readonly number[],
  limit: number,
  isMember: (frame: number) => boolean,
): [frame: number, near: Near][] {
  const found: (Near | null)[] = []
  const likely = (frame: number, neighbour: number) => {
    const near = set.track[frames[neighbour]] === set.track[frame] ? found[neighbour] : null
    return near ? besideOf(set, near.index).filter(isMember) : []
  }
  for (const [n, frame] of frames.entries()) found.push(tree.nearest(frame, limit, n > 0 ? likely(frame, n - 1) : []))
  for (let n = frames.length - 2; n >= 0; n--)
    found[n] = tree.nearestOf(likely(frames[n], n + 1), frames[n], found[n]?.distance ?? limit) ?? found[n]
  return frames.flatMap((frame, n): [number, Near][] => (found[n] ? [[frame, found[n]]] : []))
}

/** A frame and those of its log just before and after it. */
function besideOf({ count, track }: Pick<SignatureSet, 'count' | 'track'>, frame: number): number[] {
  const all = Array.from({ length: 2 * besideFrames + 1 }, (_, i) => frame - besideFrames + i)
  return all.filter((i) => i >= 0 && i < count && track[i] === track[frame])
}
