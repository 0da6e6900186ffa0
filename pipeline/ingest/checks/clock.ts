import type { RawLog } from '../reader.js'
import type { Check, Observation } from './check.js'
import { lostRows, maxLostShare } from './poseRows.js'

/** Clocks that stand still or run backwards. */
export const clock: Check = {
  finds: 'clocks that run backwards or stand still',
  rule: `A pose that is not later than the one before is left out and counted; when more than ${100 * maxLostShare} % of a log's rows are, or times of its sweeps, annotations or grids do not increase, the log is left out.`,
  reason:
    'Drivers repeat a stamp now and then. A clock that was set back leaves all rows behind until it has caught up, and a stamp far in the future all rows after it: then nobody knows which times are right.',
  look: (examined) => [
    ...lostRows(examined, 'not later than the pose before it', 'times that increase'),
    ...timedSources(examined.log).flatMap(({ name, timesNs }) => backwards(examined.log, name, timesNs)),
  ],
}

/** What a log offers at times of its own. */
export function timedSources({ sweeps, boxes, voxels }: RawLog): { name: string; timesNs: Float64Array }[] {
  return Object.entries({ sweeps, annotations: boxes, voxels }).flatMap(([name, source]) =>
    source ? [{ name, timesNs: source.timesNs }] : [],
  )
}

function backwards({ poses }: RawLog, name: string, timesNs: Float64Array): Observation[] {
  const first = timesNs.findIndex((timeNs, i) => i > 0 && !(timeNs > timesNs[i - 1]))
  if (first < 0) return []
  const count = timesNs.reduce((sum, timeNs, i) => sum + Number(i > 0 && !(timeNs > timesNs[i - 1])), 0)
  const stamp = (i: number) => poses.timestampNs(timesNs[i])
  const actual = `${stamp(first)} after ${stamp(first - 1)}`
  return [{ file: name, place: `number ${first}`, expected: 'times that increase', actual, count, effect: 'log' }]
}
