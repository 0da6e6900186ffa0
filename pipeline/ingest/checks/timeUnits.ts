import { maxBeyondPosesS } from '../poseTrack.js'
import type { RawLog } from '../reader.js'
import { below } from './below.js'
import type { Check, Observation } from './check.js'
import { timedSources } from './clock.js'

/** Medians of the time between poses beyond these are no rates of a localisation. */
const [leastIntervalNs, mostIntervalNs] = [200e3, 5e9]
/** Nothing makes a thousand sweeps, annotations or grids of a whole scene a second. */
const leastSourceIntervalNs = 1e6
/** What a time may have been written in, and how many ns make one. */
const units: readonly [name: string, ns: number][] = [
  ['microseconds', 1e3],
  ['milliseconds', 1e6],
  ['seconds', 1e9],
]

/** Times that were read in another unit than they were written in. */
export const timeUnits: Check = {
  finds: 'times in another unit than nanoseconds',
  rule: `The median time between a log's poses is under ${leastIntervalNs / 1e6} ms or over ${mostIntervalNs / 1e9} s, or that between its sweeps, annotations or grids under ${leastSourceIntervalNs / 1e6} ms, or not one time of its sweeps, annotations or grids lies among its poses: the log is left out, and the likely unit is named.`,
  reason:
    'Localisation runs at 1 to 1000 poses a second; a wrong unit is off by a thousand. Two keyframes a second in microseconds would pass for poses, not for keyframes. The date says nothing: clocks that count from 1970, from 1980 (Argoverse 2) or from the start of the log are all in use.',
  look({ log }) {
    const fault = rateFault(log)
    // Beside poses in another unit, everything else looks as if it were.
    if (fault) return [fault]
    return timedSources(log).flatMap(({ name, timesNs }) => apart(log, name, timesNs) ?? tooOften(name, timesNs) ?? [])
  },
}

function rateFault(log: RawLog): Observation | null {
  const { timesNs, file } = log.poses
  const median = medianInterval(timesNs)
  if (median === null) return null
  if (median >= leastIntervalNs && median <= mostIntervalNs) return null
  const likely = units.find(([, ns]) => median * ns >= leastIntervalNs && median < leastIntervalNs)
  const guess = likely ? `${likely[0]} read as nanoseconds` : 'nanoseconds read as a coarser unit'
  const expected = `poses from ${leastIntervalNs / 1e6} ms to ${mostIntervalNs / 1e9} s apart`
  const actual = `${median / 1e6} ms: likely ${guess}`
  return { file: below(log, file), place: 'timestamps', expected, actual, count: timesNs.length, effect: 'log' }
}

/** Null for fewer than two intervals: one alone may be anything. */
function medianInterval(timesNs: Float64Array): number | null {
  if (timesNs.length < 3) return null
  const intervals = timesNs.slice(1)
  for (let i = 0; i < intervals.length; i++) intervals[i] -= timesNs[i]
  intervals.sort()
  return intervals[intervals.length >> 1]
}

/** A source that offers more in a second than any does. */
function tooOften(file: string, timesNs: Float64Array): Observation | null {
  const median = medianInterval(timesNs)
  if (median === null || median >= leastSourceIntervalNs) return null
  const expected = `times at least ${leastSourceIntervalNs / 1e6} ms apart`
  const actual = `${median / 1e6} ms: likely ${median * 1e3 >= leastSourceIntervalNs ? 'microseconds' : 'milliseconds'} read as nanoseconds`
  return { file, place: 'timestamps', expected, actual, count: timesNs.length, effect: 'log' }
}

/** A source none of whose times lies among the poses. */
function apart({ poses }: RawLog, name: string, timesNs: Float64Array): Observation | null {
  const [firstNs, lastNs] = [-maxBeyondPosesS * 1e9, poses.timesNs[poses.timesNs.length - 1] + maxBeyondPosesS * 1e9]
  const isAmong = (timeNs: number) => timeNs >= firstNs && timeNs <= lastNs
  if (timesNs.length === 0 || timesNs.some(isAmong)) return null
  const stampNs = Number(poses.timestampNs(timesNs[0]))
  const fitting = (scale: (stamp: number, ns: number) => number) =>
    units.find(([, ns]) => isAmong(scale(stampNs, ns) - Number(poses.startNs)))
  const [finer, coarser] = [fitting((stamp, ns) => stamp * ns), fitting((stamp, ns) => stamp / ns)]
  const guess = finer
    ? `: likely ${finer[0]} read as nanoseconds`
    : coarser
      ? `: likely nanoseconds read as ${coarser[0]}`
      : ': likely another clock'
  const expected = `times among the poses, from ${poses.startNs} to ${poses.timestampNs(lastNs)} ns`
  const actual = `${poses.timestampNs(timesNs[0])} ns${guess}`
  return { file: name, place: 'number 0', expected, actual, count: timesNs.length, effect: 'log' }
}
