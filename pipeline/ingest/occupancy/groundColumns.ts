import type { Grid } from '../../grid.js'
import { invert, type Pose, rotationMatrix } from '../../pose.js'
import type { GroundMap, Ring } from '../groundMap.js'

/** The map under a grid: for every column (i, j), index i·Y + j, whether it is drivable and how high its ground is. */
export class GroundColumns {
  /** 1 where the column's centre lies in a drivable area (even–odd rule a ring, union over rings). */
  readonly drivable: Uint8Array
  /** Ego z of the ground in a drivable column, metres; NaN where the map does not say. */
  readonly heightM: Float32Array
  private readonly crossings: number[][]

  constructor(private readonly grid: Grid) {
    const [X, Y] = grid.dims
    this.drivable = new Uint8Array(X * Y)
    this.heightM = new Float32Array(X * Y)
    this.crossings = Array.from({ length: X }, () => [])
  }

  /** Lays the map under the grid of an ego at this pose. */
  place(map: GroundMap | null, cityFromEgo: Pose): void {
    this.drivable.fill(0)
    this.heightM.fill(Number.NaN)
    if (!map) return
    const egoFromCity = invert(cityFromEgo)
    for (const ring of map.drivable) this.fill(ring, egoFromCity)
    this.measure(map, cityFromEgo, egoFromCity)
  }

  /**
   * Voxel layer k of the ground in column `column`; −1 when it is unknown or outside the grid, or when less than
   * `filledM` of the voxel is below ground.
   */
  layer(column: number, filledM = 0): number {
    const aboveM = this.heightM[column] - this.grid.originM[2]
    const k = Math.floor(aboveM / this.grid.voxelM)
    if (aboveM - k * this.grid.voxelM < filledM) return -1
    return k >= 0 && k < this.grid.dims[2] ? k : -1
  }

  /** Scan conversion along x: where the ring's edges cross the line of column centres with the same i. */
  private fill(ring: Ring, egoFromCity: Pose): void {
    const { originM, voxelM, dims } = this.grid
    const m = rotationMatrix(egoFromCity.q)
    const [tx, ty] = egoFromCity.t
    const u = new Float64Array(ring.length / 3)
    const v = new Float64Array(ring.length / 3)
    // In voxel units, shifted by a half so that column centres are whole numbers.
    for (let p = 0, a = 0; p < u.length; p++, a += 3) {
      const [x, y, z] = [ring[a], ring[a + 1], ring[a + 2]]
      u[p] = (m[0] * x + m[1] * y + m[2] * z + tx - originM[0]) / voxelM - 0.5
      v[p] = (m[3] * x + m[4] * y + m[5] * z + ty - originM[1]) / voxelM - 0.5
    }
    for (const row of this.crossings) row.length = 0
    for (let a = u.length - 1, b = 0; b < u.length; a = b++) {
      const [low, high] = u[a] < u[b] ? [a, b] : [b, a]
      const last = Math.min(dims[0] - 1, Math.ceil(u[high]) - 1)
      for (let i = Math.max(0, Math.ceil(u[low])); i <= last; i++)
        this.crossings[i].push(v[low] + ((v[high] - v[low]) * (i - u[low])) / (u[high] - u[low]))
    }
    this.crossings.forEach((row, i) => {
      row.sort((a, b) => a - b)
      for (let c = 0; c + 1 < row.length; c += 2) this.fillRow(i, row[c], row[c + 1])
    })
  }

  private fillRow(i: number, from: number, to: number): void {
    const Y = this.grid.dims[1]
    const last = Math.min(Y - 1, Math.floor(to))
    for (let j = Math.max(0, Math.ceil(from)); j <= last; j++) this.drivable[i * Y + j] = 1
  }

  /** By scalars: tuples for every column would cost more than all else that is done for a frame. */
  private measure(map: GroundMap, cityFromEgo: Pose, egoFromCity: Pose): void {
    const { originM, voxelM, dims } = this.grid
    const c = rotationMatrix(cityFromEgo.q)
    const e = rotationMatrix(egoFromCity.q)
    const [cx, cy] = cityFromEgo.t
    const ez = egoFromCity.t[2]
    for (let i = 0, column = 0; i < dims[0]; i++)
      for (let j = 0; j < dims[1]; j++, column++) {
        if (!this.drivable[column]) continue
        const u = originM[0] + (i + 0.5) * voxelM
        const v = originM[1] + (j + 0.5) * voxelM
        const x = c[0] * u + c[1] * v + cx
        const y = c[3] * u + c[4] * v + cy
        const z = e[6] * x + e[7] * y + e[8] * map.heightM(x, y) + ez
        // To a tenth of a millimetre: a flat map at z = 0 must not flicker between layers by rounding.
        this.heightM[column] = Math.round(z * 1e4) / 1e4
      }
  }
}
