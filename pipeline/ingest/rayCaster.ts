import { type Grid, voxelCount } from '../grid.js'

/** Segments to cast, reused from sweep to sweep: x y z a ray, metres in the grid's frame. */
export interface Rays {
  count: number
  /** Where the sensor stood, 3·count. */
  fromM: Float32Array
  /** Where the pulse came back from, 3·count. */
  toM: Float32Array
}

/** In place of the share at which a ray leaves the grid: it does not. */
const endsInside = 2

/**
 * Exact free-space ray casting: finds every voxel that a segment passes through, as Amanatides & Woo 1987 ("A fast
 * voxel traversal algorithm for ray tracing", Eurographics) do, in runs instead of single steps.
 *
 * Between two crossings of the planes of the minor axis or of z, a ray stays in one row of voxels along its major axis
 * (x or y, whichever it moves along faster). So the walk goes from crossing to crossing and notes only where each run
 * of voxels starts (+1) and where it is over (−1); the sums along the rows, taken once for all rays, are the number of
 * rays through each voxel. That is a third of the steps, no branch on voxel boundaries of the major axis, and nothing
 * is allocated for a ray.
 */
export class RayCaster {
  /** Rows along x, one for each (j, k), then rows along y, one for each (i, k); each one longer than the grid. */
  private readonly changes: Int32Array
  private readonly yRows: number
  /**
   * The ray at hand: start x y z and direction x y z in voxels, then the shares of it at which it enters and leaves the
   * grid. Truncation is the floor in all that is computed from it: a cut ray lies in the grid but for rounding.
   */
  private readonly segment = new Float64Array(8)

  constructor(private readonly grid: Grid) {
    const [X, Y, Z] = grid.dims
    this.yRows = (X + 2) * Y * Z
    this.changes = new Int32Array(this.yRows + (Y + 2) * X * Z)
  }

  clear(): void {
    this.changes.fill(0)
  }

  /** Marks what each ray passes, without the voxel it ends in; a ray that ends outside is followed to the border. */
  cast({ count, fromM, toM }: Rays): void {
    const { segment } = this
    for (let ray = 0; ray < 3 * count; ray += 3)
      if (this.clip(fromM, toM, ray)) this.walk(Math.abs(segment[3]) >= Math.abs(segment[4]) ? 0 : 1)
  }

  /** Puts the ray, cut to the grid, into `segment`; false when it misses the grid. */
  private clip(fromM: Float32Array, toM: Float32Array, ray: number): boolean {
    const { segment, grid } = this
    const perM = 1 / grid.voxelM
    let enter = 0
    let leave = endsInside
    for (let axis = 0; axis < 3; axis++) {
      const size = grid.dims[axis]
      const start = (fromM[ray + axis] - grid.originM[axis]) * perM
      const end = (toM[ray + axis] - grid.originM[axis]) * perM
      segment[axis] = start
      segment[axis + 3] = end - start
      if (end < 0) leave = Math.min(leave, -start / (end - start))
      else if (end >= size) leave = Math.min(leave, (size - start) / (end - start))
      if (start < 0) enter = Math.max(enter, -start / (end - start))
      else if (start >= size) enter = Math.max(enter, (size - start) / (end - start))
    }
    segment[6] = enter
    segment[7] = leave
    return enter < Math.min(leave, 1)
  }

  /**
   * Notes the runs of the cut ray along its major axis u (0 = x, 1 = y); v is the other one. In one piece, and with
   * neither tuples nor calls with numbers that are not whole: both would allocate, several times a ray.
   */
  private walk(major: 0 | 1): void {
    const { segment, changes } = this
    const U = this.grid.dims[major]
    const V = this.grid.dims[1 - major]
    const Z = this.grid.dims[2]
    const u0 = segment[major]
    const v0 = segment[1 - major]
    const z0 = segment[2]
    const du = segment[major + 3]
    const dv = segment[4 - major]
    const dz = segment[5]
    const enter = segment[6]
    const inside = segment[7] === endsInside
    const end = inside ? 1 : segment[7]

    let u = Math.min(U - 1, (u0 + du * enter) | 0)
    let v = Math.min(V - 1, (v0 + dv * enter) | 0)
    const z = Math.min(Z - 1, (z0 + dz * enter) | 0)
    const lastU = Math.min(U - 1, (u0 + du * end) | 0)
    const lastV = Math.min(V - 1, (v0 + dv * end) | 0)
    const lastZ = Math.min(Z - 1, (z0 + dz * end) | 0)
    // Share of the ray at the next plane of the axis, and from plane to plane.
    const stepV = 1 / Math.abs(dv)
    const stepZ = 1 / Math.abs(dz)
    let nextV = (dv > 0 ? v + 1 - v0 : v0 - v) * stepV
    let nextZ = (dz > 0 ? z + 1 - z0 : z0 - z) * stepZ

    const rowLength = U + 2
    const toNextZ = dz > 0 ? rowLength : -rowLength
    const toNextV = (dv > 0 ? rowLength : -rowLength) * Z
    let row = (major === 0 ? 0 : this.yRows) + (v * Z + z) * rowLength
    // A run towards smaller u is entered at its far end: its +1 stands where the next run's −1 would.
    const sign = du > 0 ? 1 : -1
    const first = du > 0 ? 0 : 1
    const past = 1 - first
    for (let leftZ = Math.abs(lastZ - z); ; leftZ--) {
      const layerEndV = leftZ === 0 ? lastV : Math.min(V - 1, (v0 + dv * nextZ) | 0)
      for (let left = dv > 0 ? layerEndV - v : v - layerEndV; left > 0; left--) {
        const atCrossing = (u0 + du * nextV) | 0
        changes[row + u + first] += sign
        changes[row + atCrossing + past] -= sign
        u = atCrossing
        row += toNextV
        nextV += stepV
      }
      v = layerEndV
      if (leftZ === 0) break
      const atCrossing = (u0 + du * nextZ) | 0
      changes[row + u + first] += sign
      changes[row + atCrossing + past] -= sign
      u = atCrossing
      row += toNextZ
      nextZ += stepZ
    }
    changes[row + u + first] += sign
    changes[row + lastU + (inside ? first : past)] -= sign
  }

  /** Sets the byte of every voxel that a ray passed since `clear`; the others stay as they are. */
  markPassed(voxels: Uint8Array): void {
    const [X, Y, Z] = this.grid.dims
    if (voxels.length !== voxelCount(this.grid)) throw new RangeError('one byte a voxel')
    const { changes } = this
    for (let j = 0; j < Y; j++)
      for (let k = 0; k < Z; k++)
        for (let i = 0, at = (j * Z + k) * (X + 2), rays = 0; i < X; i++) {
          rays += changes[at + i]
          if (rays > 0) voxels[(i * Y + j) * Z + k] = 1
        }
    for (let i = 0; i < X; i++)
      for (let k = 0; k < Z; k++)
        for (let j = 0, at = this.yRows + (i * Z + k) * (Y + 2), rays = 0; j < Y; j++) {
          rays += changes[at + j]
          if (rays > 0) voxels[(i * Y + j) * Z + k] = 1
        }
  }
}
