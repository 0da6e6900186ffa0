import { type Corruption, copyOf, sensorM } from './corruption.js'

/** Range over which the chance of a spurious return falls to 1/e, metres. */
const reachM = 8

/**
 * Returns from rain, snow, fog or spray, which come from near the sensor (Hahner et al. 2021 and 2022,
 * https://arxiv.org/abs/2108.05249, https://arxiv.org/abs/2203.15118): each voxel seen empty holds something of class
 * `others` with the given probability times exp(−range / 8 m). Many rays cross a voxel and one drop stops one of them,
 * so nothing behind it is hidden; lost returns are `pointDropout`.
 */
export const weatherReturns: Corruption = {
  unit: 'share',
  most: 1,
  apply(view, share, { grid, free, others }, rng) {
    const { dims, originM, voxelM } = grid
    const changed = copyOf(view)
    let voxel = 0
    for (let i = 0; i < dims[0]; i++)
      for (let j = 0; j < dims[1]; j++)
        for (let k = 0; k < dims[2]; k++, voxel++) {
          if (view.observed[voxel] === 0 || view.semantics[voxel] !== free) continue
          const dx = originM[0] + (i + 0.5) * voxelM - sensorM[0]
          const dy = originM[1] + (j + 0.5) * voxelM - sensorM[1]
          const dz = originM[2] + (k + 0.5) * voxelM - sensorM[2]
          const rangeM = Math.sqrt(dx * dx + dy * dy + dz * dz)
          if (rng.float() < share * Math.exp(-rangeM / reachM)) changed.semantics[voxel] = others
        }
    return changed
  },
}
