import { type Rng, stream } from '../../random.js'
import { groupAt, roadWorks } from '../groups.js'
import { type Loop, loopThrough, type Point, rectangle, reversed } from '../loop.js'
import { box, cylinder, type Shape, tree } from '../shapes.js'
import type { Crossing, GroupSpot, Junction, Lane, ParkingSpot, Route, Site } from '../site.js'
import { type Patch, rasteriseGround } from '../surface.js'

/** Streets run along x = 100 i and y = 90 j; block (i, j) lies between street i and i + 1, j and j + 1. */
const pitchM = [100, 90] as const
const [blocksX, blocksY] = [5, 3]
const laneWidthM = 3.5
const kerbM = 5.9
const parkedM = 4.75
const walkM = 7.9
const lotM = 9.8
/** One block of every other row and column has a route round it, so a block's breadth lies between any two. */
const routeBlocks = [0, 2].flatMap((j) => [0, 2, 4].map((i) => [i, j] as const))

/** A street grid: blocks of buildings, sidewalks, parked cars, poles and trees. */
export function urban(): Site {
  const blocks = pairs([-1, blocksX], [-1, blocksY])
  const patches: Patch[] = [...streets(), ...blocks.flatMap(([i, j]) => blockGround(i, j))]
  const lanes: Lane[] = pairs([0, blocksX - 1], [0, blocksY - 1]).flatMap(([i, j]) =>
    laneLoops(i, j).map((loop) => ({ loop, widthM: laneWidthM })),
  )
  return {
    id: 'urban',
    cityCode: 'URB',
    cityFromSiteM: [5200, 2400, 66],
    ground: rasteriseGround('TERRAIN', patches),
    patches,
    structures: blocks.flatMap(([i, j]) => blockStructures(i, j, stream(1, 'urban', i, j))),
    lanes,
    crossings: junctions().flatMap(crossingsAt),
    junctions: junctions(),
    parking: parking(),
    routes: routeBlocks.map(([i, j], k) => route(`urban-r${k + 1}`, i, j, k % 2 === 0)),
    crowds: [
      { body: 'car', on: 'traffic', count: 9, speedMps: [8, 11] },
      { body: 'van', on: 'traffic', count: 2, speedMps: [7, 10] },
      { body: 'truck', on: 'traffic', count: 2, speedMps: [6, 9] },
      { body: 'bus', on: 'traffic', count: 1, speedMps: [6, 8] },
      { body: 'motorcyclist', on: 'traffic', count: 2, speedMps: [9, 12] },
      { body: 'bicyclist', on: 'traffic', count: 3, speedMps: [4, 6] },
      { body: 'pedestrian', on: 'walks', count: 22, speedMps: [1, 1.7] },
      { body: 'child', on: 'walks', count: 7, speedMps: [0.8, 1.6] },
      { body: 'wheelchair', on: 'walks', count: 4, speedMps: [0.8, 1.4] },
      { body: 'dog', on: 'walks', count: 4, speedMps: [0.9, 1.6] },
    ],
    scatters: [{ body: 'debris', count: 4, on: ['ROAD'] }],
  }
}

function pairs([fromI, toI]: [number, number], [fromJ, toJ]: [number, number]): (readonly [number, number])[] {
  const found: (readonly [number, number])[] = []
  for (let j = fromJ; j <= toJ; j++) for (let i = fromI; i <= toI; i++) found.push([i, j])
  return found
}

/** Corners of block (i, j), `insetM` inside its surrounding streets' middles, counter-clockwise. */
function blockCorners(i: number, j: number, insetM: number, acrossX = 1): Point[] {
  const [x0, y0] = [i * pitchM[0] + insetM, j * pitchM[1] + insetM]
  const [x1, y1] = [(i + acrossX) * pitchM[0] - insetM, (j + 1) * pitchM[1] - insetM]
  return rectangle(x0, y0, x1, y1)
}

function streets(): Patch[] {
  const [maxX, maxY] = [blocksX * pitchM[0], blocksY * pitchM[1]]
  const strip = (x0: number, y0: number, x1: number, y1: number): Patch => ({
    category: 'ROAD',
    corners: rectangle(x0, y0, x1, y1),
  })
  const along = Array.from({ length: blocksY + 1 }, (_, j) => j * pitchM[1])
  const across = Array.from({ length: blocksX + 1 }, (_, i) => i * pitchM[0])
  return [
    ...along.map((y) => strip(-80, y - kerbM, maxX + 80, y + kerbM)),
    ...across.map((x) => strip(x - kerbM, -70, x + kerbM, maxY + 70)),
  ]
}

function blockGround(i: number, j: number): Patch[] {
  return [
    { category: 'SIDEWALK', corners: blockCorners(i, j, kerbM) },
    { category: 'TERRAIN', corners: blockCorners(i, j, lotM) },
  ]
}

/** The lanes round a block: inside to the right (clockwise), outside to the left (counter-clockwise). */
function laneLoops(i: number, j: number): [Loop, Loop] {
  const clockwise = loopThrough(blockCorners(i, j, laneWidthM / 2).reverse(), 6.5)
  return [clockwise, loopThrough(blockCorners(i, j, -laneWidthM / 2), 9.5)]
}

function junctions(): Junction[] {
  return pairs([0, blocksX], [0, blocksY]).map(([i, j]) => ({ xM: i * pitchM[0], yM: j * pitchM[1], radiusM: 10.5 }))
}

function crossingsAt({ xM, yM }: Junction): Crossing[] {
  const northSouth = (x: number): [Point, Point] => [
    [x, yM - kerbM],
    [x, yM + kerbM],
  ]
  const eastWest = (y: number): [Point, Point] => [
    [xM - kerbM, y],
    [xM + kerbM, y],
  ]
  const [near, far] = [kerbM + 0.4, lotM - 0.4]
  return [-1, 1].flatMap((side): Crossing[] => [
    { edges: [eastWest(yM + side * near), eastWest(yM + side * far)] },
    { edges: [northSouth(xM + side * near), northSouth(xM + side * far)] },
  ])
}

/** Places along the kerbs of a block's inner edges: `alongM` from the corner, on side 0–3, heading along the lane. */
function kerbSpots(i: number, j: number, stepM: number, offsetM: number): { xM: number; yM: number; yawRad: number }[] {
  const corners = blockCorners(i, j, offsetM)
  return corners.flatMap(([ax, ay], side) => {
    const [bx, by] = corners[(side + 1) % 4]
    const lengthM = Math.hypot(bx - ax, by - ay)
    const count = Math.floor((lengthM - 24) / stepM)
    return Array.from({ length: count }, (_, k) => {
      const u = (12 + (k + 0.5) * ((lengthM - 24) / count)) / lengthM
      return { xM: ax + (bx - ax) * u, yM: ay + (by - ay) * u, yawRad: Math.atan2(ay - by, ax - bx) }
    })
  })
}

function parking(): ParkingSpot[] {
  return pairs([-1, blocksX], [-1, blocksY]).flatMap(([i, j]) =>
    kerbSpots(i, j, 6.4, parkedM).map((spot) => ({ ...spot, bodies: ['car', 'car', 'car', 'van'], takenShare: 0.5 })),
  )
}

function route(id: string, i: number, j: number, isClockwise: boolean): Route {
  const neighbours = [
    [i, j],
    [i - 1, j],
    [i + 1, j],
    [i, j - 1],
    [i, j + 1],
  ] as const
  const inside = neighbours.filter(([x, y]) => x >= 0 && y >= 0 && x < blocksX && y < blocksY)
  const traffic = inside.flatMap(([x, y]) => laneLoops(x, y))
  const walks = neighbours.map(([x, y]) => loopThrough(blockCorners(x, y, walkM), 1))
  const overCrossings = [i - 1, i].map((from) => loopThrough(blockCorners(from, j, walkM, 2), 1))
  const groups: GroupSpot[] = neighbours.flatMap(([x, y]) =>
    kerbSpots(x, y, 20, parkedM).map((spot) =>
      groupAt(roadWorks, { ...spot, yawRad: spot.yawRad + Math.PI }, 'onTheWay'),
    ),
  )
  return {
    id,
    drive: traffic[isClockwise ? 0 : 1],
    traffic,
    walks: [...walks, ...walks.map(reversed), ...overCrossings],
    groups,
  }
}

function blockStructures(i: number, j: number, rng: Rng): Shape[] {
  const isPark = (i + 2 * j + 20) % 7 === 3
  const street = kerbSpots(i, j, 12, 6.7).flatMap(({ xM, yM }, k): Shape[] => {
    if (k % 2 === 0) return [cylinder('POLE', [xM, yM, 0], 0.12, 7.5)]
    return rng.float() < 0.7 ? tree(xM, yM, rng.uniform(5, 8), rng.uniform(1.3, 2)) : []
  })
  return [...street, ...(isPark ? park(i, j, rng) : buildings(i, j, rng))]
}

function park(i: number, j: number, rng: Rng): Shape[] {
  const [[x0, y0], , [x1, y1]] = blockCorners(i, j, lotM + 4)
  const trees = Array.from({ length: 26 }, () =>
    tree(rng.uniform(x0, x1), rng.uniform(y0, y1), rng.uniform(5, 11), rng.uniform(1.8, 3.4)),
  )
  const hedge = (x: number) => box('VEGETATION', [x, (y0 + y1) / 2, 0], [y1 - y0, 0.9, 1.1], Math.PI / 2)
  return [...trees.flat(), hedge(x0 - 3), hedge(x1 + 3)]
}

/** Houses wall to wall or with gaps along the block's four sides; the yard behind them is empty. */
function buildings(i: number, j: number, rng: Rng): Shape[] {
  const [[x0, y0], , [x1, y1]] = blockCorners(i, j, lotM)
  const depthM = 15
  const row = (lengthM: number, place: (along: number, setback: number, width: number, height: number) => Shape) => {
    const shapes: Shape[] = []
    for (let along = 0; along < lengthM - 8; ) {
      const width = Math.min(rng.uniform(9, 19), lengthM - along)
      if (rng.float() < 0.9) shapes.push(place(along + width / 2, rng.uniform(0, 2.5), width, rng.uniform(5, 26)))
      along += width + (rng.float() < 0.4 ? rng.uniform(1, 4) : 0)
    }
    return shapes
  }
  const between = y1 - y0 - 2 * depthM - 6
  return [
    ...row(x1 - x0, (at, back, w, h) => box('BUILDING', [x0 + at, y0 + back + depthM / 2, 0], [w, depthM, h])),
    ...row(x1 - x0, (at, back, w, h) => box('BUILDING', [x0 + at, y1 - back - depthM / 2, 0], [w, depthM, h])),
    ...row(between, (at, back, w, h) => box('BUILDING', [x0 + back + 6, y0 + depthM + 3 + at, 0], [12, w, h])),
    ...row(between, (at, back, w, h) => box('BUILDING', [x1 - back - 6, y0 + depthM + 3 + at, 0], [12, w, h])),
  ]
}
