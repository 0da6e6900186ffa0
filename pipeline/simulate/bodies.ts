import type { Category } from './categories.js'
import { box, cylinder, type Shape } from './shapes.js'

/**
 * A thing that has a box in the annotations. Shapes are in the body frame: x forward, y left, z up, origin on the
 * ground below the box's centre; the box reaches from the ground to `heightM`.
 */
export interface Body {
  category: Category
  lengthM: number
  widthM: number
  heightM: number
  shapes: readonly Shape[]
}

type Size = readonly [number, number, number]

function body(category: Category, [lengthM, widthM, heightM]: Size, shapes: readonly Shape[]): Body {
  return { category, lengthM, widthM, heightM, shapes }
}

function person(category: Category, heightM: number, radiusM: number): Body {
  const head = 0.13 * heightM
  return body(
    category,
    [2.4 * radiusM, 2.4 * radiusM, heightM],
    [
      cylinder(category, [0, 0, 0], radiusM, heightM - head),
      cylinder(category, [0, 0, heightM - head], 0.45 * radiusM, head),
    ],
  )
}

function rider(category: Category, size: Size, frameWidthM: number): Body {
  const [lengthM, , heightM] = size
  return body(category, size, [
    box(category, [0, 0, 0], [lengthM, frameWidthM, 0.55 * heightM]),
    cylinder(category, [-0.1, 0, 0.4 * heightM], 0.24, 0.6 * heightM),
  ])
}

/** A narrow-body airliner: fuselage, swept wings, engines, tail, and the legs it stands on. Nose at +x. */
function airliner(): Body {
  const part = (at: Size, size: Size, yawRad = 0) => box('AIRCRAFT', at, size, yawRad)
  const leg = (x: number, y: number) => cylinder('AIRCRAFT', [x, y, 0], 0.35, 2)
  return body(
    'AIRCRAFT',
    [37, 36.4, 11.8],
    [
      part([0, 0, 1.9], [33, 3.9, 4]),
      part([17.5, 0, 2.3], [2, 2.6, 2.8]),
      part([-1.4, 9.3, 2.9], [4.2, 17.2, 0.7], 0.38),
      part([-1.4, -9.3, 2.9], [4.2, 17.2, 0.7], -0.38),
      part([2.6, 5.8, 0.9], [4.2, 2, 2]),
      part([2.6, -5.8, 0.9], [4.2, 2, 2]),
      part([-15.4, 0, 5.9], [5.4, 0.6, 5.9]),
      part([-16, 0, 5], [3, 12, 0.5]),
      leg(13, 0),
      leg(-1, 3),
      leg(-1, -3),
    ],
  )
}

/** Everything that can stand or move in a world. Sizes are length, width, height in metres. */
export const bodies = {
  car: body(
    'CAR',
    [4.5, 1.84, 1.5],
    [box('CAR', [0, 0, 0.18], [4.5, 1.84, 0.68]), box('CAR', [-0.25, 0, 0.86], [2.5, 1.6, 0.64])],
  ),
  van: body('CAR', [5.2, 2, 2.1], [box('CAR', [0, 0, 0.2], [5.2, 2, 0.9]), box('CAR', [-0.6, 0, 1.1], [4, 1.9, 1])]),
  truck: body(
    'TRUCK',
    [7.6, 2.4, 3.2],
    [
      box('TRUCK', [2.85, 0, 0.35], [1.9, 2.3, 2.1]),
      box('TRUCK', [-1, 0, 0.7], [5.6, 2.4, 2.5]),
      box('TRUCK', [-0.5, 0, 0.3], [6, 1.2, 0.4]),
    ],
  ),
  bus: body('BUS', [9.4, 2.45, 3], [box('BUS', [0, 0, 0.25], [9.4, 2.45, 2.75])]),
  excavator: body(
    'CONSTRUCTION_VEHICLE',
    [6, 2.4, 3],
    [
      box('CONSTRUCTION_VEHICLE', [-0.8, 0, 0], [3.4, 2.4, 0.9]),
      box('CONSTRUCTION_VEHICLE', [-1.2, 0, 0.9], [2.6, 2, 1.5]),
      box('CONSTRUCTION_VEHICLE', [1.5, 0, 1.6], [3, 0.5, 1.4]),
      box('CONSTRUCTION_VEHICLE', [2.7, 0, 0.2], [0.5, 0.9, 1.6]),
    ],
  ),
  bicyclist: rider('BICYCLIST', [1.75, 0.6, 1.72], 0.3),
  motorcyclist: rider('MOTORCYCLIST', [2.1, 0.8, 1.65], 0.5),
  pedestrian: person('PEDESTRIAN', 1.74, 0.26),
  child: person('CHILD', 1.15, 0.19),
  worker: person('WORKER', 1.8, 0.3),
  wheelchair: body(
    'WHEELCHAIR',
    [1.1, 0.7, 1.35],
    [box('WHEELCHAIR', [0, 0, 0], [1.1, 0.66, 0.6]), cylinder('WHEELCHAIR', [-0.15, 0, 0.6], 0.24, 0.75)],
  ),
  dog: body(
    'ANIMAL',
    [0.95, 0.34, 0.72],
    [
      box('ANIMAL', [-0.08, 0, 0.26], [0.74, 0.3, 0.3]),
      box('ANIMAL', [0.36, 0, 0.44], [0.22, 0.2, 0.28]),
      cylinder('ANIMAL', [0.2, 0, 0], 0.1, 0.26),
      cylinder('ANIMAL', [-0.36, 0, 0], 0.1, 0.26),
    ],
  ),
  cone: body(
    'CONE',
    [0.42, 0.42, 0.75],
    [
      box('CONE', [0, 0, 0], [0.42, 0.42, 0.06]),
      cylinder('CONE', [0, 0, 0.06], 0.15, 0.34),
      cylinder('CONE', [0, 0, 0.4], 0.08, 0.35),
    ],
  ),
  debris: body(
    'DEBRIS',
    [0.6, 0.45, 0.3],
    [box('DEBRIS', [0.08, 0, 0], [0.4, 0.4, 0.16], 0.05), box('DEBRIS', [-0.12, 0.02, 0], [0.34, 0.3, 0.3])],
  ),
  tug: body(
    'TUG',
    [3.2, 1.6, 1.9],
    [box('TUG', [0, 0, 0.15], [3.2, 1.6, 0.75]), box('TUG', [-0.5, 0, 0.9], [1.1, 1.4, 1])],
  ),
  baggageCart: body(
    'BAGGAGE_CART',
    [2.9, 1.5, 1.7],
    [box('BAGGAGE_CART', [0, 0, 0.3], [2.9, 1.5, 0.2]), box('BAGGAGE_CART', [0, 0, 0.5], [2.5, 1.4, 1.2])],
  ),
  aircraft: airliner(),
} satisfies Record<string, Body>

export type BodyName = keyof typeof bodies

/** The body made larger or smaller in every direction. */
export function scaled(of: Body, factor: number): Body {
  return {
    category: of.category,
    lengthM: of.lengthM * factor,
    widthM: of.widthM * factor,
    heightM: of.heightM * factor,
    shapes: of.shapes.map((shape) => scaledShape(shape, factor)),
  }
}

function scaledShape(shape: Shape, f: number): Shape {
  const at = { xM: shape.xM * f, yM: shape.yM * f, bottomM: shape.bottomM * f, heightM: shape.heightM * f }
  return shape.kind === 'box'
    ? { ...shape, ...at, lengthM: shape.lengthM * f, widthM: shape.widthM * f }
    : { ...shape, ...at, radiusM: shape.radiusM * f }
}
