import type { Tensor3D, Tensor5D } from '@tensorflow/tfjs-core'
import { actionOf } from '../../../models/dynamics/actions.js'
import type { MapFrame } from '../../../models/dynamics/warp.js'
import { tf } from '../../../models/engine/tensorflow.js'
import { compose, invert, type Pose, poseFromYaw, transform, yawOf } from '../../../pipeline/pose.js'
import { type Rng, stream } from '../../../pipeline/random.js'

/** A map of 16×16 cells of 2 m around the ego. */
export const blobFrame: MapFrame = { h: 16, w: 16, cellM: [2, 2], ego: [7.5, 7.5] }
export const blobChannels = 3

interface Blob {
  /** At time 0, m in the city frame. */
  at: [number, number]
  speedMps: [number, number]
  radiusM: number
  colour: number[]
}

/** Windows of a flat world of blobs: some stand still in the city, others keep their speed, and the ego drives by. */
export function blobWindows(seed: number, count: number, steps: number): { z: Tensor5D; actions: Tensor3D } {
  const { h, w } = blobFrame
  const z = new Float32Array(count * steps * h * w * blobChannels)
  const actions: number[] = []
  const size = h * w * blobChannels
  for (let n = 0; n < count; n++) {
    const rng = stream(seed, 'window', n)
    const blobs = Array.from({ length: 14 }, (_, i) => blobOf(rng, i < 4))
    const poses = drive(rng, steps)
    poses.forEach((pose, t) => {
      z.set(render(blobs, pose, t * 0.5), (n * steps + t) * size)
      actions.push(...motionBetween(poses[Math.max(0, t - 1)], pose, t === 0 ? 0 : 0.5))
    })
  }
  return {
    z: tf.tensor5d(z, [count, steps, h, w, blobChannels]),
    actions: tf.tensor3d(actions, [count, steps, 5]),
  }
}

function blobOf(rng: Rng, isMover: boolean): Blob {
  const heading = rng.uniform(0, 2 * Math.PI)
  const speed = isMover ? rng.uniform(4, 8) : 0
  // The colour tells a mover from what stands still, as a car's latent differs from a wall's.
  const colour = isMover ? [0.2, 0.2, rng.uniform(1, 1.5)] : [rng.uniform(-1, 1), rng.uniform(-1, 1), 0]
  return {
    at: [rng.uniform(-20, 28), rng.uniform(-20, 20)],
    speedMps: [speed * Math.cos(heading), speed * Math.sin(heading)],
    radiusM: isMover ? 2 : rng.uniform(2, 4),
    colour,
  }
}

function drive(rng: Rng, steps: number): Pose[] {
  const [speedMps, yawRateRadS] = [rng.uniform(0, 6), rng.uniform(-0.15, 0.15)]
  const step = poseFromYaw(yawRateRadS * 0.5, [speedMps * 0.5, 0, 0])
  const poses = [poseFromYaw(rng.uniform(0, 2 * Math.PI))]
  while (poses.length < steps) poses.push(compose(poses[poses.length - 1], step))
  return poses
}

function motionBetween(cityFromBefore: Pose, cityFromAfter: Pose, dtS: number): number[] {
  const { q, t } = compose(invert(cityFromBefore), cityFromAfter)
  return actionOf({ dxM: t[0], dyM: t[1], dzM: t[2], dyawRad: yawOf(q), dtS })
}

/** h·w·c: each blob a Gaussian bump, evaluated exactly at the cells' centres. */
function render(blobs: Blob[], cityFromEgo: Pose, timeS: number): Float32Array {
  const { h, w, cellM, ego } = blobFrame
  const map = new Float32Array(h * w * blobChannels)
  const egoFromCity = invert(cityFromEgo)
  for (const { at, speedMps, radiusM, colour } of blobs) {
    const [x, y] = transform(egoFromCity, [at[0] + speedMps[0] * timeS, at[1] + speedMps[1] * timeS, 0])
    for (let i = 0; i < h; i++)
      for (let j = 0; j < w; j++) {
        const distance = Math.hypot((i - ego[0]) * cellM[0] - x, (j - ego[1]) * cellM[1] - y)
        const height = Math.exp(-0.5 * (distance / radiusM) ** 2)
        for (let c = 0; c < blobChannels; c++) map[(i * w + j) * blobChannels + c] += height * colour[c]
      }
  }
  return map
}
