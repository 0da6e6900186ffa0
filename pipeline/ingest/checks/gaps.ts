import { gapPeriods } from '../frameTimes.js'
import { maxBeyondPosesS, maxPoseGapS } from '../poseTrack.js'
import { below } from './below.js'
import type { Check, Examined, Observation } from './check.js'

/** Stretches without frames or without poses. */
export const gaps: Check = {
  finds: 'gaps in time',
  rule: `Two frames more than ${gapPeriods} frame periods apart, or two poses more than ${maxPoseGapS} s apart: counted, and the motion across it is null. Frames between such poses, or more than ${maxBeyondPosesS} s beyond the first or the last, have none: they are left out and counted, and the log where that is all of them.`,
  reason: `Half a period is more than sweeps wander; a straight line over ${maxPoseGapS} s of driving is no pose. Windows of frames, and with them training and metrics, end at a null motion.`,
  look: (examined) => [...frameGaps(examined), ...poseGaps(examined), ...framesWithoutPose(examined)],
}

function frameGaps({ log, frameTimesNs, frameRateHz }: Examined): Observation[] {
  const longestNs = (gapPeriods * 1e9) / frameRateHz
  const expected = `frames ${1 / frameRateHz} s apart`
  const timesNs = frameTimesNs()
  return gapsOf(timesNs, longestNs).map(({ index, gapNs, count }) => {
    const place = `timestamp_ns ${log.poses.timestampNs(timesNs[index])}`
    return { file: 'frames', place, expected, actual: `${seconds(gapNs)} without one`, count, effect: 'cut' }
  })
}

function poseGaps({ log }: Examined): Observation[] {
  const { timesNs, file } = log.poses
  return gapsOf(timesNs, maxPoseGapS * 1e9).map(({ index, gapNs, count }) => {
    const at = { file: below(log, file), place: log.poses.placeOf(index) }
    const expected = `poses at most ${maxPoseGapS} s apart`
    return { ...at, expected, actual: `${seconds(gapNs)} without one`, count, effect: 'cut' }
  })
}

function framesWithoutPose({ log, frameTimesNs }: Examined): Observation[] {
  const timesNs = frameTimesNs()
  const faults = timesNs.flatMap((timeNs) => log.poses.faultAt(timeNs) ?? [])
  if (faults.length === 0) return []
  const [{ place = '', expected = '', actual = '' }] = faults
  const effect = faults.length < timesNs.length ? 'frames' : 'log'
  return [{ file: below(log, log.poses.file), place, expected, actual, count: faults.length, effect }]
}

/** The first gap, by the index after it, and how many there are; empty when there is none. */
function gapsOf(timesNs: ArrayLike<number>, longestNs: number): { index: number; gapNs: number; count: number }[] {
  let [index, count] = [0, 0]
  for (let i = 1; i < timesNs.length; i++)
    if (timesNs[i] - timesNs[i - 1] > longestNs) {
      if (count === 0) index = i
      count++
    }
  return count === 0 ? [] : [{ index, gapNs: timesNs[index] - timesNs[index - 1], count }]
}

function seconds(ns: number): string {
  return `${(ns / 1e9).toFixed(2)} s`
}
