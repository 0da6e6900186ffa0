import { stream } from '../../random.js'
import { groupAt, roadWorks, turnRound } from '../groups.js'
import { type Loop, loopThrough, type Point, rectangle, reversed } from '../loop.js'
import { box, cylinder, type Shape } from '../shapes.js'
import type { Crossing, ParkingSpot, Route, Site } from '../site.js'
import { type Patch, rasteriseGround } from '../surface.js'

/**
 * The terminal's face lies along y = 0 with the stands to its north. A bay is two stands with a service road round
 * them; between bays lies one more stand, so that the routes of two bays are 60 m apart.
 */
const bays = 4
const bayPitchM = 150
const bayM = { left: 10, right: 100, front: 22, back: 96 }
const laneM = 2
const roadHalfM = 4.2
const lengthM = bays * bayPitchM + 20

/** An airport apron: terminal with piers, aircraft at their stands, service roads, flood-light masts, blast fences. */
export function apron(): Site {
  const patches: Patch[] = [
    patch('APRON', -30, -2, lengthM + 30, 6),
    patch('SIDEWALK', -30, 6, lengthM + 30, 10),
    patch('APRON', -30, 10, lengthM + 30, 150),
    ...bayIndices().flatMap(serviceRoad),
  ]
  const lanes = bayIndices().flatMap(bothLanes)
  return {
    id: 'apron',
    cityCode: 'APR',
    cityFromSiteM: [900, -4100, 112],
    ground: rasteriseGround('TERRAIN', patches),
    patches,
    structures: structures(),
    lanes: lanes.map((loop) => ({ loop, widthM: 2 * laneM })),
    crossings: bayIndices().map(crossing),
    junctions: [],
    parking: parking(),
    routes: bayIndices().map(route),
    crowds: [
      { body: 'tug', on: 'traffic', count: 3, speedMps: [3, 6], tows: { body: 'baggageCart', count: 2 } },
      { body: 'tug', on: 'traffic', count: 1, speedMps: [4, 6] },
      { body: 'bus', on: 'traffic', count: 1, speedMps: [4, 6] },
      { body: 'truck', on: 'traffic', count: 1, speedMps: [4, 6] },
      { body: 'van', on: 'traffic', count: 1, speedMps: [4, 7] },
      { body: 'pedestrian', on: 'walks', count: 6, speedMps: [1, 1.6] },
      { body: 'child', on: 'walks', count: 3, speedMps: [0.8, 1.5] },
      { body: 'wheelchair', on: 'walks', count: 2, speedMps: [0.8, 1.3] },
      { body: 'worker', on: 'walks', count: 7, speedMps: [0.9, 1.6] },
      { body: 'bicyclist', on: 'traffic', count: 1, speedMps: [3.5, 5] },
    ],
    scatters: [
      { body: 'debris', count: 6, on: ['APRON', 'ROAD'] },
      { body: 'cone', count: 6, on: ['APRON'] },
      { body: 'dog', count: 3, on: ['APRON', 'TERRAIN'] },
    ],
  }
}

function bayIndices(): number[] {
  return Array.from({ length: bays }, (_, bay) => bay)
}

function patch(category: Patch['category'], ...sides: [number, number, number, number]): Patch {
  return { category, corners: rectangle(...sides) }
}

/** A rectangle round a bay, `outM` outside the middle of its service road. */
function round(bay: number, outM: number): Point[] {
  const x = bay * bayPitchM
  return rectangle(x + bayM.left - outM, bayM.front - outM, x + bayM.right + outM, bayM.back + outM)
}

function serviceRoad(bay: number): Patch[] {
  const [outer, inner] = [round(bay, roadHalfM), round(bay, -roadHalfM)]
  return outer.map((corner, i) => {
    const next = (i + 1) % 4
    return { category: 'ROAD', corners: [corner, outer[next], inner[next], inner[i]] }
  })
}

function bothLanes(bay: number): [Loop, Loop] {
  return [loopThrough(round(bay, laneM), 11), loopThrough(round(bay, -laneM).reverse(), 8)]
}

function crossing(bay: number): Crossing {
  const x = bay * bayPitchM + 55
  const edge = (at: number): [Point, Point] => [
    [at, bayM.front - roadHalfM],
    [at, bayM.front + roadHalfM],
  ]
  return { edges: [edge(x - 2), edge(x + 2)] }
}

/** Vehicles of the ground crew beside the terminal and between the bays. */
function parking(): ParkingSpot[] {
  return bayIndices().flatMap((bay) =>
    [-6, 8, 19, 30, 44, 62, 76, 88, 104, 118, 128].map((x, k) => ({
      xM: bay * bayPitchM + x,
      yM: 13.2,
      yawRad: 0,
      bodies: k % 3 === 0 ? (['baggageCart'] as const) : (['tug', 'van', 'truck', 'baggageCart'] as const),
      takenShare: 0.6,
    })),
  )
}

function route(bay: number): Route {
  const traffic = bothLanes(bay)
  const x = bay * bayPitchM
  const stand = (at: number) => groupAt(turnRound, { xM: at, yM: 58, yawRad: -Math.PI / 2 }, 'always')
  const works = (at: number) => groupAt(roadWorks, { xM: at, yM: 102.6, yawRad: 0 }, 'onTheWay')
  const walks = [
    loopThrough(rectangle(x - 5, 7.2, x + 115, 8.8), 0.75),
    // Between the two aircraft, and out to the terminal over the zebra.
    loopThrough(rectangle(x + 54, 8, x + 56, 80), 0.9),
    loopThrough(rectangle(x + 17, 30.3, x + 93, 33.4), 1),
    loopThrough(rectangle(x + 16.5, 84, x + 93.5, 88.5), 1),
  ]
  return {
    id: `apron-r${bay + 1}`,
    drive: traffic[bay % 2],
    traffic,
    walks: [...walks, ...walks.map(reversed)],
    groups: [stand(x + 33.5), stand(x + 76.5), stand(x - 20), stand(x + 130), works(x + 40), works(x + 75)],
  }
}

/** Terminal, piers, masts and fences. */
function structures(): Shape[] {
  const rng = stream(1, 'apron')
  const terminal = Array.from({ length: Math.ceil((lengthM + 60) / 40) }, (_, k) =>
    box('BUILDING', [k * 40 - 10, -14, 0], [40, rng.uniform(26, 30), rng.uniform(9, 16)]),
  )
  const stands = bayIndices().flatMap((bay) => [33.5, 76.5, 130].map((x) => bay * bayPitchM + x))
  return [
    ...terminal,
    ...stands.flatMap(pier),
    ...bayIndices().flatMap((bay) =>
      [-8, 54.2, 116].map((x) => cylinder('POLE', [bay * bayPitchM + x, 4, 0], 0.35, 22)),
    ),
    ...bayIndices().flatMap((bay) =>
      [20, 90].map((x) => box('BARRIER', [bay * bayPitchM + x, 122, 0], [24, 0.5, 2.4])),
    ),
    ...Array.from({ length: Math.ceil(lengthM / 12) }, (_, k) => box('BARRIER', [k * 12, 152, 0], [11.6, 0.15, 2.2])),
  ]
}

/** A bridge from the terminal to an aircraft's front door, high enough to drive under, and the column it stands on. */
function pier(x: number): Shape[] {
  return [
    box('BUILDING', [x + 4.4, 16.5, 4.6], [3, 33, 2.9]),
    cylinder('POLE', [x + 4.4, 28.5, 0], 0.5, 4.6),
    cylinder('POLE', [x + 4.4, 11.4, 0], 0.5, 4.6),
  ]
}
