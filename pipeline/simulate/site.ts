import type { Vec3 } from '../pose.js'
import type { BodyName } from './bodies.js'
import type { Category } from './categories.js'
import type { Loop, Point, Station } from './loop.js'
import type { Shape } from './shapes.js'
import type { GroundRaster, Patch } from './surface.js'

/** A lane of the map: vehicles keep to its middle, in its direction. */
export interface Lane {
  loop: Loop
  widthM: number
}

/** A zebra crossing: two edges across the road, each from kerb to kerb. */
export interface Crossing {
  edges: readonly [readonly [Point, Point], readonly [Point, Point]]
}

/** Where lanes meet: one approach at a time drives through the disc. */
export interface Junction {
  xM: number
  yM: number
  radiusM: number
}

/** A place for a parked vehicle. */
export interface ParkingSpot extends Station {
  /** What may stand there, one picked per log. */
  bodies: readonly BodyName[]
  /** Share of logs in which it is taken. */
  takenShare: number
}

/** A member of a group of things that stand together. */
export interface GroupMember extends Station {
  body: BodyName
  /** Share of logs in which it is there. */
  share: number
}

/** A group put somewhere on a site: a road works, an aircraft's turn-round. Places in the site frame. */
export interface GroupSpot {
  /** The group's middle. */
  xM: number
  yM: number
  members: readonly GroupMember[]
  /** Filled in every log of the route, or only in those that choose it because the ego drives by. */
  when: 'always' | 'onTheWay'
}

/** A stretch of the site that a log can be driven on, and who else is about. */
export interface Route {
  id: string
  /** The ego's lane. */
  drive: Loop
  /** Lanes of the other vehicles, the ego's among them. */
  traffic: readonly Loop[]
  /** Footpaths. */
  walks: readonly Loop[]
  /** Spots for road works and turn-rounds. */
  groups: readonly GroupSpot[]
}

/** How many of a body move about in a log, and on what. */
export interface Crowd {
  body: BodyName
  on: 'traffic' | 'walks'
  count: number
  /** Range of cruising speeds. */
  speedMps: readonly [number, number]
  /** Carts or trailers that follow, rigidly spaced. */
  tows?: { body: BodyName; count: number }
}

/** How many of a body stand about near the ego's way, off every lane, on ground of one of these categories. */
export interface Scatter {
  body: BodyName
  count: number
  on: readonly Category[]
}

/** A built site. Site frame: x east, y north, z up, ground at z = 0; `cityFromSiteM` shifts it into the city frame. */
export interface Site {
  id: string
  /** As in Argoverse 2's map file names. */
  cityCode: string
  cityFromSiteM: Vec3
  ground: GroundRaster
  /** The patches whose categories count as drivable become the map's drivable areas. */
  patches: readonly Patch[]
  structures: readonly Shape[]
  lanes: readonly Lane[]
  crossings: readonly Crossing[]
  junctions: readonly Junction[]
  parking: readonly ParkingSpot[]
  routes: readonly Route[]
  crowds: readonly Crowd[]
  scatters: readonly Scatter[]
}
