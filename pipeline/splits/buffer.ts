import { type Part, parts } from './part.js'
import { type FramePlace, PlacedFrames } from './placedFrames.js'
import type { LogTrack } from './tracks.js'

/** Who gives way, in words, for `split.json`. */
export const bufferDescription =
  'train keeps its frames; test loses the frames nearer than the buffer to a train frame; val loses those near a train ' +
  'frame and those near a test frame that stayed. Distances are horizontal, in the city frame, within a site.'

/** A frame that the buffer takes. */
export interface TakenFrame {
  row: number
  /** Part of the frame it lies too near to, and how near. */
  near: Part
  distanceM: number
}

/**
 * Finds the frames that must go so that frames of two parts lie at least `bufferM` apart (see `bufferDescription`).
 * Returns them by log id, in the order of rows; logs that keep all their frames are missing from the map.
 */
export function takeNearFrames(
  tracks: readonly LogTrack[],
  partOf: ReadonlyMap<string, Part>,
  bufferM: number,
): Map<string, TakenFrame[]> {
  const taken = new Map<string, TakenFrame[]>()
  if (bufferM <= 0) return taken
  const [train, val, test] = parts.map((part) => tracks.filter((track) => partOf.get(track.logId) === part))
  const trainFrames = new PlacedFrames(keptFrames(train, taken))
  take(test, 'train', trainFrames, bufferM, taken)
  take(val, 'train', trainFrames, bufferM, taken)
  take(val, 'test', new PlacedFrames(keptFrames(test, taken)), bufferM, taken)
  for (const frames of taken.values()) frames.sort((a, b) => a.row - b.row)
  return taken
}

/** Takes the frames of the losers that lie too near to the keepers, which are of part `near`. */
function take(
  losers: readonly LogTrack[],
  near: Part,
  keepers: PlacedFrames,
  bufferM: number,
  taken: Map<string, TakenFrame[]>,
): void {
  for (const { track, row } of keptFrames(losers, taken)) {
    const nearest = keepers.nearest({ track, row }, bufferM)
    if (!nearest) continue
    const mine = taken.get(track.logId)
    const frame = { row, near, distanceM: nearest.distanceM }
    if (mine) mine.push(frame)
    else taken.set(track.logId, [frame])
  }
}

/** Frames not taken so far, one after another: at no time are there a million of them. */
function* keptFrames(
  tracks: readonly LogTrack[],
  taken: ReadonlyMap<string, readonly TakenFrame[]>,
): Generator<FramePlace> {
  for (const track of tracks) {
    const gone = new Set(taken.get(track.logId)?.map(({ row }) => row))
    for (let row = 0; row < track.frameIndex.length; row++) if (!gone.has(row)) yield { track, row }
  }
}
