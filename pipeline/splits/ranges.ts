import { z } from 'zod'

/** First and last frame index of a run, both inside. */
export const range = z.tuple([z.int(), z.int()])
export type Range = z.infer<typeof range>

/**
 * Runs of the chosen frames of a log. `frameIndex` is ascending; a run goes on over numbers the log does not have, so
 * it ends only where a frame of the log is not chosen.
 */
export function rangesOf(frameIndex: Int32Array, isChosen: (row: number) => boolean): Range[] {
  const ranges: Range[] = []
  let open = false
  frameIndex.forEach((index, row) => {
    const chosen = isChosen(row)
    if (chosen && open) ranges[ranges.length - 1][1] = index
    else if (chosen) ranges.push([index, index])
    open = chosen
  })
  return ranges
}

/** Whether one of the runs, which are ascending and apart, holds the frame. */
export function isInRanges(ranges: readonly Range[], frameIndex: number): boolean {
  let [from, to] = [0, ranges.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (ranges[middle][1] < frameIndex) from = middle + 1
    else to = middle
  }
  return from < ranges.length && ranges[from][0] <= frameIndex
}
