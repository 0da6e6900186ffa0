import { stream } from '../../random.js'
import { roadWorks } from '../groups.js'
import {
  beside,
  type Loop,
  loopThrough,
  type Point,
  pointsOf,
  rectangle,
  reversed,
  shifted,
  stationAt,
} from '../loop.js'
import type { Crossing, GroupSpot, Route, Site } from '../site.js'
import { type Patch, rasteriseGround } from '../surface.js'
import { gardenRow } from './gardens.js'

const laneM = 1.6
const roadHalfM = 3.3
/** From the road's middle to the middle of the footpath; a strip of grass lies between. */
const walkM = 7.4
const worksM = 4.4

/** Middles of the crescents, far enough apart that a house row and a field lie between any two. */
const crescents: readonly { at: Point; radiusM: number; phaseRad: number }[] = [
  { at: [80, 80], radiusM: 50, phaseRad: 0.3 },
  { at: [290, 110], radiusM: 54, phaseRad: 1.9 },
  { at: [500, 70], radiusM: 48, phaseRad: 4.1 },
  { at: [180, 300], radiusM: 52, phaseRad: 2.6 },
  { at: [400, 310], radiusM: 56, phaseRad: 5.2 },
]

/** Winding residential crescents: houses with gardens, hedges, fences and trees. */
export function suburban(): Site {
  const middles = crescents.map(({ at, radiusM, phaseRad }) => middleLine(at, radiusM, phaseRad))
  const patches: Patch[] = [
    { category: 'TERRAIN', corners: rectangle(-20, -20, 600, 410) },
    ...middles.flatMap((middle) => [
      ...band('SIDEWALK', shifted(middle, walkM), 0.9),
      ...band('SIDEWALK', shifted(middle, -walkM), 0.9),
      ...band('ROAD', middle, roadHalfM),
    ]),
  ]
  const gardens = middles.map((middle, i) => gardenRow(middle, stream(1, 'suburban', i)))
  return {
    id: 'suburban',
    cityCode: 'SUB',
    cityFromSiteM: [-1300, 820, 31],
    ground: rasteriseGround('TERRAIN', patches),
    patches,
    structures: gardens.flatMap(({ shapes }) => shapes),
    lanes: middles.flatMap(bothLanes).map((loop) => ({ loop, widthM: 2 * laneM })),
    crossings: middles.flatMap((middle) => [0.1, 0.45, 0.8].map((u) => crossing(middle, u * middle.lengthM))),
    junctions: [],
    parking: gardens.flatMap(({ driveways }) => driveways),
    routes: middles.map((middle, i) => route(`suburban-r${i + 1}`, middle, i % 2)),
    crowds: [
      { body: 'car', on: 'traffic', count: 6, speedMps: [6, 9] },
      { body: 'van', on: 'traffic', count: 1, speedMps: [6, 8] },
      { body: 'truck', on: 'traffic', count: 1, speedMps: [5, 7] },
      { body: 'motorcyclist', on: 'traffic', count: 1, speedMps: [7, 9] },
      { body: 'bicyclist', on: 'traffic', count: 3, speedMps: [3.5, 5.5] },
      { body: 'pedestrian', on: 'walks', count: 10, speedMps: [0.9, 1.6] },
      { body: 'child', on: 'walks', count: 8, speedMps: [0.8, 2.2] },
      { body: 'wheelchair', on: 'walks', count: 4, speedMps: [0.8, 1.3] },
      { body: 'dog', on: 'walks', count: 5, speedMps: [0.9, 2] },
    ],
    scatters: [
      { body: 'dog', count: 2, on: ['TERRAIN'] },
      { body: 'debris', count: 3, on: ['ROAD', 'TERRAIN'] },
    ],
  }
}

/** A wavy closed street, counter-clockwise. */
function middleLine([cx, cy]: Point, radiusM: number, phaseRad: number): Loop {
  return loopThrough(
    Array.from({ length: 720 }, (_, k): Point => {
      const angle = (k * Math.PI) / 360
      const r = radiusM * (1 + 0.1 * Math.sin(2 * angle + phaseRad) + 0.055 * Math.sin(3 * angle - phaseRad))
      return [cx + r * Math.cos(angle), cy + r * Math.sin(angle)]
    }),
  )
}

/** The lane that goes counter-clockwise (outside, to the right of the middle), and the one that comes back. */
function bothLanes(middle: Loop): [Loop, Loop] {
  return [shifted(middle, -laneM), reversed(shifted(middle, laneM))]
}

/** A band about a loop, cut into pieces that are simple polygons, as a map wants them. */
function band(category: Patch['category'], loop: Loop, halfM: number): Patch[] {
  const [left, right] = [pointsOf(shifted(loop, halfM)), pointsOf(shifted(loop, -halfM))]
  const pieces = 16
  const part = (points: Point[], k: number) =>
    Array.from({ length: 13 }, (_, i) => points[Math.round(((k + i / 12) / pieces) * points.length) % points.length])
  return Array.from({ length: pieces }, (_, k) => ({
    category,
    corners: [...part(left, k), ...part(right, k).reverse()],
  }))
}

function crossing(middle: Loop, sM: number): Crossing {
  const edge = (alongM: number): [Point, Point] => [
    beside(middle, sM + alongM, -roadHalfM),
    beside(middle, sM + alongM, roadHalfM),
  ]
  return { edges: [edge(-1.5), edge(1.5)] }
}

function route(id: string, middle: Loop, direction: number): Route {
  const lanes = bothLanes(middle)
  const footpaths = [shifted(middle, walkM), shifted(middle, -walkM)]
  const overCrossings = [0.1, 0.45, 0.8].map((u) => overCrossing(middle, u * middle.lengthM))
  const groups = Array.from({ length: 16 }, (_, k) =>
    bentWorks(middle, (k / 16) * middle.lengthM, k % 2 === 0 ? 1 : -1),
  )
  return {
    id,
    drive: lanes[direction],
    traffic: lanes,
    walks: [...footpaths, ...footpaths.map(reversed), ...overCrossings],
    groups,
  }
}

/** Road works whose row of cones follows the bend, on the left (1) or right (−1) of the road. */
function bentWorks(middle: Loop, sM: number, side: 1 | -1): GroupSpot {
  const members = roadWorks.map((member) => {
    const alongM = sM + side * member.xM
    const [xM, yM] = beside(middle, alongM, side * (worksM + member.yM))
    return { ...member, xM, yM, yawRad: stationAt(middle, alongM).yawRad + member.yawRad + (side > 0 ? 0 : Math.PI) }
  })
  const [xM, yM] = beside(middle, sM, side * worksM)
  return { xM, yM, members, when: 'onTheWay' }
}

/** A walk that goes 24 m along one footpath, over the zebra, back along the other and over the next gap in the verge. */
function overCrossing(middle: Loop, sM: number): Loop {
  const steps = Array.from({ length: 13 }, (_, i) => sM + 2 * i)
  const out = steps.map((s) => beside(middle, s, -walkM))
  return loopThrough([...out, ...steps.map((s) => beside(middle, s, walkM)).reverse()], 1)
}
