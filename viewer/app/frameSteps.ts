import type { FrameSummary, LogInfo } from '../contract.js'

export function isPredicted({ reconstruction, horizonsS }: FrameSummary): boolean {
  return reconstruction || Object.keys(horizonsS).length > 0
}

/** The frames that the timeline steps through: all of the log, or those that have predictions, if any has. */
export function stepsOf({ frames }: LogInfo, onlyPredicted: boolean): number[] {
  const predicted = frames.filter(isPredicted)
  const steps = onlyPredicted && predicted.length > 0 ? predicted : frames
  return steps.map(({ frameIndex }) => frameIndex)
}

/** The frame to start at: the first that has most of what there is to compare. */
export function firstFrame({ frames }: LogInfo, horizonS: number | null): number {
  const richness = (frame: FrameSummary) =>
    Number(frame.reconstruction) +
    (horizonS === null ? 0 : Number(frame.horizonsS.forecast?.includes(horizonS) ?? false))
  const richest = Math.max(...frames.map(richness))
  return frames.find((frame) => richness(frame) === richest)?.frameIndex ?? 0
}

/** The step nearest to a frame. */
export function nearestStep(steps: readonly number[], frameIndex: number): number {
  return steps.reduce((a, b) => (Math.abs(b - frameIndex) < Math.abs(a - frameIndex) ? b : a), steps[0])
}

/** `by` steps on from a frame, going round at the ends only when `wraps`. */
export function stepFrom(steps: readonly number[], frameIndex: number, by: number, wraps: boolean): number {
  const at = steps.indexOf(nearestStep(steps, frameIndex)) + by
  if (wraps) return steps[((at % steps.length) + steps.length) % steps.length]
  return steps[Math.max(0, Math.min(steps.length - 1, at))]
}
