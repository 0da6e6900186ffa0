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
 * (x or y, whichever it moves along faster). So the walk goes from crossing to crossing and sets the bits of each run of
 * voxels at once. That is a third of the steps, no branch on voxel boundaries of the major axis, one word of memory a
 * run in a table small enough for the processor's cache, and nothing is allocated for a ray.
 */
export class RayCaster {
  /** A bit a voxel. Rows along x, one for each (k, j), then rows along y, one for each (k, i). */
  private readonly bits: Int32Array
  /** Words of a row along x and of one along y: room for one voxel more than the grid has, where rounding may end. */
  private readonly rowWords: readonly [number, number]
  /** Where the rows along y start. */
  private readonly yRows: number
  /**
   * The ray at hand: start x y z and direction x y z in voxels, then the shares of it at which it enters and leaves the
   * grid. Truncation is the floor in all that is computed from it: a cut ray lies in the grid but for rounding.
   */
  private readonly segment = new Float64Array(8)

  constructor(private readonly grid: Grid) {
    const [X, Y, Z] = grid.dims
    this.rowWords = [(X >> 5) + 1, (Y >> 5) + 1]
    this.yRows = this.rowWords[0] * Y * Z
    this.bits = new Int32Array(this.yRows + this.rowWords[1] * X * Z)
  }

  clear(): void {
    this.bits.fill(0)
  }

  /** Marks what each ray passes, without the voxel it ends in; a ray that ends outside is followed to the border. */
  cast({ count, fromM, toM }: Rays): void {
    const { segment, grid } = this
    const [X, Y, Z] = grid.dims
    const [originX, originY, originZ] = grid.originM
    const perM = 1 / grid.voxelM
    for (let ray = 0; ray < 3 * count; ray += 3) {
      const x = (fromM[ray] - originX) * perM
      const y = (fromM[ray + 1] - originY) * perM
      const z = (fromM[ray + 2] - originZ) * perM
      const endX = (toM[ray] - originX) * perM
      const endY = (toM[ray + 1] - originY) * perM
      const endZ = (toM[ray + 2] - originZ) * perM
      segment[0] = x
      segment[1] = y
      segment[2] = z
      segment[3] = endX - x
      segment[4] = endY - y
      segment[5] = endZ - z
      segment[6] = 0
      segment[7] = endsInside
      const startsWithin = x >= 0 && y >= 0 && z >= 0 && x < X && y < Y && z < Z
      const isWithin = startsWithin && endX >= 0 && endY >= 0 && endZ >= 0 && endX < X && endY < Y && endZ < Z
      if (isWithin || this.clip(fromM, toM, ray)) this.walk(Math.abs(endX - x) >= Math.abs(endY - y) ? 0 : 1)
    }
  }

  /** Puts into `segment` where the ray enters and leaves the grid; false when it misses it. */
  private clip(fromM: Float32Array, toM: Float32Array, ray: number): boolean {
    const { segment, grid } = this
    const perM = 1 / grid.voxelM
    let enter = 0
    let leave = endsInside
    for (let axis = 0; axis < 3; axis++) {
      const size = grid.dims[axis]
      const start = (fromM[ray + axis] - grid.originM[axis]) * perM
      const end = (toM[ray + axis] - grid.originM[axis]) * perM
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
   * Sets the runs of the cut ray along its major axis u (0 = x, 1 = y); v is the other one. In one piece, and with
   * neither tuples nor calls with numbers that are not whole: both would allocate, several times a ray.
   */
  private walk(major: 0 | 1): void {
    const { segment, bits } = this
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

    const words = this.rowWords[major]
    const toNextZ = (dz > 0 ? words : -words) * V
    const toNextV = dv > 0 ? words : -words
    let row = (major === 0 ? 0 : this.yRows) + (z * V + v) * words
    for (let leftZ = Math.abs(lastZ - z); ; leftZ--) {
      const layerEndV = leftZ === 0 ? lastV : Math.min(V - 1, (v0 + dv * nextZ) | 0)
      for (let left = dv > 0 ? layerEndV - v : v - layerEndV; left > 0; left--) {
        const atCrossing = (u0 + du * nextV) | 0
        if (du > 0) setRun(bits, row, u, atCrossing)
        else setRun(bits, row, atCrossing, u)
        u = atCrossing
        row += toNextV
        nextV += stepV
      }
      v = layerEndV
      if (leftZ === 0) break
      const atCrossing = (u0 + du * nextZ) | 0
      if (du > 0) setRun(bits, row, u, atCrossing)
      else setRun(bits, row, atCrossing, u)
      u = atCrossing
      row += toNextZ
      nextZ += stepZ
    }
    const past = inside ? 1 : 0
    if (du > 0) setRun(bits, row, u, lastU - past)
    else setRun(bits, row, lastU + past, u)
  }

  /** Sets the byte of every voxel that a ray passed since `clear`; the others stay as they are. */
  markPassed(voxels: Uint8Array): void {
    const [X, Y, Z] = this.grid.dims
    if (voxels.length !== voxelCount(this.grid)) throw new RangeError('one byte a voxel')
    const { bits, rowWords } = this
    let row = 0
    for (let k = 0; k < Z; k++)
      for (let j = 0; j < Y; j++, row += rowWords[0]) markRow(bits, row, X, voxels, j * Z + k, Y * Z)
    for (let k = 0; k < Z; k++)
      for (let i = 0; i < X; i++, row += rowWords[1]) markRow(bits, row, Y, voxels, i * Y * Z + k, Z)
  }
}

/** Sets bits `low` to `high` of the row that starts at word `row`; none when `high` is below `low`. */
function setRun(bits: Int32Array, row: number, low: number, high: number): void {
  if (high < low) return
  const from = row + (low >> 5)
  const to = row + (high >> 5)
  // JavaScript takes the lowest five bits of a shift: the place within the word.
  if (from === to) {
    bits[from] |= ((2 << (high - low)) - 1) << low
    return
  }
  bits[from] |= -1 << low
  for (let word = from + 1; word < to; word++) bits[word] = -1
  bits[to] |= (2 << high) - 1
}

/** Sets the byte of every voxel of one row whose bit is set; bytes of neighbours lie `stride` apart. */
function markRow(bits: Int32Array, row: number, length: number, voxels: Uint8Array, first: number, stride: number) {
  for (let start = 0; start < length; start += 32) {
    const within = length - start
    let word = bits[row + (start >> 5)] & (within < 32 ? (1 << within) - 1 : -1)
    for (let at = first + start * stride; word !== 0; word >>>= 1, at += stride) if (word & 1) voxels[at] = 1
  }
}
