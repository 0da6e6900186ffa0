import { onePose } from '../poseTrack.js'
import type { LeftOutPoses } from '../usablePoses.js'
import { below } from './below.js'
import type { Check, Examined, Observation } from './check.js'

/** A log may lose this share of its pose rows. */
export const maxLostShare = 0.01

/** Rows of the pose file that are no poses. */
export const poseRows: Check = {
  finds: 'rows of poses that are no poses',
  rule: `A row that is not ${onePose} is left out and counted; when more than ${100 * maxLostShare} % of a log's rows are, the log is left out.`,
  reason: 'Neighbours a few milliseconds away stand in for single rows; where they are many, something else is wrong.',
  look: (examined) => lostRows(examined, 'not a pose', onePose),
}

/** The rows left out for one reason, and whether they are too many. */
export function lostRows({ log }: Examined, why: LeftOutPoses['why'], expected: string): Observation[] {
  const { leftOut, rowCount, file } = log.poses
  const lost = leftOut.find((rows) => rows.why === why)
  if (!lost) return []
  const { row, count } = lost
  const isTooMuch = count > maxLostShare * rowCount
  const actual = isTooMuch ? `${why}; ${count} of ${rowCount} rows` : why
  return [{ file: below(log, file), place: `row ${row}`, expected, actual, count, effect: isTooMuch ? 'log' : 'rows' }]
}
