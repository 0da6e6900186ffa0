import { type Rng, stream } from '../random.js'
import { type Body, type BodyName, bodies, scaled } from './bodies.js'
import { categories } from './categories.js'
import { Clearance } from './clearance.js'
import { type Loop, type Station, stationAt } from './loop.js'
import type { LogPlan } from './plan.js'
import type { Rig } from './rigs.js'
import type { GroupSpot, Route, Scatter, Site } from './site.js'
import { groundCodeAt } from './surface.js'

/** Something with a box that stays where it is. */
export interface Standing {
  body: Body
  at: Station
}

/** The part of the route that the ego will roughly drive in the log: where rare things are worth placing. */
export interface Section {
  drive: Loop
  fromM: number
  lengthM: number
}

/** How far from the section things may stand and still be worth having. */
const parkedWithinM = 75
const scatteredWithinM = 14
/** Half the breadth that the widest vehicle needs along a lane. */
const laneClearM = 1.45

export function instanceOf(name: BodyName, rng: Rng): Body {
  return scaled(bodies[name], rng.uniform(0.94, 1.06))
}

/**
 * Everything that stands about in a log: groups (road works, turn-rounds), scattered things, parked vehicles. Nothing
 * stands in the ego's way; nothing scattered stands in a lane, in a wall or in another thing.
 */
export function standingThings(site: Site, route: Route, section: Section, rig: Rig, plan: LogPlan): Standing[] {
  const clearance = new Clearance()
  const groups = chosenGroups(route, section, stream(plan.seed, 'groups', 'choice'))
  const things = [
    ...groups.flatMap((spot, k) => fill(spot, clearance, stream(plan.seed, 'groups', k))),
    ...site.scatters.flatMap((scatter) => scattered(scatter, site, route, section, clearance, plan.seed)),
    ...parked(site, section, clearance, stream(plan.seed, 'parked')),
  ]
  return things.filter((thing) => !isInTheWay(section.drive, rig, thing))
}

/** Distance from a point to the section, metres, to within a few. */
export function distanceToSection({ drive, fromM, lengthM }: Section, xM: number, yM: number): number {
  let best = Number.POSITIVE_INFINITY
  const place: Station = { xM: 0, yM: 0, yawRad: 0 }
  for (let s = 0; s <= lengthM; s += 4) {
    stationAt(drive, fromM + s, place)
    best = Math.min(best, Math.hypot(place.xM - xM, place.yM - yM))
  }
  return best
}

/** All spots that are always filled, and two on the ego's way: one early, one late. */
function chosenGroups(route: Route, section: Section, rng: Rng): GroupSpot[] {
  const always = route.groups.filter((spot) => spot.when === 'always')
  const others = route.groups.filter((spot) => spot.when === 'onTheWay')
  const wanted = [rng.uniform(0.15, 0.4), rng.uniform(0.55, 0.85)].flatMap((u) => {
    const { xM, yM } = stationAt(section.drive, section.fromM + u * section.lengthM)
    const nearest = others
      .map((spot) => ({ spot, distanceM: Math.hypot(spot.xM - xM, spot.yM - yM) }))
      .sort((a, b) => a.distanceM - b.distanceM)[0]
    return nearest && nearest.distanceM < 45 ? [nearest.spot] : []
  })
  return [...new Set([...always, ...wanted])]
}

function fill(spot: GroupSpot, clearance: Clearance, rng: Rng): Standing[] {
  return spot.members.flatMap(({ body: name, share, xM, yM, yawRad }) => {
    const [isThere, body] = [rng.float() < share, instanceOf(name, rng)]
    if (!isThere) return []
    // An aircraft's disc would keep everything out from under its wings.
    clearance.take(xM, yM, Math.min(5, Math.max(body.lengthM, body.widthM) / 2))
    return [{ body, at: { xM, yM, yawRad } }]
  })
}

function scattered(
  { body: name, count, on }: Scatter,
  site: Site,
  route: Route,
  section: Section,
  clearance: Clearance,
  seed: number,
): Standing[] {
  const rng = stream(seed, 'scatter', name)
  const lanes = new Clearance(route.traffic, laneClearM)
  const found: Standing[] = []
  for (let attempt = 0; attempt < 60 * count && found.length < count; attempt++) {
    const near = stationAt(section.drive, section.fromM + rng.float() * section.lengthM)
    const xM = near.xM + rng.uniform(-scatteredWithinM, scatteredWithinM)
    const yM = near.yM + rng.uniform(-scatteredWithinM, scatteredWithinM)
    const body = instanceOf(name, rng)
    const radiusM = Math.max(body.lengthM, body.widthM) / 2
    if (!on.includes(categories[groundCodeAt(site.ground, xM, yM)])) continue
    if (isBuiltOver(site, xM, yM, radiusM) || !lanes.isFree(xM, yM, radiusM)) continue
    if (clearance.claim(xM, yM, radiusM)) found.push({ body, at: { xM, yM, yawRad: rng.uniform(-Math.PI, Math.PI) } })
  }
  return found
}

/** Whether the ego's body would touch a thing anywhere on its loop: in bends its front swings out of the lane. */
function isInTheWay(drive: Loop, rig: Rig, { body, at }: Standing): boolean {
  const [cos, sin] = [Math.cos(at.yawRad), Math.sin(at.yawRad)]
  const outline = [-1, 0, 1].flatMap((u) => [-1, 0, 1].map((v) => [(u * body.lengthM) / 2, (v * body.widthM) / 2]))
  return outline.some(([x, y]) => isSwept(drive, rig, at.xM + cos * x - sin * y, at.yM + sin * x + cos * y, 0.2))
}

/** Whether the ego's body comes within `marginM` of a point anywhere on its loop. */
function isSwept(drive: Loop, rig: Rig, xM: number, yM: number, marginM: number): boolean {
  for (let i = 0; i < drive.xM.length; i++) {
    const [dx, dy, yaw] = [xM - drive.xM[i], yM - drive.yM[i], drive.yawRad[i]]
    if (Math.abs(dx) + Math.abs(dy) > 12) continue
    const [along, across] = [Math.cos(yaw) * dx + Math.sin(yaw) * dy, Math.cos(yaw) * dy - Math.sin(yaw) * dx]
    const isBeside = along > -rig.rearM - marginM && along < rig.frontM + marginM
    if (isBeside && Math.abs(across) < rig.widthM / 2 + marginM) return true
  }
  return false
}

function parked(site: Site, section: Section, clearance: Clearance, rng: Rng): Standing[] {
  return site.parking.flatMap((spot) => {
    // Drawn for every spot, near or not, so that one spot's draw does not move the others'.
    const [taken, name, jitterM] = [rng.float() < spot.takenShare, rng.pick(spot.bodies), rng.uniform(-0.3, 0.3)]
    const body = instanceOf(name, rng)
    if (!taken || distanceToSection(section, spot.xM, spot.yM) > parkedWithinM) return []
    const at = { ...spot, xM: spot.xM + jitterM * Math.cos(spot.yawRad), yM: spot.yM + jitterM * Math.sin(spot.yawRad) }
    if (!clearance.claim(at.xM, at.yM, body.lengthM / 2)) return []
    return [{ body, at: { xM: at.xM, yM: at.yM, yawRad: at.yawRad } }]
  })
}

/** Whether a structure stands within `radiusM` of a point. */
function isBuiltOver(site: Site, xM: number, yM: number, radiusM: number): boolean {
  return site.structures.some((shape) => {
    const [dx, dy] = [xM - shape.xM, yM - shape.yM]
    if (shape.bottomM > 1) return false
    if (shape.kind === 'cylinder') return Math.hypot(dx, dy) < shape.radiusM + radiusM
    const [cos, sin] = [Math.cos(shape.yawRad), Math.sin(shape.yawRad)]
    const [along, across] = [Math.abs(cos * dx + sin * dy), Math.abs(cos * dy - sin * dx)]
    return along < shape.lengthM / 2 + radiusM && across < shape.widthM / 2 + radiusM
  })
}
