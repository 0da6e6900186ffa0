import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import type { EgoMotion } from '../../pipeline/schema.js'
import { tf } from '../engine/tensorflow.js'
import type { MapFrame } from './warp.js'

/** Columns of an action: the ego motion that leads to a frame, in the axes of the ego frame before it. */
export const actionNames = ['dxM', 'dyM', 'dzM', 'dyawRad', 'dtS'] as const satisfies readonly (keyof EgoMotion)[]

/** A = 5 */
export const actionSize = actionNames.length
/** Planes that `actionPlanes` and `phasePlanes` give. */
export const actionPlaneCount = 4
export const phasePlaneCount = 4

/** One action as numbers, in the order of `actionNames`; no motion at all where none is known. */
export function actionOf(motion: EgoMotion | null): number[] {
  return actionNames.map((name) => motion?.[name] ?? 0)
}

/** The motion in the ground plane, [B, 3]: dx, dy (m) and dyaw (rad); @param action [B, A] */
export function planarMotion(action: Tensor2D): Tensor2D {
  const [dx, dy, , yaw] = tf.split(action, actionSize, 1)
  return tf.concat([dx, dy, yaw], 1) as Tensor2D
}

/** What a step of a few metres, a tenth of a radian and half a second turns into numbers near 1. */
const scales = { distanceM: 5, heightM: 0.2, yawRad: 0.1, dtS: 0.5 }

/**
 * The action as constant planes, [B, h, w, 4]: distance covered, height gained, yaw, time.
 *
 * @param action [B, A] float32
 */
export function actionPlanes(action: Tensor2D, { h, w }: MapFrame): Tensor4D {
  const [dx, dy, dz, yaw, dt] = tf.split(action, actionSize, 1)
  const distance = tf.sqrt(tf.add(tf.square(dx), tf.square(dy)))
  const features = tf.concat(
    [
      tf.div(distance, scales.distanceM),
      tf.div(dz, scales.heightM),
      tf.div(yaw, scales.yawRad),
      tf.div(dt, scales.dtS),
    ],
    1,
  )
  return tf.tile(tf.reshape(features, [-1, 1, 1, actionPlaneCount]), [1, h, w, 1])
}

/**
 * Where between cells the warp read, as sine and cosine along both axes, [B, h, w, 4]: interpolation blurs by the
 * phase, and a layer that knows it can sharpen.
 *
 * @param phase [B, h, w, 2] float32, cells in [0, 1)
 */
export function phasePlanes(phase: Tensor4D): Tensor4D {
  const angle: Tensor = tf.mul(phase, 2 * Math.PI)
  return tf.concat([tf.cos(angle), tf.sin(angle)], -1) as Tensor4D
}
