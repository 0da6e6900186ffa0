import { stream } from '../random.js'
import { type Agent, settle } from './agent.js'
import type { Body } from './bodies.js'
import { type EgoTrack, egoTrack } from './egoTrack.js'
import { type Station, stationAt } from './loop.js'
import { alongAt, type Motion, motionFromS } from './motion.js'
import { castOf } from './movers.js'
import type { LogPlan } from './plan.js'
import { type Section, standingThings } from './populate.js'
import { type Rig, rigNamed } from './rigs.js'
import type { Route, Site } from './site.js'
import { siteNamed } from './sites.js'
import { step, type Traffic, tickS } from './traffic.js'

/** One thing with a box, over the whole log. */
export interface Actor {
  trackUuid: string
  body: Body
  /** Null when it stands still. */
  motion: Motion | null
  /** Writes where it is at a time of the log into `out`; site frame. */
  stationAt(timeS: number, out: Station): Station
}

/** A log's world: the site, what stands and moves in it, and the ego's drive. */
export interface World {
  plan: LogPlan
  site: Site
  rig: Rig
  actors: readonly Actor[]
  ego: EgoTrack
  egoMotion: Motion
}

/** Time for queues and speeds to settle before the first sweep. */
const warmUpS = 4
const motionBeyondS = 0.5

/** Builds and runs a log's world. */
export function simulateWorld(plan: LogPlan): World {
  const site = siteNamed(plan.siteId)
  const rig: Rig = rigNamed(plan.rigId)
  const route = routeOf(site, plan.routeId)
  const section = sectionOf(route, rig, plan)
  const standing = standingThings(site, route, section, rig, plan)
  const cast = castOf(site, route, section, rig, plan)
  const ticks = Math.ceil((plan.durationS + motionBeyondS - motionFromS) / tickS) + 1
  const agents = cast.map(({ agent }) => agent)
  const motions = run(agents, ticks)
  const uuids = stream(plan.seed, 'uuid')
  const actors = [
    ...standing.map(({ body, at }) =>
      standingActor(
        uuidFrom(() => uuids.int(16)),
        body,
        at,
      ),
    ),
    ...cast.slice(1).map(({ body }, i) =>
      movingActor(
        uuidFrom(() => uuids.int(16)),
        body,
        motions[i + 1],
      ),
    ),
  ]
  return { plan, site, rig, actors, egoMotion: motions[0], ego: egoTrack(motions[0], rig, plan.durationS) }
}

function routeOf(site: Site, routeId: string): Route {
  return site.routes.find((route) => route.id === routeId)!
}

function sectionOf({ drive }: Route, rig: Rig, plan: LogPlan): Section {
  const travelM = 0.65 * rig.cruiseMps * (plan.durationS + warmUpS)
  return {
    drive,
    fromM: stream(plan.seed, 'start').float() * drive.lengthM,
    lengthM: Math.min(drive.lengthM, Math.max(40, travelM)),
  }
}

/** Runs the traffic through its warm-up and then the log, recording every tick. */
function run(agents: readonly Agent[], ticks: number): Motion[] {
  const traffic: Traffic = { agents, claims: new Map() }
  agents.forEach(settle)
  for (let k = 0; k < (warmUpS + motionFromS) / tickS; k++) step(traffic)
  const motions = agents.map((agent) => ({ agent, sM: new Float64Array(ticks), speedMps: new Float64Array(ticks) }))
  for (let k = 0; k < ticks; k++) {
    motions.forEach(({ agent, sM, speedMps }) => {
      sM[k] = agent.sM
      speedMps[k] = agent.speedMps
    })
    step(traffic)
  }
  return motions
}

function movingActor(trackUuid: string, body: Body, motion: Motion): Actor {
  return {
    trackUuid,
    body,
    motion,
    stationAt: (timeS, out) => stationAt(motion.agent.loop, alongAt(motion, timeS), out),
  }
}

function standingActor(trackUuid: string, body: Body, at: Station): Actor {
  return { trackUuid, body, motion: null, stationAt: (_timeS, out) => Object.assign(out, at) }
}

/** The shape of a version-4 UUID from hexadecimal digits. */
function uuidFrom(digit: () => number): string {
  return 'xxxxxxxx-xxxx-4xxx-axxx-xxxxxxxxxxxx'.replace(/x/g, () => digit().toString(16))
}
