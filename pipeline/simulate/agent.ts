import { type Loop, type Station, sampleAt, stationAt } from './loop.js'
import type { Junction } from './site.js'

/** A stretch of a loop, from sM on, in [0, length of the loop). */
export interface Stretch {
  fromM: number
  lengthM: number
}

/** A stretch inside a junction, and the passes of other loops that it must not be driven together with. */
export interface Pass extends Stretch {
  junction: number
  conflicts: ReadonlySet<Pass>
}

/** Limits of how something moves. */
export interface Dynamics {
  cruiseMps: number
  accelMps2: number
  brakeMps2: number
  lateralMps2: number
  yawRateRadps: number
  /** Time it keeps to what is ahead, and the gap when both stand. */
  headwayS: number
  minGapM: number
}

/** Something that moves along a loop. Its place is `sM` along it; `frontM` and `rearM` reach from there. */
export interface Agent {
  role: 'driver' | 'walker'
  loop: Loop
  frontM: number
  rearM: number
  halfWidthM: number
  dynamics: Dynamics
  /** Speed limit at each sample of the loop: bends are taken slowly, and braked for in time. */
  limitMps: Float64Array
  /** Goes first at junctions: the ego, whose route is taken to be the major road, so that a log shows some of it. */
  hasPriority: boolean
  /** Junctions on a driver's loop. */
  passes: readonly Pass[]
  /** Where a walker's loop crosses lanes. */
  crossings: readonly Stretch[]
  /** Those of one train do not yield to each other. */
  train: number
  /** What pulls it, and how far behind. */
  towedBy: { agent: Agent; backM: number } | null
  sM: number
  speedMps: number
  accelMps2: number
  /** Where it is now. */
  at: Station
}

/** How far a body reaches from its place on its loop. */
export type Footprint = Pick<Agent, 'frontM' | 'rearM' | 'halfWidthM'>

/** An agent at `sM`, on its own, at six tenths of the speed allowed there. */
export function newAgent(role: Agent['role'], loop: Loop, footprint: Footprint, dynamics: Dynamics, sM: number): Agent {
  const limitMps = speedLimits(loop, dynamics)
  const agent: Agent = {
    role,
    loop,
    ...footprint,
    dynamics,
    limitMps,
    hasPriority: false,
    passes: [],
    crossings: [],
    train: -1,
    towedBy: null,
    sM,
    speedMps: 0,
    accelMps2: 0,
    at: { xM: 0, yM: 0, yawRad: 0 },
  }
  settle(agent)
  agent.speedMps = 0.6 * limitMps[sampleAt(loop, sM)]
  return agent
}

/** Distance forward along the loop from `fromM` to `toM`, in [0, length). */
export function ahead(loop: Loop, fromM: number, toM: number): number {
  const d = (toM - fromM) % loop.lengthM
  return d < 0 ? d + loop.lengthM : d
}

/** Brings `at` up to date with `sM`. */
export function settle(agent: Agent): void {
  stationAt(agent.loop, agent.sM, agent.at)
}

/**
 * Highest speed at each sample: the cruising speed, the lateral acceleration and the yaw rate allowed in the bend
 * there, and low enough to reach the next bend's speed at a gentle brake.
 */
export function speedLimits(loop: Loop, dynamics: Dynamics): Float64Array {
  const n = loop.xM.length - 1
  const gentleMps2 = 0.25 * dynamics.brakeMps2
  const limit = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    const curvature = Math.abs(loop.yawRad[i + 1] - loop.yawRad[i]) / loop.stepM + 1e-9
    const bend = Math.min(Math.sqrt(dynamics.lateralMps2 / curvature), (0.8 * dynamics.yawRateRadps) / curvature)
    limit[i] = Math.min(dynamics.cruiseMps, bend)
  }
  // Twice round, because braking for the first bend starts before the last sample.
  for (let k = 2 * n - 1; k >= 0; k--) {
    const [i, next] = [k % n, (k + 1) % n]
    limit[i] = Math.min(limit[i], Math.sqrt(limit[next] ** 2 + 2 * gentleMps2 * loop.stepM))
  }
  return limit
}

/** The speed limit a moment ahead, so that the controller's lag does not carry the old speed into a bend. */
export function limitAhead({ loop, limitMps, sM, speedMps }: Agent): number {
  return Math.min(limitMps[sampleAt(loop, sM)], limitMps[sampleAt(loop, sM + 0.6 * speedMps)])
}

/** Nearer than this, two vehicles in a junction could touch: lanes side by side keep clear, bends swing bodies out. */
const conflictM = { straight: 3.3, bend: 4.4 }
/** The part of a junction where its bends are. */
const bendShare = 0.65

/**
 * The passes of every loop through the junctions. Two of different loops conflict where their middles come closer than
 * two vehicles need; on one loop drivers follow each other.
 */
export function passesOf(loops: readonly Loop[], junctions: readonly Junction[]): Map<Loop, Pass[]> {
  const all = junctions.map((at, junction) =>
    loops.flatMap((loop) =>
      stretchesWhere(loop, (x, y) => (x - at.xM) ** 2 + (y - at.yM) ** 2 < at.radiusM ** 2).map((stretch) => ({
        loop,
        way: wayThrough(loop, stretch, at),
        pass: { ...stretch, junction, conflicts: new Set<Pass>() },
      })),
    ),
  )
  for (const here of all)
    for (const one of here)
      for (const other of here)
        if (one.loop !== other.loop && meet(one.way, other.way)) one.pass.conflicts.add(other.pass)
  return new Map(loops.map((loop) => [loop, all.flat().flatMap((one) => (one.loop === loop ? [one.pass] : []))]))
}

type Way = readonly { xM: number; yM: number; isInBend: boolean }[]

function wayThrough(loop: Loop, { fromM, lengthM }: Stretch, at: Junction): Way {
  return Array.from({ length: Math.ceil(lengthM) + 1 }, (_, k) => {
    const { xM, yM } = stationAt(loop, fromM + Math.min(k, lengthM))
    return { xM, yM, isInBend: Math.hypot(xM - at.xM, yM - at.yM) < bendShare * at.radiusM }
  })
}

function meet(one: Way, other: Way): boolean {
  return one.some((a) =>
    other.some((b) => {
      const clearM = a.isInBend && b.isInBend ? conflictM.bend : conflictM.straight
      return (a.xM - b.xM) ** 2 + (a.yM - b.yM) ** 2 < clearM ** 2
    }),
  )
}

/** The stretches of a loop on which a test of the place holds. */
export function stretchesWhere(loop: Loop, holds: (xM: number, yM: number) => boolean): Stretch[] {
  const n = loop.xM.length - 1
  const inside = Array.from({ length: n }, (_, i) => holds(loop.xM[i], loop.yM[i]))
  const found: Stretch[] = []
  for (let i = 0; i < n; i++) {
    if (!inside[i] || inside[(i + n - 1) % n]) continue
    let count = 1
    while (count < n && inside[(i + count) % n]) count++
    found.push({ fromM: i * loop.stepM, lengthM: count * loop.stepM })
  }
  return found
}
