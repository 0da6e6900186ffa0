import type { Grid } from '../../pipeline/grid.js'
import type { Vec3 } from '../../pipeline/pose.js'

/**
 * The voxels that rays from one origin pass, in order, up to the border of the grid: walked once (J. Amanatides & A. Woo, "A
 * Fast Voxel Traversal Algorithm for Ray Tracing", 1987), then read for every grid of labels. Where planes of two axes are
 * met at once, z goes before y and y before x, as in the code of RayIoU.
 */
export class RayPaths {
  /** Rays R. */
  readonly rays: number
  /** [R + 1] where the path of each ray begins in `voxels`. */
  private readonly starts: Int32Array
  private voxels = new Int32Array(1 << 16)
  private readonly origin: [number, number, number] = [0, 0, 0]

  /** @param directions - [R, 3] unit vectors in the ego frame. */
  constructor(
    private readonly grid: Grid,
    private readonly directions: Float64Array,
  ) {
    this.rays = directions.length / 3
    this.starts = new Int32Array(this.rays + 1)
  }

  /** Walks the rays from an origin in the grid, metres in the ego frame. */
  from(originM: Vec3): this {
    for (const axis of [0, 1, 2]) this.origin[axis] = (originM[axis] - this.grid.originM[axis]) / this.grid.voxelM
    let at = 0
    for (let ray = 0; ray < this.rays; ray++) {
      this.starts[ray] = at
      at = this.walk(ray, at)
    }
    this.starts[this.rays] = at
    return this
  }

  /**
   * The voxel, [R], in which each ray ends: the first that is not free, else the last of the grid.
   *
   * @param labels - [V] class indices.
   */
  cast(labels: Uint8Array, free: number): Int32Array {
    const { starts, voxels, rays } = this
    const ends = new Int32Array(rays)
    for (let ray = 0; ray < rays; ray++) {
      const last = starts[ray + 1] - 1
      let at = starts[ray]
      while (at < last && labels[voxels[at]] === free) at++
      ends[ray] = voxels[at]
    }
    return ends
  }

  /** Metres from the origin to where a ray leaves a voxel of its path. */
  exitM(ray: number, voxel: number): number {
    const { directions, origin, grid } = this
    const [, Y, Z] = grid.dims
    const k = voxel % Z
    const column = (voxel - k) / Z
    const j = column % Y
    const i = (column - j) / Y
    const x = untilLeft(directions[3 * ray], origin[0], i)
    const y = untilLeft(directions[3 * ray + 1], origin[1], j)
    return Math.min(x, y, untilLeft(directions[3 * ray + 2], origin[2], k)) * grid.voxelM
  }

  /** Writes the voxels of a ray from `at` on and returns where they end. */
  private walk(ray: number, start: number): number {
    const { directions, origin, grid } = this
    const [X, Y, Z] = grid.dims
    if (this.voxels.length < start + X + Y + Z) this.grow(start + X + Y + Z)
    const { voxels } = this
    const [dx, dy, dz] = [directions[3 * ray], directions[3 * ray + 1], directions[3 * ray + 2]]
    let [i, j, k] = [Math.floor(origin[0]), Math.floor(origin[1]), Math.floor(origin[2])]
    const [stepX, stepY, stepZ] = [dx >= 0 ? 1 : -1, dy >= 0 ? 1 : -1, dz >= 0 ? 1 : -1]
    const [perX, perY, perZ] = [stepX / dx, stepY / dy, stepZ / dz]
    let nextX = untilLeft(dx, origin[0], i)
    let nextY = untilLeft(dy, origin[1], j)
    let nextZ = untilLeft(dz, origin[2], k)
    let at = start
    while (i >= 0 && i < X && j >= 0 && j < Y && k >= 0 && k < Z) {
      voxels[at++] = (i * Y + j) * Z + k
      if (nextX < nextY && nextX < nextZ) {
        i += stepX
        nextX += perX
      } else if (nextY < nextZ && nextX >= nextY) {
        j += stepY
        nextY += perY
      } else {
        k += stepZ
        nextZ += perZ
      }
    }
    return at
  }

  private grow(length: number): void {
    const wider = new Int32Array(2 * length)
    wider.set(this.voxels)
    this.voxels = wider
  }
}

/** Voxel lengths along a ray until it leaves layer `index` of an axis; never where it runs along the layer. */
function untilLeft(direction: number, origin: number, index: number): number {
  if (direction === 0) return Number.POSITIVE_INFINITY
  return (index + (direction > 0 ? 1 : 0) - origin) / direction
}
