import type { Box } from '../reader.js'

/**
 * The box of each one's track at another time; null where the track has none, or where several boxes of one of the times share its id:
 * nothing then says which of them is which.
 */
export function followed(boxes: readonly Box[], then: readonly Box[]): (Box | null)[] {
  const [own, other] = [byTrack(boxes), byTrack(then)]
  return boxes.map(({ trackId }) => (own.get(trackId) && other.get(trackId)) || null)
}

/** Boxes of one time by track; null for an id that several share. */
export function byTrack(boxes: readonly Box[]): Map<string, Box | null> {
  const found = new Map<string, Box | null>()
  for (const box of boxes) found.set(box.trackId, found.has(box.trackId) ? null : box)
  return found
}
