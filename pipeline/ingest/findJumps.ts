import type { Quaternion } from '../pose.js'

/** A stretch between two neighbouring poses over which the ego cannot have moved as they say. */
export interface Jump {
  /** Index of the later pose among those the track keeps. */
  index: number
  /** ns since the log's first pose. */
  fromNs: number
  toNs: number
  /** In words, for the finding: how far it went and what the poses around it let one expect. */
  what: string
}

/** No road vehicle is faster: 324 km/h. */
export const maxSpeedMps = 90
/** Off the way that the poses around it let one expect by more than this, and by what this acceleration explains. */
export const maxStrayM = 1
export const maxAccelerationMps2 = 15
/** A turn between neighbouring poses beyond this much, and beyond what this rate explains. */
export const maxTurnRad = 0.2
export const maxTurnRateRadps = 4

/** Poses at least this far apart give a velocity: nearer ones, of logs with 200 poses a second, give their noise. */
const velocityBaseNs = 50e6
/** A log's end may leave less; below this there is no velocity. */
const leastBaseNs = 20e6

/** The poses of a track, in order of time: times in ns, places in metres, quaternions w x y z as columns. */
export interface PoseRows {
  timesNs: Float64Array
  q: readonly Float64Array[]
  t: readonly Float64Array[]
}

/**
 * Finds where poses jump: faster than any vehicle, off both the velocity before and the one after, or turned faster than
 * a vehicle turns. Stretches longer than `longestNs` are gaps, not jumps. A velocity is never taken across a jump.
 */
export function findJumps(rows: PoseRows, longestNs: number): Jump[] {
  const { timesNs } = rows
  const jumps: Jump[] = []
  let whole = 0
  for (let later = 1; later < timesNs.length; later++) {
    const gapNs = timesNs[later] - timesNs[later - 1]
    const what = gapNs > longestNs ? null : (strayed(rows, later, whole) ?? turned(rows, later))
    if (what) jumps.push({ index: later, fromNs: timesNs[later - 1], toNs: timesNs[later], what })
    if (what || gapNs > longestNs) whole = later
  }
  return jumps
}

/** `whole`: the first pose since the last jump. */
function strayed(rows: PoseRows, later: number, whole: number): string | null {
  const { timesNs, t } = rows
  // Nearly all steps end here, of thousands of poses a log: without a list of each.
  if (squareBetween(t, later - 1, later) <= maxStrayM ** 2) return null
  const dtS = (timesNs[later] - timesNs[later - 1]) / 1e9
  const stepM = t.map((column) => column[later] - column[later - 1])
  const wayM = Math.hypot(...stepM)
  const said = `${wayM.toFixed(2)} m in ${dtS.toFixed(3)} s`
  if (wayM > maxSpeedMps * dtS) return said
  const velocities = [velocityBefore(rows, later - 1, whole), velocityAfter(rows, later)].filter((v) => v !== null)
  if (velocities.length === 0) return null
  const strayM = Math.min(...velocities.map((v) => Math.hypot(...stepM.map((step, axis) => step - v[axis] * dtS))))
  const allowedM = maxStrayM + 0.5 * maxAccelerationMps2 * dtS ** 2
  return strayM > allowedM ? `${said}, ${strayM.toFixed(2)} m off the way of the poses around it` : null
}

function turned({ timesNs, q }: PoseRows, later: number): string | null {
  const dtS = (timesNs[later] - timesNs[later - 1]) / 1e9
  const [w, x, y, z] = q
  const turnRad = turnBetween(
    [w[later - 1], x[later - 1], y[later - 1], z[later - 1]],
    [w[later], x[later], y[later], z[later]],
  )
  return turnRad > maxTurnRad + maxTurnRateRadps * dtS ? `${turnRad.toFixed(2)} rad in ${dtS.toFixed(3)} s` : null
}

/** Angle of the rotation from one pose to another, radians in [0, π]. */
export function turnBetween(a: Quaternion, b: Quaternion): number {
  // Files round: a norm that is off by a hundredth would look like a turn of 0.3 rad.
  const norms = Math.sqrt(dotOf(a, a) * dotOf(b, b))
  const dot = dotOf(a, b)
  return 2 * Math.acos(Math.min(1, Math.abs(dot) / norms))
}

function dotOf(a: Quaternion, b: Quaternion): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3]
}

/** Square of the distance between two poses, m². */
function squareBetween([x, y, z]: readonly Float64Array[], from: number, to: number): number {
  return (x[to] - x[from]) ** 2 + (y[to] - y[from]) ** 2 + (z[to] - z[from]) ** 2
}

/** Up to a pose, m/s along x y z; null when nothing since the last jump is far enough back. */
function velocityBefore(rows: PoseRows, last: number, whole: number): number[] | null {
  let first = last
  while (first > whole && rows.timesNs[last] - rows.timesNs[first] < velocityBaseNs) first--
  return velocity(rows, first, last)
}

function velocityAfter(rows: PoseRows, first: number): number[] | null {
  const end = rows.timesNs.length - 1
  let last = first
  while (last < end && rows.timesNs[last] - rows.timesNs[first] < velocityBaseNs) last++
  return velocity(rows, first, last)
}

function velocity({ timesNs, t }: PoseRows, from: number, to: number): number[] | null {
  const baseNs = timesNs[to] - timesNs[from]
  return baseNs < leastBaseNs ? null : t.map((column) => ((column[to] - column[from]) / baseNs) * 1e9)
}
