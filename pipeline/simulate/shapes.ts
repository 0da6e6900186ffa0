import type { Category } from './categories.js'
import type { Station } from './loop.js'

/** An upright box turned about z by `yawRad`; x, y its centre, `bottomM` above the ground. Frame: site or body. */
export interface Box extends Station {
  kind: 'box'
  category: Category
  bottomM: number
  lengthM: number
  widthM: number
  heightM: number
}

/** An upright cylinder. */
export interface Cylinder {
  kind: 'cylinder'
  category: Category
  xM: number
  yM: number
  bottomM: number
  radiusM: number
  heightM: number
}

/** What the world is made of. The ground is z = 0 of the site frame and no shape. */
export type Shape = Box | Cylinder

/** A box of size [length, width, height] at [x, y, bottom]. */
export function box(
  category: Category,
  [xM, yM, bottomM]: readonly [number, number, number],
  [lengthM, widthM, heightM]: readonly [number, number, number],
  yawRad = 0,
): Box {
  return { kind: 'box', category, xM, yM, yawRad, bottomM, lengthM, widthM, heightM }
}

/** A cylinder at [x, y, bottom]. */
export function cylinder(
  category: Category,
  [xM, yM, bottomM]: readonly [number, number, number],
  radiusM: number,
  heightM: number,
): Cylinder {
  return { kind: 'cylinder', category, xM, yM, bottomM, radiusM, heightM }
}

/** A tree: a trunk and a crown. `heightM` is the whole tree's. */
export function tree(xM: number, yM: number, heightM: number, crownRadiusM: number): Shape[] {
  const crownFromM = 0.4 * heightM
  return [
    cylinder('VEGETATION', [xM, yM, 0], 0.18, crownFromM),
    cylinder('VEGETATION', [xM, yM, crownFromM], crownRadiusM, heightM - crownFromM),
  ]
}

/** The shape moved from the body frame that `at` places into the frame of `at`. */
export function placed<S extends Shape>(shape: S, at: Station): S {
  const [cos, sin] = [Math.cos(at.yawRad), Math.sin(at.yawRad)]
  const moved = {
    ...shape,
    xM: at.xM + cos * shape.xM - sin * shape.yM,
    yM: at.yM + sin * shape.xM + cos * shape.yM,
  }
  return shape.kind === 'box' ? { ...moved, yawRad: shape.yawRad + at.yawRad } : moved
}

/** Half extents of a shape in its own frame; a cylinder's are its radius twice. */
export function halfExtents(shape: Shape): readonly [number, number, number] {
  return shape.kind === 'box'
    ? [shape.lengthM / 2, shape.widthM / 2, shape.heightM / 2]
    : [shape.radiusM, shape.radiusM, shape.heightM / 2]
}
