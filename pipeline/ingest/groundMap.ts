/** A closed line in the city frame, x y z a vertex in metres; the last vertex joins the first. */
export type Ring = Float64Array

/** Ground heights on a regular raster over the city frame. */
export interface HeightRaster {
  rows: number
  columns: number
  /** City z in metres, row by row; NaN where unknown. */
  heightM: Float32Array
  /** Raster column and row of a place in the city frame, metres. */
  cellOf(xM: number, yM: number): [column: number, row: number]
}

/** Edge of the squares over which a height interpolated from rings is taken to be the same. */
const memoCellM = 1

/** Where one can drive and how high the ground is there, in the city frame. */
export class GroundMap {
  private readonly edgeHeights = new Map<string, number>()

  constructor(
    /** File it came from, for messages. */
    readonly file: string,
    readonly drivable: readonly Ring[],
    private readonly raster: HeightRaster | null,
  ) {}

  /** Ground height at a place: the raster's cell; without one, the height of the nearest boundary line. NaN: unknown. */
  heightM(xM: number, yM: number): number {
    const sampled = this.raster ? sample(this.raster, xM, yM) : Number.NaN
    if (!Number.isNaN(sampled)) return sampled
    const [cx, cy] = [Math.floor(xM / memoCellM), Math.floor(yM / memoCellM)]
    const key = `${cx} ${cy}`
    const known = this.edgeHeights.get(key)
    if (known !== undefined) return known
    const height = heightOfNearestEdge(this.drivable, (cx + 0.5) * memoCellM, (cy + 0.5) * memoCellM)
    this.edgeHeights.set(key, height)
    return height
  }
}

function sample(raster: HeightRaster, xM: number, yM: number): number {
  const [column, row] = raster.cellOf(xM, yM)
  const inside = column >= 0 && column < raster.columns && row >= 0 && row < raster.rows
  return inside ? raster.heightM[row * raster.columns + column] : Number.NaN
}

function heightOfNearestEdge(rings: readonly Ring[], xM: number, yM: number): number {
  let nearest = Number.POSITIVE_INFINITY
  let height = Number.NaN
  for (const ring of rings)
    for (let a = ring.length - 3, b = 0; b < ring.length; a = b, b += 3) {
      const [ex, ey] = [ring[b] - ring[a], ring[b + 1] - ring[a + 1]]
      const along = ((xM - ring[a]) * ex + (yM - ring[a + 1]) * ey) / (ex * ex + ey * ey || 1)
      const u = Math.min(1, Math.max(0, along))
      const distance = (ring[a] + u * ex - xM) ** 2 + (ring[a + 1] + u * ey - yM) ** 2
      if (distance < nearest) {
        nearest = distance
        height = ring[a + 2] + u * (ring[b + 2] - ring[a + 2])
      }
    }
  return height
}
