import { type Agent, ahead, limitAhead, type Pass, settle } from './agent.js'
import { stationAt } from './loop.js'

export const tickS = 0.05

/** Who drives through a junction, by which pass, and who waits for it, first come first. */
interface Claims {
  holding: Map<Agent, Pass>
  waiting: Map<Agent, Pass>
}

/** The agents and the claims on each junction. */
export interface Traffic {
  agents: readonly Agent[]
  claims: Map<number, Claims>
}

interface Disc {
  agent: Agent
  xM: number
  yM: number
  radiusM: number
}

/** What is in the way: distance from the front bumper, and its speed along our direction. */
interface Obstacle {
  gapM: number
  speedMps: number
}

/** How much further than its body a person on a crossing keeps drivers away. */
const crossingMarginM = 3

/**
 * Moves every agent on by one tick. Everybody decides on the same picture of the world, then all move, so the order of
 * agents does not matter except in who asks for a junction first.
 */
export function step(traffic: Traffic): void {
  const discs = traffic.agents.flatMap(discsOf)
  const decisions = traffic.agents.map((agent) => (agent.towedBy ? 0 : decide(agent, traffic, discs)))
  traffic.agents.forEach((agent, i) => {
    if (agent.towedBy) return
    const speedMps = Math.max(0, agent.speedMps + decisions[i] * tickS)
    agent.accelMps2 = (speedMps - agent.speedMps) / tickS
    agent.sM += ((agent.speedMps + speedMps) / 2) * tickS
    agent.speedMps = speedMps
  })
  for (const agent of traffic.agents) {
    if (agent.towedBy) follow(agent, agent.towedBy)
    settle(agent)
  }
}

function follow(agent: Agent, { agent: leader, backM }: { agent: Agent; backM: number }): void {
  agent.sM = leader.sM - backM
  agent.speedMps = leader.speedMps
  agent.accelMps2 = leader.accelMps2
}

/** Acceleration for the next tick, within the agent's limits. */
function decide(agent: Agent, traffic: Traffic, discs: readonly Disc[]): number {
  const { accelMps2, brakeMps2 } = agent.dynamics
  const lead = inTheWay(agent, discs)
  const stop = agent.role === 'driver' ? junctionStop(agent, lead, traffic) : kerbStop(agent, traffic)
  const limit = limitAhead(agent)
  // The share to the fourth as two squares: of powers, only the square is the same to the last bit on every Node.
  const square = (agent.speedMps / limit) ** 2
  const free = Math.max(accelMps2 * (1 - square * square), -0.45 * brakeMps2)
  const wanted = [lead, stop].map((obstacle) => (obstacle ? free - repulsion(agent, obstacle) : free))
  return Math.min(accelMps2, Math.max(-brakeMps2, Math.min(...wanted)))
}

/** The interaction term of the Intelligent Driver Model (https://arxiv.org/abs/cond-mat/0002177, eq. 3). */
function repulsion({ speedMps, dynamics }: Agent, { gapM, speedMps: otherMps }: Obstacle): number {
  const { accelMps2, brakeMps2, headwayS, minGapM } = dynamics
  const closing = (speedMps * (speedMps - otherMps)) / (2 * Math.sqrt(accelMps2 * 0.5 * brakeMps2))
  const desiredM = minGapM + Math.max(0, speedMps * headwayS + closing)
  return accelMps2 * (desiredM / Math.max(0.05, gapM)) ** 2
}

/** The nearest other body on the strip that the agent is about to sweep. */
function inTheWay(agent: Agent, discs: readonly Disc[]): Obstacle | null {
  const isDriver = agent.role === 'driver'
  const { brakeMps2 } = agent.dynamics
  const lookM = isDriver ? 10 + agent.speedMps * 2 + agent.speedMps ** 2 / brakeMps2 : 2.5
  const near = discs.filter((disc) => isWithin(disc, agent.at, lookM + agent.frontM + 4) && concerns(agent, disc.agent))
  if (near.length === 0) return null
  const marginsM = near.map(({ agent: other, radiusM }) => {
    const yields = isDriver && other.role === 'walker' && isCrossing(other)
    return agent.halfWidthM + radiusM + (yields ? crossingMarginM : isDriver ? 0.3 : 0.05)
  })
  const place = { xM: 0, yM: 0, yawRad: 0 }
  for (let alongM = 0; alongM <= lookM; alongM += isDriver ? 1 : 0.5) {
    stationAt(agent.loop, agent.sM + agent.frontM + alongM, place)
    for (let k = 0; k < near.length; k++) {
      const [dx, dy] = [near[k].xM - place.xM, near[k].yM - place.yM]
      if (dx * dx + dy * dy >= marginsM[k] * marginsM[k]) continue
      const { speedMps, at } = near[k].agent
      return { gapM: alongM, speedMps: Math.max(0, speedMps * Math.cos(at.yawRad - place.yawRad)) }
    }
  }
  return null
}

function isWithin({ xM, yM, radiusM }: Disc, at: { xM: number; yM: number }, reachM: number): boolean {
  const [dx, dy] = [xM - at.xM, yM - at.yM]
  return dx * dx + dy * dy < (reachM + radiusM) ** 2
}

/** Walkers squeeze past those who come towards them; everybody else minds everybody else. */
function concerns(agent: Agent, other: Agent): boolean {
  if (other.train === agent.train) return false
  if (agent.role === 'driver' || other.role === 'driver') return true
  return Math.cos(other.at.yawRad - agent.at.yawRad) > 0.5
}

/** Asks for the junctions ahead; one that is not granted is a wall. */
function junctionStop(agent: Agent, lead: Obstacle | null, { claims }: Traffic): Obstacle | null {
  let stop: Obstacle | null = null
  const brakingM = 8 + agent.speedMps ** 2 / agent.dynamics.brakeMps2
  const tailM = agent.frontM + agent.rearM
  for (const pass of agent.passes) {
    const claim: Claims = claims.get(pass.junction) ?? { holding: new Map(), waiting: new Map() }
    claims.set(pass.junction, claim)
    const isIn = ahead(agent.loop, pass.fromM, agent.sM + agent.frontM) < pass.lengthM + tailM
    const entryM = ahead(agent.loop, agent.sM + agent.frontM, pass.fromM)
    // Whoever has somebody between itself and the junction has no claim yet.
    const isNear = entryM < Math.min(brakingM, lead?.gapM ?? brakingM)
    if (!isIn && !isNear) {
      claim.holding.delete(agent)
      claim.waiting.delete(agent)
    } else if (isIn || claim.holding.has(agent) || mayEnter(agent, pass, claim)) {
      claim.holding.set(agent, pass)
      claim.waiting.delete(agent)
    } else {
      if (!claim.waiting.has(agent)) claim.waiting.set(agent, pass)
      if (entryM < (stop?.gapM ?? Number.POSITIVE_INFINITY)) stop = { gapM: entryM, speedMps: 0 }
    }
  }
  return stop
}

/** No pass that conflicts is being driven, and nobody who would conflict has priority or has waited longer. */
function mayEnter(agent: Agent, pass: Pass, { holding, waiting }: Claims): boolean {
  for (const [other, its] of holding) if (other !== agent && pass.conflicts.has(its)) return false
  let isEarlier = !agent.hasPriority
  for (const [other, its] of waiting) {
    if (other === agent) isEarlier = false
    else if (pass.conflicts.has(its) && (isEarlier || other.hasPriority)) return false
  }
  return true
}

/** A walker waits at the kerb until no vehicle is near or about to be. */
function kerbStop(agent: Agent, { agents }: Traffic): Obstacle | null {
  for (const { fromM, lengthM } of agent.crossings) {
    const toKerbM = ahead(agent.loop, agent.sM + agent.frontM, fromM)
    if (toKerbM > 1.2) continue
    const middle = stationAt(agent.loop, fromM + lengthM / 2)
    if (agents.some((other) => other.role === 'driver' && threatens(other, middle.xM, middle.yM)))
      return { gapM: toKerbM, speedMps: 0 }
  }
  return null
}

function threatens({ at, speedMps, frontM }: Agent, xM: number, yM: number): boolean {
  const [dx, dy] = [xM - at.xM, yM - at.yM]
  const distanceM = Math.hypot(dx, dy)
  if (distanceM < 3 + frontM) return true
  const approaches = dx * Math.cos(at.yawRad) + dy * Math.sin(at.yawRad) > 0
  return approaches && speedMps > 0.3 && distanceM < 9 + frontM + 5 * speedMps
}

function isCrossing({ loop, crossings, sM, frontM }: Agent): boolean {
  return crossings.some(({ fromM, lengthM }) => ahead(loop, fromM, sM + frontM) < lengthM + 2 * frontM)
}

/** Discs along the axis that cover the body. */
function discsOf(agent: Agent): Disc[] {
  const { at, frontM, rearM, halfWidthM } = agent
  const [cos, sin] = [Math.cos(at.yawRad), Math.sin(at.yawRad)]
  const spanM = Math.max(0, frontM + rearM - 2 * halfWidthM)
  const count = Math.ceil(spanM / halfWidthM) + 1
  return Array.from({ length: count }, (_, k) => {
    const x = -rearM + halfWidthM + (count > 1 ? (spanM * k) / (count - 1) : spanM / 2)
    return { agent, xM: at.xM + cos * x, yM: at.yM + sin * x, radiusM: 1.1 * halfWidthM }
  })
}
