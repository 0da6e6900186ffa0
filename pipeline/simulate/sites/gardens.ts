import type { Rng } from '../../random.js'
import { Clearance } from '../clearance.js'
import { beside, type Loop, type Station, stationAt } from '../loop.js'
import { box, cylinder, placed, type Shape, tree } from '../shapes.js'
import type { ParkingSpot } from '../site.js'

/** From the street's middle to the gardens' front, and to the middle of a house. */
const fenceM = 8.6
const houseM = 16.4

/** Houses on both sides with what stands in their gardens, and a car's place before each. */
export function gardenRow(middle: Loop, rng: Rng): { shapes: Shape[]; driveways: ParkingSpot[] } {
  const taken = new Clearance([middle], fenceM)
  const shapes: Shape[] = []
  const driveways: ParkingSpot[] = []
  for (const side of [-1, 1]) {
    const count = Math.floor(middle.lengthM / (side < 0 ? 18 : 23))
    for (let k = 0; k < count; k++) {
      const sM = ((k + rng.uniform(-0.12, 0.12)) / count) * middle.lengthM
      const { yawRad } = stationAt(middle, sM)
      const [xM, yM] = beside(middle, sM, side * (houseM + rng.uniform(0, 3)))
      // The house's frame: x along the street, y away from it.
      const at: Station = { xM, yM, yawRad: side > 0 ? yawRad : yawRad + Math.PI }
      if (!taken.claim(xM, yM, 7.6)) continue
      shapes.push(...house(rng).map((shape) => placed(shape, at)))
      const [carX, carY] = beside(middle, sM + side * 6.2, side * (fenceM + 3.4))
      driveways.push({
        xM: carX,
        yM: carY,
        yawRad: yawRad + Math.PI / 2,
        bodies: ['car', 'car', 'van'],
        takenShare: 0.6,
      })
    }
    shapes.push(...streetTrees(middle, side, rng))
  }
  return { shapes, driveways }
}

function house(rng: Rng): Shape[] {
  const [width, depth, height] = [rng.uniform(8.5, 11), rng.uniform(7.5, 9.5), rng.uniform(3, 6)]
  const front: Shape =
    rng.float() < 0.5
      ? box('VEGETATION', [-2.5, -7.2, 0], [7.5, 0.8, rng.uniform(0.8, 1.5)])
      : box('BARRIER', [-2.5, -7.3, 0], [7.5, 0.12, rng.uniform(0.9, 1.3)])
  return [
    box('BUILDING', [-0.5, 0, 0], [width, depth, height]),
    box('BUILDING', [-0.5, 0, height], [width, 0.5 * depth, 1.6]),
    front,
    box('BARRIER', [-7.5, 0, 0], [0.12, 9, 1.6]),
    ...(rng.float() < 0.7 ? tree(-4.5, -5.6, rng.uniform(3.5, 7), rng.uniform(1, 1.6)) : []),
    ...(rng.float() < 0.5 ? tree(rng.uniform(-4, 4), 7.5, rng.uniform(5, 9), rng.uniform(1.4, 2.6)) : []),
  ]
}

/** Lamp posts and a few trees on the strip of grass between road and footpath. */
function streetTrees(middle: Loop, side: number, rng: Rng): Shape[] {
  const count = Math.floor(middle.lengthM / 16)
  return Array.from({ length: count }, (_, k): Shape[] => {
    const [xM, yM] = beside(middle, ((k + 0.5) / count) * middle.lengthM, side * 6.35)
    return k % 2 === 0 ? [cylinder('POLE', [xM, yM, 0], 0.1, 6)] : rng.float() < 0.5 ? tree(xM, yM, 6, 1.2) : []
  }).flat()
}
