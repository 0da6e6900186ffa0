import { type Pose, quaternionFromEuler } from '../pose.js'
import { stationAt } from './loop.js'
import { alongAt, type Motion, motionFromS } from './motion.js'
import type { Rig } from './rigs.js'

/** Time between two poses, whole nanoseconds; sweeps start on this raster. */
export const poseStepNs = 10_000_000
export const poseStepS = poseStepNs / 1e9
/** Poses before the first sweep and after the end of the last. */
const marginSteps = 10

/**
 * The ego's pose every 10 ms. Between two, the truth is their linear interpolation, which is what a reader of the log
 * can know. Site frame; the body pitches with its acceleration, so poses are not mere headings.
 */
export interface EgoTrack {
  /** Time of the first pose in steps from the first sweep; negative. */
  fromStep: number
  xM: Float64Array
  yM: Float64Array
  zM: number
  /** Unwrapped. */
  yawRad: Float64Array
  /** Nose-down. */
  pitchRad: Float64Array
}

/** Samples the ego's motion from a little before the first sweep to a little after the last. */
export function egoTrack(motion: Motion, rig: Rig, durationS: number): EgoTrack {
  const count = Math.ceil(durationS / poseStepS) + 2 * marginSteps + 1
  const columns = Array.from({ length: 4 }, () => new Float64Array(count))
  const [xM, yM, yawRad, pitchRad] = columns
  const { loop } = motion.agent
  for (let i = 0; i < count; i++) {
    const timeS = (i - marginSteps) * poseStepS
    const sM = alongAt(motion, timeS)
    const { xM: x, yM: y, yawRad: yaw } = stationAt(loop, sM)
    // A loop's headings gain a turn each time round.
    const turns = Math.floor(sM / loop.lengthM) * (loop.yawRad[loop.yawRad.length - 1] - loop.yawRad[0])
    xM[i] = x
    yM[i] = y
    yawRad[i] = yaw + turns
    pitchRad[i] = -rig.pitchPerMps2 * meanAccelMps2(motion, timeS)
  }
  return { fromStep: -marginSteps, xM, yM, zM: rig.axleHeightM, yawRad, pitchRad }
}

/** Acceleration over the half second before: springs take that long to follow. */
function meanAccelMps2(motion: Motion, timeS: number): number {
  const windowS = 0.4
  const speedAt = (s: number) => (alongAt(motion, s + 0.02) - alongAt(motion, s - 0.02)) / 0.04
  const fromS = Math.max(motionFromS + 0.02, timeS - windowS)
  return (speedAt(timeS) - speedAt(fromS)) / (timeS - fromS)
}

/** The ego's pose in the site frame at a step of the raster. */
export function siteFromEgo(track: EgoTrack, step: number): Pose {
  const i = step - track.fromStep
  return {
    q: quaternionFromEuler(track.yawRad[i], track.pitchRad[i], 0),
    t: [track.xM[i], track.yM[i], track.zM],
  }
}

/** Planar place, heading and nose-down pitch of the ego, site frame. */
export interface EgoState {
  xM: number
  yM: number
  yawRad: number
  pitchRad: number
}

/** Writes the ego at a fractional step into `out`. */
export function egoTrackAt(track: EgoTrack, step: number, out: EgoState): void {
  const at = Math.max(0, Math.min(track.xM.length - 1.000001, step - track.fromStep))
  const i = Math.floor(at)
  const u = at - i
  out.xM = track.xM[i] + (track.xM[i + 1] - track.xM[i]) * u
  out.yM = track.yM[i] + (track.yM[i + 1] - track.yM[i]) * u
  out.yawRad = track.yawRad[i] + (track.yawRad[i + 1] - track.yawRad[i]) * u
  out.pitchRad = track.pitchRad[i] + (track.pitchRad[i + 1] - track.pitchRad[i]) * u
}
