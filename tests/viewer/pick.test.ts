import { describe, expect, it } from 'vitest'
import { grids, voxelCount } from '../../pipeline/grid.js'
import { stream } from '../../pipeline/random.js'
import { nothing } from '../../viewer/app/paint.js'
import { pickVoxel } from '../../viewer/app/pick.js'

const grid = grids.compact
const [X, Y, Z] = grid.dims

function withOne(x: number, y: number, z: number): Uint8Array {
  const paint = new Uint8Array(voxelCount(grid)).fill(nothing)
  paint[(x * Y + y) * Z + z] = 3
  return paint
}
const centre = (voxel: readonly number[]) => voxel.map((at, axis) => grid.originM[axis] + (at + 0.5) * grid.voxelM)

describe('picking a voxel', () => {
  it('finds the one straight below', () => {
    const [x, y] = centre([10, 20, 0])
    expect(pickVoxel([x, y, 50], [0, 0, -1], withOne(10, 20, 3), grid)).toEqual([10, 20, 3])
  })

  it('finds none beside it, none behind the eye, and none when the ray misses the grid', () => {
    const [x, y] = centre([10, 20, 0])
    expect(pickVoxel([x + 0.8, y, 50], [0, 0, -1], withOne(10, 20, 3), grid)).toBeNull()
    expect(pickVoxel([x, y, 50], [0, 0, 1], withOne(10, 20, 3), grid)).toBeNull()
    expect(pickVoxel([x, y, 50], [1, 0, 0], withOne(10, 20, 3), grid)).toBeNull()
  })

  const seed = 77
  it(`finds a lone voxel from anywhere that its centre is looked at (seed ${seed})`, () => {
    const rng = stream(seed, 'pick')
    for (let round = 0; round < 200; round++) {
      const voxel = [rng.int(X), rng.int(Y), rng.int(Z)] as const
      const eye = [rng.uniform(-60, 60), rng.uniform(-60, 60), rng.uniform(1, 60)] as const
      const target = centre(voxel)
      const direction = [target[0] - eye[0], target[1] - eye[1], target[2] - eye[2]] as const
      expect(pickVoxel(eye, direction, withOne(...voxel), grid), `round ${round}`).toEqual(voxel)
    }
  })
})
