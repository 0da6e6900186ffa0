import { type Grid, voxelCount } from '../../grid.js'
import { invert, type Pose, rotationMatrix, transform, type Vec3 } from '../../pose.js'

/**
 * A grid that lies in a sensor's axes, laid into the ego's: the ego grid's voxels have the same size and each takes what
 * the sensor grid's voxel at its centre holds.
 */
export class GridInEgo {
  readonly grid: Grid
  /** By voxel of `grid`: the sensor grid's voxel, or −1 outside of it. Large: made when the first grid is read. */
  private from: Int32Array | null = null

  constructor(
    private readonly source: Grid,
    private readonly egoFromSensor: Pose,
  ) {
    const dims = dimsInEgo(source, rotationMatrix(egoFromSensor.q))
    const middle = source.originM.map((m, axis) => m + (source.dims[axis] * source.voxelM) / 2) as unknown as Vec3
    const originM = transform(egoFromSensor, middle).map((m, axis) => m - (dims[axis] * source.voxelM) / 2)
    this.grid = { name: source.name, originM: originM as unknown as Vec3, voxelM: source.voxelM, dims }
  }

  /** The sensor grid's bytes at the ego grid's voxels; `outside` where it has none. */
  gather(values: Uint8Array, outside: number): Uint8Array {
    this.from ??= sources(this.source, this.grid, invert(this.egoFromSensor))
    const { from } = this
    const gathered = new Uint8Array(from.length)
    for (let voxel = 0; voxel < from.length; voxel++) gathered[voxel] = from[voxel] < 0 ? outside : values[from[voxel]]
    return gathered
  }
}

/** Cells along the ego's axes: each takes the sensor's axis that is nearest to it, of those left. */
function dimsInEgo({ dims }: Grid, turn: Float64Array): [number, number, number] {
  const left = [0, 1, 2]
  return [0, 1, 2].map((ego) => {
    const nearest = left.reduce((best, axis) =>
      Math.abs(turn[3 * ego + axis]) > Math.abs(turn[3 * ego + best]) ? axis : best,
    )
    left.splice(left.indexOf(nearest), 1)
    return dims[nearest]
  }) as [number, number, number]
}

function sources(source: Grid, ego: Grid, { q, t }: Pose): Int32Array {
  const from = new Int32Array(voxelCount(ego))
  const m = rotationMatrix(q)
  const [X, Y, Z] = source.dims
  const [x0, y0, z0] = source.originM
  const centre = (axis: 0 | 1 | 2, cell: number) => ego.originM[axis] + (cell + 0.5) * ego.voxelM
  let voxel = 0
  for (let i = 0; i < ego.dims[0]; i++) {
    const x = centre(0, i)
    for (let j = 0; j < ego.dims[1]; j++) {
      const y = centre(1, j)
      for (let k = 0; k < ego.dims[2]; k++) {
        const z = centre(2, k)
        const a = Math.floor((m[0] * x + m[1] * y + m[2] * z + t[0] - x0) / source.voxelM)
        const b = Math.floor((m[3] * x + m[4] * y + m[5] * z + t[1] - y0) / source.voxelM)
        const c = Math.floor((m[6] * x + m[7] * y + m[8] * z + t[2] - z0) / source.voxelM)
        const isInside = a >= 0 && a < X && b >= 0 && b < Y && c >= 0 && c < Z
        from[voxel++] = isInside ? (a * Y + b) * Z + c : -1
      }
    }
  }
  return from
}
