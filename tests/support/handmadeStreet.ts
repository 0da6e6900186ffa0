import { bitAt, type Grid, packBits, voxelCount } from '../../pipeline/grid.js'
import { type Pose, poseFromYaw, transform, type Vec3 } from '../../pipeline/pose.js'
import { fleet } from '../../pipeline/taxonomies/fleet.js'
import { classIndex, freeIndex } from '../../pipeline/taxonomy.js'

/** A box of one class, city frame: centre on the ground, size and speed along the street. */
interface Body {
  name: string
  xM: number
  yM: number
  size: readonly [number, number, number]
  speedMps: number
}

/** Seconds between frames. */
export const stepS = 0.5

const trees: Body[] = [-20, -4, 12, 28, 44].flatMap((xM) => [
  { name: 'pole', xM, yM: 9.2, size: [0.8, 0.8, 2.4], speedMps: 0 },
  { name: 'vegetation', xM, yM: 9.2, size: [2.4, 2.4, 0], speedMps: 0 },
])
const houses: Body[] = [-22, -6, 14, 30, 48].flatMap((xM, i) => [
  { name: 'building', xM, yM: 17, size: [12, 8, 3.2 + (i % 3)], speedMps: 0 },
  { name: 'building', xM: xM + 3, yM: -18, size: [13, 9, 4.8 - (i % 2)], speedMps: 0 },
])

/** A street along the city's x axis: everything that is on it at time 0. */
const bodies: Body[] = [
  ...houses,
  ...trees,
  { name: 'car', xM: 14, yM: -1.6, size: [4.6, 2, 1.6], speedMps: 7 },
  { name: 'car', xM: 34, yM: 2.2, size: [4.6, 2, 1.6], speedMps: -6 },
  { name: 'bus', xM: -14, yM: 2.2, size: [11, 2.6, 3.2], speedMps: -5 },
  { name: 'car', xM: -8, yM: -6.2, size: [4.6, 2, 1.6], speedMps: 0 },
  { name: 'car', xM: 4, yM: -6.2, size: [4.6, 2, 1.6], speedMps: 0 },
  { name: 'truck', xM: 24, yM: -6.2, size: [7, 2.5, 3], speedMps: 0 },
  { name: 'pedestrian', xM: 8, yM: 7.6, size: [0.8, 0.8, 1.7], speedMps: 1.4 },
  { name: 'child', xM: 9.6, yM: 7.6, size: [0.8, 0.8, 1.1], speedMps: 1.4 },
  { name: 'worker', xM: 20, yM: 4.6, size: [0.8, 0.8, 1.8], speedMps: 0 },
  ...[16, 18.4, 20.8].map((xM): Body => ({ name: 'cone', xM, yM: 3.8, size: [0.8, 0.8, 0.8], speedMps: 0 })),
  { name: 'bicycle', xM: 2, yM: 5, size: [1.7, 0.8, 1.6], speedMps: 4 },
]

/** The ego drives along the street at 6 m/s. Log `number` starts further down it. */
export function egoPose(number: number, frame: number): Pose {
  return poseFromYaw(0.02 * number, [-4 + 6 * number + 6 * stepS * frame, -1.6, 0])
}

/**
 * Semantics of one instant: the street of `worldS`, seen from the ego pose.
 *
 * @param without - names of bodies that are not there.
 */
export function streetSemantics(
  grid: Grid,
  cityFromEgo: Pose,
  worldS: number,
  without: readonly string[] = [],
): Uint8Array {
  const [X, Y, Z] = grid.dims
  const present = bodies.filter(({ name }) => !without.includes(name))
  const semantics = new Uint8Array(voxelCount(grid))
  let v = 0
  for (let x = 0; x < X; x++)
    for (let y = 0; y < Y; y++)
      for (let z = 0; z < Z; z++, v++)
        semantics[v] = classAt(transform(cityFromEgo, centre(grid, x, y, z)), worldS, present)
  return semantics
}

/** What a sensor on the roof would touch: everything within 24 m that is not deep inside a building. */
export function streetObserved(grid: Grid, semantics: Uint8Array): Uint8Array {
  const [X, Y, Z] = grid.dims
  const building = classIndex(fleet, 'building')
  const seen = new Uint8Array(semantics.length)
  let v = 0
  for (let x = 0; x < X; x++)
    for (let y = 0; y < Y; y++)
      for (let z = 0; z < Z; z++, v++) {
        const [xM, yM] = centre(grid, x, y, z)
        const deep = semantics[v] === building && Math.abs(yM) > 17
        seen[v] = Math.hypot(xM, yM) < 24 && !deep ? 1 : 0
      }
  return packBits(seen)
}

/** The truth as a data set stores it: what no sensor touched is free. */
export function seenOnly(semantics: Uint8Array, observed: Uint8Array): Uint8Array {
  return semantics.map((index, v) => (bitAt(observed, v) ? index : freeIndex(fleet)))
}

function centre({ originM, voxelM }: Grid, x: number, y: number, z: number): Vec3 {
  return [originM[0] + (x + 0.5) * voxelM, originM[1] + (y + 0.5) * voxelM, originM[2] + (z + 0.5) * voxelM]
}

function classAt([x, y, z]: Vec3, worldS: number, present: readonly Body[]): number {
  if (z < 0) return z > -0.8 ? classIndex(fleet, groundAt(y)) : freeIndex(fleet)
  const body = present.find(({ xM, yM, size, speedMps, name }) => {
    const [low, high] = name === 'vegetation' ? [2.4, 4.6] : [0, size[2]]
    return (
      Math.abs(x - xM - speedMps * worldS) <= size[0] / 2 && Math.abs(y - yM) <= size[1] / 2 && z >= low && z <= high
    )
  })
  return body ? classIndex(fleet, body.name) : freeIndex(fleet)
}

function groundAt(yM: number): string {
  if (Math.abs(yM) < 7.6) return 'drivable'
  return Math.abs(yM) < 10.4 ? 'sidewalk' : 'terrain'
}
