import type { Grid } from '../../pipeline/grid.js'
import type { Rng } from '../../pipeline/random.js'
import { type Corruption, copyOf, eachHit, hide, sensorM, voxelAt } from './corruption.js'

/**
 * A range that is off by a normal error (Dong et al. 2023, https://arxiv.org/abs/2303.11040, Gaussian noise), one draw
 * for each observed voxel with something in it. Its content moves along the ray from the sensor through a random point
 * of the voxel. What it leaves is seen empty where the range came out longer, since the ray then passed through, and
 * unobserved where it came out shorter. Two contents that meet: the later voxel in index order stays.
 */
export const rangeNoise: Corruption = {
  unit: 'm',
  most: 10,
  apply(view, deviationM, { grid, free }, rng) {
    const changed = copyOf(view)
    const moved: [number | null, number][] = []
    eachHit(view, free, (voxel) => {
      const byM = deviationM * rng.normal()
      const to = alongRay(grid, voxel, byM, rng)
      if (to === voxel) return
      if (byM < 0) hide(changed, voxel, free)
      else changed.semantics[voxel] = free
      moved.push([to, view.semantics[voxel]])
    })
    // After all that left: a voxel that one content left and another came to is occupied.
    for (const [to, label] of moved) {
      if (to === null) continue
      changed.semantics[to] = label
      changed.observed[to] = 1
    }
    return changed
  },
}

/** The voxel of a random point of `voxel` moved away from the sensor, or null outside the grid. */
function alongRay(grid: Grid, voxel: number, byM: number, rng: Rng): number | null {
  const { originM, voxelM, dims } = grid
  const k = voxel % dims[2]
  const j = Math.floor(voxel / dims[2]) % dims[1]
  const i = Math.floor(voxel / (dims[2] * dims[1]))
  const x = originM[0] + (i + rng.float()) * voxelM
  const y = originM[1] + (j + rng.float()) * voxelM
  const z = originM[2] + (k + rng.float()) * voxelM
  const [dx, dy, dz] = [x - sensorM[0], y - sensorM[1], z - sensorM[2]]
  const rangeM = Math.sqrt(dx * dx + dy * dy + dz * dz)
  // No range is negative, and at the sensor itself there is no ray.
  if (rangeM === 0) return voxel
  const scale = Math.max(0, rangeM + byM) / rangeM
  return voxelAt(grid, sensorM[0] + dx * scale, sensorM[1] + dy * scale, sensorM[2] + dz * scale)
}
