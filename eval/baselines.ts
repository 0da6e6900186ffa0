import { type Grid, voxelCount } from '../pipeline/grid.js'
import { compose, invert, type Pose, rotationMatrix } from '../pipeline/pose.js'

/** Predictions that any model must beat: the last frame as it is, and moved by the ego's motion. */
export const baselines = ['copy', 'warp'] as const

export function isBaseline(model: string): boolean {
  return (baselines as readonly string[]).includes(model)
}

/**
 * The occupancy of one instant as seen from a later ego pose, nothing else moved: the baseline a forecast must beat.
 * Each voxel centre of the later grid is carried into the earlier ego frame and takes the class it finds there;
 * what was outside the earlier grid is free.
 *
 * @param semantics - [X·Y·Z] uint8, z fastest, in the earlier ego frame.
 */
export function warpByEgoMotion(
  semantics: Uint8Array,
  grid: Grid,
  cityFromEarlier: Pose,
  cityFromLater: Pose,
  free: number,
): Uint8Array {
  const earlierFromLater = compose(invert(cityFromEarlier), cityFromLater)
  const rotation = rotationMatrix(earlierFromLater.q)
  const {
    originM,
    voxelM,
    dims: [X, Y, Z],
  } = grid
  // In voxel units: later index + ½ → earlier index, an affine map whose columns are the rotation's.
  const start = [0, 1, 2].map((row) => {
    const offset = [0, 1, 2].reduce((sum, column) => sum + rotation[3 * row + column] * originM[column], 0)
    return (offset + earlierFromLater.t[row] - originM[row]) / voxelM
  })
  const warped = new Uint8Array(voxelCount(grid)).fill(free)
  let index = 0
  for (let i = 0; i < X; i++)
    for (let j = 0; j < Y; j++)
      for (let k = 0; k < Z; k++, index++) {
        const [a, b, c] = [i + 0.5, j + 0.5, k + 0.5]
        const x = Math.floor(start[0] + rotation[0] * a + rotation[1] * b + rotation[2] * c)
        const y = Math.floor(start[1] + rotation[3] * a + rotation[4] * b + rotation[5] * c)
        const z = Math.floor(start[2] + rotation[6] * a + rotation[7] * b + rotation[8] * c)
        if (x < 0 || y < 0 || z < 0 || x >= X || y >= Y || z >= Z) continue
        warped[index] = semantics[(x * Y + y) * Z + z]
      }
  return warped
}
