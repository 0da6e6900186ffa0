import { UsageError } from '../../pipeline/errors.js'
import { stream } from '../../pipeline/random.js'
import type { Assignment, Part } from '../../pipeline/splits/part.js'
import { type FramePlace, PlacedFrames } from '../../pipeline/splits/placedFrames.js'
import type { LogTrack } from '../../pipeline/splits/tracks.js'

/** Frames that both models are scored on, and those that each is trained on; in the order of the tracks. */
export interface FrameSets {
  scored: FramePlace[]
  /** Of the train part alone: the split's buffer lies between them and the scored ones. */
  clean: FramePlace[]
  /** As many, of what a split of single frames would train on: anything of the train and test logs but the scored. */
  leaky: FramePlace[]
}

/**
 * Draws the scored frames from the test part and as many training frames for either side. The leaky side draws from the
 * train part, the test frames that are not scored and what the split left out of the test logs, as if every frame of
 * these logs had been sent to train or test by itself. Frames of val logs serve neither side.
 *
 * @throws UsageError when the split has no frame to train on, or fewer than two to test.
 */
export function chooseFrames(
  tracks: readonly LogTrack[],
  partOf: Assignment,
  { scoredShare, frames }: { scoredShare: number; frames: number },
  seed: number,
): FrameSets {
  const rng = stream(seed, 'inflation', 'frames')
  const [train, test] = (['train', 'test'] as const).map((part) => framesIn(tracks, partOf, part))
  if (train.length === 0 || test.length < 2)
    throw new UsageError('the split has too few frames to measure what a leak is worth', {
      expected: 'a frame to train on and two to test',
      actual: `${train.length} train and ${test.length} test frames`,
    })
  const scoredCount = Math.min(test.length - 1, Math.max(1, Math.round(scoredShare * test.length)))
  const shuffled = rng.shuffle(test)
  const testLogs = new Set(test.map(({ track }) => track))
  const leftOut = framesIn(tracks, partOf, null).filter(({ track }) => testLogs.has(track))
  const open = [...train, ...shuffled.slice(scoredCount), ...leftOut]
  const count = Math.min(frames || train.length, train.length)
  const draw = (from: FramePlace[]) => inOrder(rng.shuffle(from).slice(0, count), tracks)
  return { scored: inOrder(shuffled.slice(0, scoredCount), tracks), clean: draw(train), leaky: draw(open) }
}

function framesIn(tracks: readonly LogTrack[], partOf: Assignment, part: Part | null): FramePlace[] {
  return tracks.flatMap((track) =>
    [...track.frameIndex.keys()]
      .filter((row) => partOf(track.logId, track.frameIndex[row]) === part)
      .map((row) => ({ track, row })),
  )
}

function inOrder(frames: FramePlace[], tracks: readonly LogTrack[]): FramePlace[] {
  const placeOf = new Map(tracks.map((track, i) => [track, i]))
  return frames.sort((a, b) => placeOf.get(a.track)! - placeOf.get(b.track)! || a.row - b.row)
}

/** How near the training frames come to the scored ones. */
export interface Nearness {
  /** Median over the scored frames of the distance to the nearest training frame of their site; null: most have none. */
  medianM: number | null
  /** Share of the scored frames that have a training frame within 5 m. */
  within5M: number
}

/** Measures, over the scored frames, how far the nearest training frame is. */
export function nearnessOf(scored: readonly FramePlace[], training: readonly FramePlace[]): Nearness {
  const placed = new PlacedFrames(training)
  const distancesM = scored
    .map((frame) => placed.nearest(frame, Number.POSITIVE_INFINITY)?.distanceM ?? Number.POSITIVE_INFINITY)
    .sort((a, b) => a - b)
  const medianM = distancesM[(distancesM.length - 1) >> 1]
  const near = distancesM.filter((distanceM) => distanceM < 5).length
  return { medianM: Number.isFinite(medianM) ? medianM : null, within5M: near / scored.length }
}
