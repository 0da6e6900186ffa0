import type { Tensor4D } from '@tensorflow/tfjs-core'
import { type Grid, unpackBits, voxelCount } from '../pipeline/grid.js'
import type { Frame } from '../pipeline/schema.js'
import { tf } from './engine/tensorflow.js'

/** All that is known of a frame but its voxels. */
export type FrameMetadata = Omit<Frame, 'semantics' | 'observed'>

/** Frames as tensors, with their metadata. */
export interface OccupancyBatch {
  /** Class indices, int32 [B, X, Y, Z]. */
  readonly semantics: Tensor4D
  /** 1 where a ray or a point touched the voxel, else 0; int32 [B, X, Y, Z]. */
  readonly observed: Tensor4D
  readonly metadata: readonly FrameMetadata[]
  /** `log/frame` of each, for messages. */
  readonly frames: readonly string[]
  dispose(): void
}

/** Puts frames of one grid into one batch; the caller disposes it. */
export function occupancyBatch(frames: readonly Frame[], grid: Grid): OccupancyBatch {
  const voxels = voxelCount(grid)
  const [labels, mask] = [new Int32Array(frames.length * voxels), new Int32Array(frames.length * voxels)]
  frames.forEach(({ semantics, observed }, i) => {
    labels.set(semantics, i * voxels)
    mask.set(unpackBits(observed, voxels), i * voxels)
  })
  const shape: [number, number, number, number] = [frames.length, ...grid.dims]
  const semantics = tf.tensor4d(labels, shape, 'int32')
  const observed = tf.tensor4d(mask, shape, 'int32')
  return {
    semantics,
    observed,
    metadata: frames.map(({ semantics: _labels, observed: _mask, ...metadata }) => metadata),
    frames: frames.map(({ logId, frameIndex }) => `${logId}/${frameIndex}`),
    dispose: () => tf.dispose([semantics, observed]),
  }
}
