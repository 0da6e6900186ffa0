import type { Grid } from '../../grid.js'
import type { DatasetTaxonomy } from '../../taxonomy.js'

/** Rings of a signature are this far apart, and none lies farther out than the reach. */
const ringM = 5
const reachM = 40
const sectors = 16
/** Nearer than this there is the ego itself, and a shift of a metre turns everything around. */
const blindM = 2
/** A bin needs this many columns of the grid to be one. */
const leastColumns = 4
/** How high obstacles stand, and where ground was seen. */
const channels = 2
/** With fewer columns that hold an obstacle a frame looks like any other empty one. */
const leastObstacles = 20
/** Roots of metres and of shares, in hundredths: a byte goes up to 6.5 m. */
const stepsPerRoot = 100

/**
 * Makes the occupancy signatures of a dataset's frames: what stands around the ego, coarsely, seen from above. As in
 * Scan Context (https://ieeexplore.ieee.org/document/8593953, section III.A) space is cut into rings and sectors and each
 * bin tells the height of what stands in it. Here bins overlap (a column counts for the four around it, by how near they
 * are), so that a shift of a metre or a turn of 5° changes little; the mean height stands where there the highest point
 * does, for the same reason; and ground is a channel of its own, because occupancy tells it from obstacles.
 */
export class Signer {
  /** Values in a signature. */
  readonly length: number
  private readonly isObstacle: Uint8Array
  private readonly isGround: Uint8Array
  /** Four bins and their weights for each column i·Y + j; bin −1: outside. */
  private readonly binOf: Int16Array
  private readonly weightOf: Float32Array

  constructor(
    private readonly grid: Grid,
    taxonomy: DatasetTaxonomy,
  ) {
    this.isGround = Uint8Array.from(taxonomy.classes, ({ superclass }) => Number(superclass === 'ground'))
    this.isObstacle = Uint8Array.from(taxonomy.classes, ({ superclass }) =>
      Number(superclass !== 'ground' && superclass !== 'free'),
    )
    const [columnsX, columnsY] = grid.dims
    this.binOf = new Int16Array(4 * columnsX * columnsY).fill(-1)
    this.weightOf = new Float32Array(4 * columnsX * columnsY)
    this.length = channels * this.layBins()
  }

  /**
   * The signature of a frame's semantics (X·Y·Z class indices, z fastest): of each bin the mean height of obstacles over
   * the grid's floor, metres, and the share of ground, both as hundredths of their square root, which keeps one high wall
   * from drowning everything else. Null when too little stands around to tell the frame from others.
   */
  sign(semantics: Uint8Array): Uint8Array | null {
    const signature = new Float32Array(this.length)
    const height = this.grid.dims[2]
    let obstacles = 0
    for (let column = 0; 4 * column < this.binOf.length; column++) {
      let [top, ground] = [0, 0]
      for (let k = 0; k < height; k++) {
        const label = semantics[column * height + k]
        if (this.isObstacle[label]) top = k + 1
        else ground |= this.isGround[label]
      }
      if (top === 0 && ground === 0) continue
      if (top > 0) obstacles++
      this.add(signature, column, top * this.grid.voxelM, ground)
    }
    if (obstacles < leastObstacles) return null
    return Uint8Array.from(signature, (value) => Math.min(255, Math.round(stepsPerRoot * Math.sqrt(value))))
  }

  private add(signature: Float32Array, column: number, topM: number, ground: number): void {
    for (let corner = 4 * column; corner < 4 * column + 4; corner++) {
      const bin = this.binOf[corner]
      if (bin < 0) continue
      signature[channels * bin] += this.weightOf[corner] * topM
      signature[channels * bin + 1] += this.weightOf[corner] * ground
    }
  }

  /** Finds bins and weights of all columns; the weights of a bin sum to 1. Returns how many bins there are. */
  private layBins(): number {
    const rings = Math.ceil(reachM / ringM)
    const [sums, counts] = [new Float64Array(rings * sectors), new Int32Array(rings * sectors)]
    this.eachCorner((corner, bin, weight) => {
      this.binOf[corner] = bin
      this.weightOf[corner] = weight
      sums[bin] += weight
      counts[bin]++
    })
    let used = 0
    const numberOf = Int16Array.from(counts, (count) => (count < leastColumns ? -1 : used++))
    this.binOf.forEach((bin, corner) => {
      if (bin < 0) return
      this.weightOf[corner] /= sums[bin]
      this.binOf[corner] = numberOf[bin]
    })
    return used
  }

  private eachCorner(visit: (corner: number, bin: number, weight: number) => void): void {
    const { originM, voxelM, dims } = this.grid
    const rings = Math.ceil(reachM / ringM)
    for (let i = 0; i < dims[0]; i++)
      for (let j = 0; j < dims[1]; j++) {
        const [x, y] = [originM[0] + (i + 0.5) * voxelM, originM[1] + (j + 0.5) * voxelM]
        const radius = Math.hypot(x, y)
        if (radius < blindM || radius >= reachM) continue
        const ring = Math.max(0, radius / ringM - 0.5)
        const sector = ((Math.atan2(y, x) / (2 * Math.PI) + 1) * sectors) % sectors
        for (let c = 0; c < 4; c++) {
          const [r, s] = [Math.floor(ring) + (c >> 1), Math.floor(sector) + (c & 1)]
          const weight = (1 - Math.abs(ring - r)) * (1 - Math.abs(sector - s))
          if (r < rings && weight > 0) visit(4 * (i * dims[1] + j) + c, r * sectors + (s % sectors), weight)
        }
      }
  }
}
