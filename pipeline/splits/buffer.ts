import type { Part } from './part.js'
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
  const train = new PlacedFrames(framesOf(tracks, partOf, 'train'))
  take(tracks, partOf, 'test', 'train', train, bufferM, taken)
  take(tracks, partOf, 'val', 'train', train, bufferM, taken)
  const kept = keptFrames(framesOf(tracks, partOf, 'test'), taken)
  take(tracks, partOf, 'val', 'test', new PlacedFrames(kept), bufferM, taken)
  for (const frames of taken.values()) frames.sort((a, b) => a.row - b.row)
  return taken
}

function take(
  tracks: readonly LogTrack[],
  partOf: ReadonlyMap<string, Part>,
  loser: Part,
  near: Part,
  keepers: PlacedFrames,
  bufferM: number,
  taken: Map<string, TakenFrame[]>,
): void {
  for (const frame of keptFrames(framesOf(tracks, partOf, loser), taken)) {
    const nearest = keepers.nearest(frame, bufferM)
    if (!nearest) continue
    const { logId } = frame.track
    const mine = taken.get(logId) ?? []
    mine.push({ row: frame.row, near, distanceM: nearest.distanceM })
    taken.set(logId, mine)
  }
}

function framesOf(tracks: readonly LogTrack[], partOf: ReadonlyMap<string, Part>, part: Part): FramePlace[] {
  const mine = tracks.filter((track) => partOf.get(track.logId) === part)
  return mine.flatMap((track) => Array.from(track.frameIndex, (_, row) => ({ track, row })))
}

function keptFrames(frames: FramePlace[], taken: ReadonlyMap<string, TakenFrame[]>): FramePlace[] {
  const gone = new Map([...taken].map(([logId, mine]) => [logId, new Set(mine.map(({ row }) => row))]))
  return frames.filter(({ track, row }) => !gone.get(track.logId)?.has(row))
}
