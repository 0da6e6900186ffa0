import { invert, type Pose, quaternionFromEuler, rotationMatrix } from '../../pipeline/pose.js'
import type { Rng } from '../../pipeline/random.js'
import type { Corruption } from './corruption.js'
import { type Affine, resampled } from './resample.js'

/** Where the rotation moves a point as far as the translation does, metres from the ego. */
const leverM = 20

/**
 * Extrinsics that are slightly wrong (spatial misalignment in Dong et al. 2023, https://arxiv.org/abs/2303.11040): the
 * whole grid is moved rigidly. Each coordinate of the translation is normal with the given deviation in metres; yaw,
 * pitch and roll are normal with that deviation divided by 20 m, so that a point 20 m away is moved by the one as far
 * as by the other. Voxels take the nearest voxel's content, and are unobserved where that lay outside the grid.
 */
export const calibrationJitter: Corruption = {
  unit: 'm',
  most: 5,
  apply(view, deviationM, scene, rng) {
    const source = affineOf(invert(wrongPose(deviationM, rng)))
    return resampled(view, scene, () => source)
  },
}

function wrongPose(deviationM: number, rng: Rng): Pose {
  const [yaw, pitch, roll] = [0, 1, 2].map(() => (deviationM / leverM) * rng.normal())
  const t = [0, 1, 2].map(() => deviationM * rng.normal()) as [number, number, number]
  return { q: quaternionFromEuler(yaw, pitch, roll), t }
}

function affineOf({ q, t }: Pose): Affine {
  const r = rotationMatrix(q)
  return Float64Array.of(r[0], r[1], r[2], t[0], r[3], r[4], r[5], t[1], r[6], r[7], r[8], t[2])
}
