import { type Corruption, copyOf, eachHit, hide } from './corruption.js'

/**
 * Returns that never came back: dark, wet or distant surfaces (missing echoes in Robo3D, Kong et al. 2023,
 * https://arxiv.org/abs/2303.17597). Each observed voxel with something in it is unobserved with the given probability.
 * A grid does not say how many points a voxel held, so all of them are lost at once; a corruption that dropped points
 * one by one would spare the voxels near the sensor.
 */
export const pointDropout: Corruption = {
  unit: 'share',
  most: 1,
  apply(view, share, { free }, rng) {
    const changed = copyOf(view)
    eachHit(view, free, (voxel) => {
      if (rng.float() < share) hide(changed, voxel, free)
    })
    return changed
  },
}
