import { type Rng, stream } from '../random.js'
import {
  type Agent,
  ahead,
  type Dynamics,
  type Footprint,
  newAgent,
  type Pass,
  passesOf,
  type Stretch,
  stretchesWhere,
} from './agent.js'
import type { Body } from './bodies.js'
import { Clearance } from './clearance.js'
import { isNearLoop, type Loop, shifted, stationAt } from './loop.js'
import type { LogPlan } from './plan.js'
import { distanceToSection, instanceOf, type Section } from './populate.js'
import type { Rig } from './rigs.js'
import type { Crowd, Route, Site } from './site.js'

/** An agent and the body it moves. */
export interface Mover {
  agent: Agent
  body: Body
}

/** The loops of a route as movers use them, and what is met on the way. */
class Ways {
  private readonly passes: Map<Loop, Pass[]>
  private readonly crossings = new Map<Loop, Stretch[]>()
  private readonly keptRight = new Map<Loop, Loop>()

  constructor(
    site: Site,
    private readonly route: Route,
  ) {
    for (const loop of route.traffic) this.keptRight.set(loop, shifted(loop, -rightM.bicyclist))
    for (const loop of route.walks) this.keptRight.set(loop, shifted(loop, -rightM.walker))
    this.passes = passesOf(
      [...route.traffic, ...route.traffic.map((loop) => this.keptRight.get(loop)!)],
      site.junctions,
    )
  }

  /** The loop that a mover of this crowd follows when it uses `base`. */
  loopFor(crowd: Crowd, base: Loop): Loop {
    return crowd.on === 'walks' || crowd.body === 'bicyclist' ? this.keptRight.get(base)! : base
  }

  passesOn(loop: Loop): readonly Pass[] {
    return this.passes.get(loop) ?? []
  }

  /** Where a footpath crosses a lane's breadth. */
  crossingsOn(loop: Loop): readonly Stretch[] {
    const lanes = this.route.traffic
    const known = this.crossings.get(loop)
    const found = known ?? stretchesWhere(loop, (xM, yM) => lanes.some((lane) => isNearLoop(lane, xM, yM, 2.2)))
    this.crossings.set(loop, found)
    return found
  }
}

const vehicle = { accelMps2: 1.8, brakeMps2: 6, lateralMps2: 1.8, yawRateRadps: 0.8, headwayS: 1.2, minGapM: 2.5 }
const walker = { accelMps2: 1, brakeMps2: 3, lateralMps2: 3, yawRateRadps: 2.5, headwayS: 0.3, minGapM: 0.3 }
/** Walkers and cyclists keep to the right of their loop's middle. */
const rightM = { walker: 0.38, bicyclist: 0.95 } as const
const nearM = { early: 28, late: 70 } as const

/** The ego (first; its body is not seen by its own sensors) and everything else that moves. */
export function castOf(site: Site, route: Route, section: Section, rig: Rig, plan: LogPlan): Mover[] {
  const clearance = new Clearance()
  const ways = new Ways(site, route)
  const ego = egoMover(ways, section, rig)
  clearance.take(ego.agent.at.xM, ego.agent.at.yM, 11)
  const found = new Casting(ways, route, section, clearance)
  const others = site.crowds.flatMap((crowd, c) => {
    const count = Math.round(crowd.count * plan.crowding)
    return Array.from({ length: count }, (_, k) =>
      found.cast(crowd, k < count / 2, stream(plan.seed, 'mover', crowd.body, c, k)),
    ).flat()
  })
  return [ego, ...others].map((mover, train) => (mover.agent.train < 0 ? withTrain(mover, train) : mover))
}

function withTrain(mover: Mover, train: number): Mover {
  mover.agent.train = train
  return mover
}

function egoMover(ways: Ways, { drive, fromM }: Section, rig: Rig): Mover {
  const dynamics: Dynamics = { ...vehicle, cruiseMps: rig.cruiseMps, ...pickDynamics(rig), headwayS: 1.5, minGapM: 3 }
  const footprint = { frontM: rig.frontM, rearM: rig.rearM, halfWidthM: rig.widthM / 2 }
  const agent = newAgent('driver', drive, footprint, dynamics, fromM)
  agent.passes = ways.passesOn(drive)
  agent.hasPriority = true
  const size = { lengthM: rig.frontM + rig.rearM, widthM: rig.widthM, heightM: 2 }
  return { agent, body: { category: 'CAR', ...size, shapes: [] } }
}

function pickDynamics({ accelMps2, brakeMps2, yawRateRadps }: Rig) {
  return { accelMps2, brakeMps2, yawRateRadps }
}

/** Finds places for movers: on a loop near the ego's section, clear of the others, outside junctions and crossings. */
class Casting {
  private nextTrain = 1_000_000

  constructor(
    private readonly ways: Ways,
    private readonly route: Route,
    private readonly section: Section,
    private readonly clearance: Clearance,
  ) {}

  /** One mover with what it tows, or nothing where no place is found. */
  cast(crowd: Crowd, isNear: boolean, rng: Rng): Mover[] {
    const body = instanceOf(crowd.body, rng)
    const tows = Array.from({ length: crowd.tows?.count ?? 0 }, () => instanceOf(crowd.tows!.body, rng))
    for (let attempt = 0; attempt < 80; attempt++) {
      const base = rng.pick(this.route[crowd.on])
      const sM = rng.float() * base.lengthM
      const { xM, yM } = stationAt(base, sM)
      const withinM = isNear && attempt < 60 ? nearM.early : nearM.late
      if (distanceToSection(this.section, xM, yM) > withinM) continue
      const movers = this.train(crowd, base, sM, body, tows, rng)
      if (!movers.every(({ agent }) => this.hasRoom(agent))) continue
      for (const { agent } of movers) this.clearance.take(agent.at.xM, agent.at.yM, this.radiusOf(agent))
      return movers
    }
    return []
  }

  private train(crowd: Crowd, base: Loop, sM: number, body: Body, tows: readonly Body[], rng: Rng): Mover[] {
    const isDriver = crowd.on === 'traffic'
    const cruiseMps = rng.uniform(...crowd.speedMps)
    const dynamics: Dynamics = { ...(isDriver ? vehicle : walker), cruiseMps }
    const loop = this.ways.loopFor(crowd, base)
    const head = newAgent(isDriver ? 'driver' : 'walker', loop, footprintOf(body), dynamics, sM)
    if (isDriver) head.passes = this.ways.passesOn(loop)
    else head.crossings = this.ways.crossingsOn(loop)
    const movers: Mover[] = [{ agent: head, body }]
    let backM = body.lengthM / 2
    for (const cart of tows) {
      const agent = newAgent('driver', loop, footprintOf(cart), dynamics, sM - backM - 0.6 - cart.lengthM / 2)
      agent.towedBy = { agent: head, backM: backM + 0.6 + cart.lengthM / 2 }
      backM += 0.6 + cart.lengthM
      movers.push({ agent, body: cart })
    }
    if (tows.length > 0) {
      const train = this.nextTrain++
      for (const mover of movers) mover.agent.train = train
    }
    return movers
  }

  private hasRoom(agent: Agent): boolean {
    const { loop, sM, frontM, rearM } = agent
    const isIn = [...agent.passes, ...agent.crossings].some(
      ({ fromM, lengthM }) => ahead(loop, fromM, sM + frontM + 0.5) < lengthM + frontM + rearM + 1,
    )
    return !isIn && this.clearance.isFree(agent.at.xM, agent.at.yM, this.radiusOf(agent))
  }

  private radiusOf({ role, frontM }: Agent): number {
    return role === 'driver' ? frontM + 1.5 : frontM + 0.3
  }
}

function footprintOf({ lengthM, widthM }: Body): Footprint {
  return { frontM: lengthM / 2, rearM: lengthM / 2, halfWidthM: widthM / 2 }
}
