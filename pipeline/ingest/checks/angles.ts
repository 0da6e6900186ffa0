import { type Quaternion, yawOf } from '../../pose.js'
import { maxTurnRateRadps, turnBetween } from '../findJumps.js'
import { maxPoseGapS, type PoseTrack } from '../poseTrack.js'
import { below } from './below.js'
import type { Check, Observation } from './check.js'

/** Turns are measured over at least this long: nearer poses give noise. */
const turnBaseNs = 50e6
const maxTurningShare = 0.05
/** cos of the tilt that no driven ground has: 45°. */
const leastUp = Math.SQRT1_2
const maxTiltedShare = 0.05
/** Travel is judged a stretch of this length at a time, driven faster than walking. */
const [stretchM, leastSpeedMps, leastStretches] = [2, 1, 5]
/** Off the heading, forwards or backwards, by more than this is sideways. */
const maxSlipRad = Math.PI / 6
const maxSidewaysShare = 0.5

/** Rotations that were made from angles in another unit, or of other axes. */
export const angles: Check = {
  finds: 'degrees read as radians, and axes that are not forward, left, up',
  rule: `For more than ${100 * maxTurningShare} % of the steps the ego turns faster than ${maxTurnRateRadps} rad/s; or more than ${100 * maxTiltedShare} % of its poses lean over by more than 45°; or on more than ${100 * maxSidewaysShare} % of at least ${leastStretches} stretches of ${stretchM} m it travels more than 30° off its heading, forwards or backwards: the log is left out.`,
  reason:
    'Read as radians, a bend of 5° a second spins at 5 rad/s, 2° of slope lean 115°, and headings point anywhere. The real logs turn at 0.6 rad/s and lean 3° at most, and never travel more than 3° off their heading.',
  look: ({ log }) => {
    const { poses } = log
    const found = spinning(poses) ?? leaning(poses) ?? sideways(poses)
    return found ? [{ file: below(log, poses.file), ...found, effect: 'log' }] : []
  },
}

type Fault = Omit<Observation, 'file' | 'effect'>

function spinning(poses: PoseTrack): Fault | null {
  const { timesNs } = poses
  const fast: number[] = []
  let [steps, from] = [0, 0]
  for (let to = 1; to < timesNs.length; to++) {
    const dtNs = timesNs[to] - timesNs[from]
    if (dtNs < turnBaseNs) continue
    if (dtNs <= maxPoseGapS * 1e9) {
      steps++
      if (turnBetween(poses.pose(from).q, poses.pose(to).q) > (maxTurnRateRadps * dtNs) / 1e9) fast.push(to)
    }
    from = to
  }
  const said = `faster on ${fast.length} of ${steps} steps: likely degrees read as radians`
  return fault(poses, fast, maxTurningShare * steps, `turns of at most ${maxTurnRateRadps} rad/s`, said)
}

function leaning(poses: PoseTrack): Fault | null {
  const count = poses.timesNs.length
  const leant: number[] = []
  for (let i = 0; i < count; i++) if (upOf(poses.pose(i).q) < leastUp) leant.push(i)
  const said = `${leant.length} of ${count} poses lean further: likely degrees read as radians, or other axes`
  return fault(poses, leant, maxTiltedShare * count, 'poses that lean by at most 45°', said)
}

/** How far up the turned z axis points: 1 straight up, −1 straight down. */
function upOf([, x, y]: Quaternion): number {
  return 1 - 2 * (x * x + y * y)
}

function sideways(poses: PoseTrack): Fault | null {
  const { timesNs } = poses
  const off: number[] = []
  let [stretches, from] = [0, 0]
  let a = poses.placeM(0)
  for (let to = 1; to < timesNs.length; to++) {
    const b = poses.placeM(to)
    const dxM = b[0] - a[0]
    const dyM = b[1] - a[1]
    const isSlow = timesNs[to] - timesNs[from] > (stretchM / leastSpeedMps) * 1e9
    if (Math.hypot(dxM, dyM) >= stretchM && !isSlow) {
      stretches++
      // A bend turns the heading along the way: the chord has the heading of its middle.
      const headingRad = yawOf(poses.pose((from + to) >> 1).q)
      const slip = Math.abs(Math.cos(Math.atan2(dyM, dxM) - headingRad))
      if (slip < Math.cos(maxSlipRad)) off.push(to)
    }
    if (!isSlow && Math.hypot(dxM, dyM) < stretchM) continue
    from = to
    a = b
  }
  if (stretches < leastStretches) return null
  const said = `${off.length} of ${stretches} stretches go elsewhere: likely degrees read as radians, or other axes`
  return fault(poses, off, maxSidewaysShare * stretches, 'travel within 30° of the heading', said)
}

function fault(poses: PoseTrack, bad: number[], allowed: number, expected: string, actual: string): Fault | null {
  if (bad.length <= allowed) return null
  return { place: poses.placeOf(bad[0]), expected, actual, count: bad.length }
}
