import { type Assignment, parts } from '../pipeline/splits/part.js'
import { PlacedFrames } from '../pipeline/splits/placedFrames.js'
import type { LogTrack } from '../pipeline/splits/tracks.js'

/** Distance of each val and test frame to the nearest training frame of its site, metres; Infinity where there is none. */
export function nearestTrainFrames(tracks: readonly LogTrack[], partOf: Assignment): Float64Array {
  const train = new PlacedFrames(framesIn(tracks, partOf, ['train']))
  const distancesM: number[] = []
  for (const frame of framesIn(tracks, partOf, parts.slice(1)))
    distancesM.push(train.nearest(frame, Number.POSITIVE_INFINITY)?.distanceM ?? Number.POSITIVE_INFINITY)
  return Float64Array.from(distancesM)
}

function* framesIn(tracks: readonly LogTrack[], partOf: Assignment, wanted: readonly string[]) {
  for (const track of tracks)
    for (const [row, index] of track.frameIndex.entries()) {
      const part = partOf(track.logId, index)
      if (part && wanted.includes(part)) yield { track, row }
    }
}
