import { type Grid, voxelCount } from '../../pipeline/grid.js'
import { invert, type Pose, rotationMatrix, transform, yawOf } from '../../pipeline/pose.js'
import { categories, codeOf } from '../../pipeline/simulate/categories.js'
import { placed, type Shape } from '../../pipeline/simulate/shapes.js'
import { type GroundRaster, groundCodeAt } from '../../pipeline/simulate/surface.js'
import type { World } from '../../pipeline/simulate/world.js'

/** What a simulated world has in a voxel at one instant; bits of `TrueVoxels.what`. */
export const truth = {
  /** The voxel shares a volume with something solid, or the ground's plane cuts it. */
  touched: 1,
  /** The same for the voxel grown by half its side to all sides. */
  near: 2,
  /** Its centre lies in a shape. */
  centreInside: 4,
  /** All of it lies within one shape or below the ground: no surface of that is in it. */
  inside: 8,
  /** It is touched by something that moves. */
  mover: 16,
  /** It is touched by something that stands: structures, parked things, the ground left aside. */
  standing: 32,
  /** Its centre lies below the ground. */
  centreBelow: 64,
} as const

/** The world in the voxels of a grid: the truth that occupancy from sweeps is held against. */
export interface TrueVoxels {
  /** X·Y·Z bits of `truth`. */
  what: Uint8Array
  /** X·Y·Z sets of categories whose solids or ground touch the voxel; bit of the category's code. */
  categories: Uint32Array
  /** The same for the grown voxel. */
  nearCategories: Uint32Array
}

if (categories.length > 32) throw new RangeError('a set of categories is 32 bits')

/**
 * Voxelises a world at a time of its log: shapes are solid, the ground is the plane z = 0 and solid below. Exact but for
 * one thing: a voxel is taken as upright, while the ego's body pitches by at most 0.02 rad, which moves its corners by
 * less than 1 % of its side.
 */
export function trueVoxels(world: World, grid: Grid, timeS: number, siteFromEgo: Pose): TrueVoxels {
  const count = voxelCount(grid)
  const voxels: TrueVoxels = {
    what: new Uint8Array(count),
    categories: new Uint32Array(count),
    nearCategories: new Uint32Array(count),
  }
  const draw = new Drawing(grid, siteFromEgo, voxels)
  draw.ground(world.site.ground)
  for (const shape of world.site.structures) draw.shape(shape, truth.standing)
  const at = { xM: 0, yM: 0, yawRad: 0 }
  for (const { body, motion, stationAt } of world.actors) {
    stationAt(timeS, at)
    for (const shape of body.shapes) draw.shape(placed(shape, at), motion ? truth.mover : truth.standing)
  }
  return voxels
}

/** Draws solids into the voxels of one grid. */
class Drawing {
  private readonly egoFromSite: Pose
  private readonly rotation: Float64Array
  private readonly yawRad: number
  /** Site coordinates of the voxel's centre at hand. */
  private readonly centre = new Float64Array(3)

  constructor(
    private readonly grid: Grid,
    private readonly siteFromEgo: Pose,
    private readonly voxels: TrueVoxels,
  ) {
    this.egoFromSite = invert(siteFromEgo)
    this.rotation = rotationMatrix(siteFromEgo.q)
    this.yawRad = yawOf(siteFromEgo.q)
  }

  ground(ground: GroundRaster): void {
    const { dims, voxelM } = this.grid
    const half = voxelM / 2
    for (let v = 0; v < voxelCount(this.grid); v++) {
      const k = v % dims[2]
      const j = Math.floor(v / dims[2]) % dims[1]
      this.moveTo(Math.floor(v / dims[2] / dims[1]), j, k)
      const z = this.centre[2]
      if (Math.abs(z) < half) this.mark(v, truth.touched | truth.near, this.groundCodes(ground, half))
      else if (Math.abs(z) < 2 * half) this.mark(v, truth.near, this.groundCodes(ground, half))
      if (z < 0) this.voxels.what[v] |= z <= -half ? truth.inside | truth.centreBelow : truth.centreBelow
    }
  }

  shape(shape: Shape, kind: number): void {
    const { dims, originM, voxelM } = this.grid
    const at = transform(this.egoFromSite, [shape.xM, shape.yM, shape.bottomM + shape.heightM / 2])
    const flat = shape.kind === 'box' ? Math.hypot(shape.lengthM, shape.widthM) / 2 : shape.radiusM
    // The body's pitch tips a tall shape sideways and a long one up.
    const reach = [flat + 0.02 * shape.heightM, flat + 0.02 * shape.heightM, shape.heightM / 2 + 0.02 * flat]
    const [low, high] = [-1, 1].map((side) =>
      at.map((m, axis) => Math.floor((m + side * (reach[axis] + 2 * voxelM) - originM[axis]) / voxelM)),
    )
    for (let i = Math.max(0, low[0]); i <= Math.min(dims[0] - 1, high[0]); i++)
      for (let j = Math.max(0, low[1]); j <= Math.min(dims[1] - 1, high[1]); j++)
        for (let k = Math.max(0, low[2]); k <= Math.min(dims[2] - 1, high[2]); k++) {
          this.moveTo(i, j, k)
          const found = this.relation(shape)
          if (found !== 0)
            this.mark(
              (i * dims[1] + j) * dims[2] + k,
              found & truth.touched ? found | kind : found,
              1 << codeOf[shape.category],
            )
        }
  }

  private moveTo(i: number, j: number, k: number): void {
    const { originM, voxelM } = this.grid
    const { rotation: m, siteFromEgo, centre } = this
    const x = originM[0] + (i + 0.5) * voxelM
    const y = originM[1] + (j + 0.5) * voxelM
    const z = originM[2] + (k + 0.5) * voxelM
    for (let row = 0; row < 3; row++)
      centre[row] = m[3 * row] * x + m[3 * row + 1] * y + m[3 * row + 2] * z + siteFromEgo.t[row]
  }

  /** How the voxel at hand lies to a shape: bits of `truth`. */
  private relation(shape: Shape): number {
    const half = this.grid.voxelM / 2
    const up = Math.abs(this.centre[2] - shape.bottomM - shape.heightM / 2)
    const tall = shape.heightM / 2
    if (up >= tall + 2 * half) return 0
    const flat = shape.kind === 'box' ? this.toBox(shape, half) : this.toCylinder(shape, half)
    let found = 0
    if (flat & truth.near) found |= truth.near
    if (flat & truth.touched && up < tall + half) found |= truth.touched
    if (flat & truth.centreInside && up <= tall) found |= truth.centreInside
    if (flat & truth.inside && up + half <= tall) found |= truth.inside
    return found
  }

  /** In the ground plane: two rectangles, told apart by their four axes. */
  private toBox({ xM, yM, yawRad, lengthM, widthM }: Extract<Shape, { kind: 'box' }>, half: number): number {
    const [dx, dy] = [this.centre[0] - xM, this.centre[1] - yM]
    const [cos, sin] = [Math.cos(yawRad), Math.sin(yawRad)]
    const [x, y] = [Math.abs(cos * dx + sin * dy), Math.abs(cos * dy - sin * dx)]
    const [hx, hy] = [lengthM / 2, widthM / 2]
    const [c, s] = [Math.cos(this.yawRad), Math.sin(this.yawRad)]
    const [u, v] = [Math.abs(c * dx + s * dy), Math.abs(c * dy - s * dx)]
    const [p, q] = [Math.abs(Math.cos(this.yawRad - yawRad)), Math.abs(Math.sin(this.yawRad - yawRad))]
    const overlaps = (h: number) =>
      x < hx + h * (p + q) && y < hy + h * (p + q) && u < h + hx * p + hy * q && v < h + hx * q + hy * p
    if (!overlaps(2 * half)) return 0
    const corner = half * (p + q)
    return (
      truth.near |
      (overlaps(half) ? truth.touched : 0) |
      (x <= hx && y <= hy ? truth.centreInside : 0) |
      (x + corner <= hx && y + corner <= hy ? truth.inside : 0)
    )
  }

  /** In the ground plane: a square and a circle. */
  private toCylinder({ xM, yM, radiusM }: Extract<Shape, { kind: 'cylinder' }>, half: number): number {
    const [dx, dy] = [this.centre[0] - xM, this.centre[1] - yM]
    const [c, s] = [Math.cos(this.yawRad), Math.sin(this.yawRad)]
    const [u, v] = [Math.abs(c * dx + s * dy), Math.abs(c * dy - s * dx)]
    const overlaps = (h: number) => Math.hypot(Math.max(0, u - h), Math.max(0, v - h)) < radiusM
    if (!overlaps(2 * half)) return 0
    return (
      truth.near |
      (overlaps(half) ? truth.touched : 0) |
      (Math.hypot(u, v) <= radiusM ? truth.centreInside : 0) |
      (Math.hypot(u + half, v + half) <= radiusM ? truth.inside : 0)
    )
  }

  private mark(voxel: number, bits: number, codes: number): void {
    const { what, categories: here, nearCategories } = this.voxels
    what[voxel] |= bits
    nearCategories[voxel] |= codes
    if (bits & truth.touched) here[voxel] |= codes
  }

  /** The ground under the voxel's middle and corners. */
  private groundCodes(ground: GroundRaster, half: number): number {
    const [x, y] = this.centre
    const [c, s] = [half * Math.cos(this.yawRad), half * Math.sin(this.yawRad)]
    let codes = 1 << groundCodeAt(ground, x, y)
    for (const [a, b] of [
      [1, 1],
      [1, -1],
      [-1, 1],
      [-1, -1],
    ])
      codes |= 1 << groundCodeAt(ground, x + a * c - b * s, y + a * s + b * c)
    return codes
  }
}
