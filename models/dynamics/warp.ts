import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core'
import type { Grid } from '../../pipeline/grid.js'
import { tf } from '../engine/tensorflow.js'

/** How a latent map [h, w] lies in the ego frame: axis 0 is x (forward), axis 1 is y (left). */
export interface MapFrame {
  h: number
  w: number
  /** Size of a cell along x and along y, m. */
  cellM: readonly [number, number]
  /** Where the ego stands, in cells: cell (i, j) has its centre at (i, j). */
  ego: readonly [number, number]
}

/** The frame of a latent map that spans the grid's ground plane. */
export function mapFrameOf(grid: Grid, h: number, w: number): MapFrame {
  const cellM = [(grid.voxelM * grid.dims[0]) / h, (grid.voxelM * grid.dims[1]) / w] as const
  return { h, w, cellM, ego: [-grid.originM[0] / cellM[0] - 0.5, -grid.originM[1] / cellM[1] - 0.5] }
}

/** Where each cell of the new map reads the old one, and with which weights. */
export interface Sampling {
  /** int32 [4·B·h·w]: rows of the old map flattened to [B·h·w, c]; the four neighbours one after another. */
  rows: Tensor1D
  /** float32 [4, B·h·w, 1]: bilinear weights, 0 for a neighbour outside the map. */
  weights: Tensor3D
  /** float32 [B, h, w, 1]: sum of the weights: 1 inside the old map, 0 outside, between at its border. */
  inside: Tensor4D
  /** float32 [B, h, w, 2]: the fractional part of the place that is read, in cells, in [0, 1). */
  phase: Tensor4D
}

/**
 * The bilinear sampling that moves a map into the ego frame after `motion`: cell p of the new map reads the old one
 * at R(dyaw)·p + (dx, dy), so what stands still in the city stays where it is. Sampling as in spatial transformer
 * networks (https://arxiv.org/abs/1506.02025, eq. 5), but the transform is given and not learned: it is computed
 * outside the engine, which took a tenth of the time, and no gradient reaches the motion.
 *
 * @param motion [B, 3] float32: dx, dy (m) and dyaw (rad) from the old ego frame to the new one, in old ego axes
 */
export function samplingOf(motion: Tensor2D, frame: MapFrame): Sampling {
  const { h, w, cellM, ego } = frame
  const motions = motion.dataSync()
  const batch = motion.shape[0]
  const plan = emptyPlan(batch * h * w)
  for (let b = 0, cell = 0; b < batch; b++) {
    const [dx, dy, yaw] = motions.subarray(3 * b, 3 * b + 3)
    const [cos, sin, stretch] = [Math.cos(yaw), Math.sin(yaw), cellM[1] / cellM[0]]
    for (let row = 0; row < h; row++)
      for (let column = 0; column < w; column++, cell++) {
        // In cells and about the ego, so that no motion and whole-cell motions are exact.
        const [i, j] = [row - ego[0], column - ego[1]]
        const x = cos * i - sin * stretch * j + dx / cellM[0] + ego[0]
        const y = (sin / stretch) * i + cos * j + dy / cellM[1] + ego[1]
        placeRead(plan, cell, b * h * w, x, y, h, w)
      }
  }
  return {
    rows: tf.tensor1d(plan.rows, 'int32'),
    weights: tf.tensor3d(plan.weights, [4, batch * h * w, 1]),
    inside: tf.tensor4d(plan.inside, [batch, h, w, 1]),
    phase: tf.tensor4d(plan.phase, [batch, h, w, 2]),
  }
}

function emptyPlan(cells: number) {
  return {
    rows: new Int32Array(4 * cells),
    weights: new Float32Array(4 * cells),
    inside: new Float32Array(cells),
    phase: new Float32Array(2 * cells),
  }
}

/** Enters that `cell` reads at (x, y), in cells; `firstRow` is the row of its example's cell (0, 0). */
function placeRead(
  plan: ReturnType<typeof emptyPlan>,
  cell: number,
  firstRow: number,
  x: number,
  y: number,
  h: number,
  w: number,
): void {
  const [x0, y0] = [Math.floor(x), Math.floor(y)]
  const [fx, fy] = [x - x0, y - y0]
  for (let corner = 0; corner < 4; corner++) {
    const [ax, ay] = [corner >> 1, corner & 1]
    const [i, j] = [x0 + ax, y0 + ay]
    // A neighbour outside keeps row 0 and weight 0.
    if (i < 0 || i >= h || j < 0 || j >= w) continue
    const weight = (ax ? fx : 1 - fx) * (ay ? fy : 1 - fy)
    const at = (corner * plan.rows.length) / 4 + cell
    plan.rows[at] = firstRow + i * w + j
    plan.weights[at] = weight
    plan.inside[cell] += weight
  }
  plan.phase[2 * cell] = fx
  plan.phase[2 * cell + 1] = fy
}

/**
 * Reads `map` at `sampling`; what lies outside reads 0. Differentiable in the map. The gradient is a segment sum over
 * the cells that were read, the transpose of the sampling, which TensorFlow adds up in a fixed order; the gradient
 * that tfjs derives for `gather` itself is the same number and took fifteen times as long.
 *
 * @param map [B, h, w, c] float32
 * @returns [B, h, w, c] float32
 */
export function warp(map: Tensor4D, { rows, weights }: Sampling): Tensor4D {
  const [batch, h, w, c] = map.shape
  const cells = batch * h * w
  const op = tf.customGrad((x, save) => {
    ;(save as (tensors: Tensor[]) => void)([rows, weights])
    const read = tf.reshape(tf.gather(tf.reshape(x as Tensor, [cells, c]), rows), [4, cells, c])
    return {
      value: tf.reshape(tf.sum(tf.mul(read, weights), 0), map.shape),
      gradFunc: (dy: Tensor, saved: Tensor[]) => {
        const spread = tf.mul(tf.reshape(dy, [1, cells, c]), saved[1]) // [4, B·h·w, c]
        const sum = tf.unsortedSegmentSum(tf.reshape(spread, [4 * cells, c]), saved[0] as Tensor1D, cells)
        return tf.reshape(sum, map.shape)
      },
    }
  })
  return op(map) as Tensor4D
}

/**
 * The four latents that `warp` mixes, side by side: mixing loses what lay where inside a cell, and a layer that sees
 * the parts and the phase can tell. Not differentiable in the map, which is data.
 *
 * @param map [B, h, w, c] float32
 * @returns [B, h, w, 4·c] float32; 0 where a neighbour lies outside
 */
export function neighbours(map: Tensor4D, { rows, weights }: Sampling): Tensor4D {
  const [batch, h, w, c] = map.shape
  const cells = batch * h * w
  const read = tf.reshape(tf.gather(tf.reshape(map, [cells, c]), rows), [4, cells, c])
  const known = tf.mul(read, tf.cast(tf.greater(weights, 0), 'float32'))
  return tf.reshape(tf.transpose(known, [1, 0, 2]), [batch, h, w, 4 * c])
}

/**
 * The motion `a` followed by `b`: a.t + R(a.yaw)·b.t, and the sum of the yaws.
 *
 * @param a,b [B, 3] float32: dx, dy (m), dyaw (rad)
 */
export function composeMotion(a: Tensor2D, b: Tensor2D): Tensor2D {
  const [ax, ay, aYaw] = tf.split(a, 3, 1)
  const [bx, by, bYaw] = tf.split(b, 3, 1)
  const [cos, sin] = [tf.cos(aYaw), tf.sin(aYaw)]
  const x = tf.add(ax, tf.sub(tf.mul(cos, bx), tf.mul(sin, by)))
  const y = tf.add(ay, tf.add(tf.mul(sin, bx), tf.mul(cos, by)))
  return tf.concat([x, y, tf.add(aYaw, bYaw)], 1) as Tensor2D
}
