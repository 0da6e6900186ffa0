import type { Tensor4D } from '@tensorflow/tfjs-core'
import { type Grid, unpackBits, voxelCount } from '../pipeline/grid.js'
import type { Frame } from '../pipeline/schema.js'
import { tf } from './engine/tensorflow.js'
import { BufferPool, type Prepared } from './training/loader/preparer.js'

/** All that is known of a frame but its voxels and its sources' own masks. */
export type FrameMetadata = Omit<Frame, 'semantics' | 'observed' | 'observedBy'>

/** Frames as tensors, with their metadata. */
export interface OccupancyBatch {
  /** Class indices, int32 [B, X, Y, Z]. */
  readonly semantics: Tensor4D
  /** 1 where a ray or a point touched the voxel, else 0; int32 [B, X, Y, Z]. */
  readonly observed: Tensor4D
  /** What an encoder that is to denoise is shown instead: the same voxels corrupted, in the same shape. */
  readonly input?: { readonly semantics: Tensor4D; readonly observed: Tensor4D }
  readonly metadata: readonly FrameMetadata[]
  /** `log/frame` of each, for messages. */
  readonly frames: readonly string[]
  dispose(): void
}

/** A frame's voxels as plain arrays of X·Y·Z, z fastest: classes, and 1 where something observed them, else 0. */
export interface VoxelView {
  readonly semantics: Uint8Array
  readonly observed: Uint8Array
}

/** The voxels of a batch as the engine takes them, both B·X·Y·Z, z fastest. */
export interface VoxelArrays {
  semantics: Int32Array
  observed: Int32Array
}

/** A batch without tensors: plain data, as a loader thread hands it over. */
export interface OccupancyArrays extends VoxelArrays {
  input: VoxelArrays | null
  metadata: FrameMetadata[]
}

/**
 * Puts frames of one grid into one batch; the caller disposes it.
 *
 * @param inputs what the encoder is shown of each instead of the frame itself, if it is to denoise
 */
export function occupancyBatch(
  frames: readonly Frame[],
  grid: Grid,
  inputs: readonly VoxelView[] | null = null,
): OccupancyBatch {
  return batchOfArrays(occupancyArrays(frames, grid, inputs, new BufferPool()).value, grid)
}

/** What a batch of these frames is made of, in buffers of the pool. */
export function occupancyArrays(
  frames: readonly Frame[],
  grid: Grid,
  inputs: readonly VoxelView[] | null,
  pool: BufferPool,
): Prepared<OccupancyArrays> {
  const voxels = voxelCount(grid)
  const seen = frames.map(({ semantics, observed }) => ({ semantics, observed: unpackBits(observed, voxels) }))
  const clean = voxelArrays(seen, voxels, pool)
  const input = inputs && voxelArrays(inputs, voxels, pool)
  const metadata = frames.map(({ semantics: _labels, observed: _mask, observedBy: _masks, ...rest }) => rest)
  const arrays = [clean, ...(input ? [input] : [])].flatMap(({ semantics, observed }) => [semantics, observed])
  return { value: { ...clean, input, metadata }, buffers: arrays.map(({ buffer }) => buffer as ArrayBuffer) }
}

/**
 * The tensors of a prepared batch; the caller disposes it.
 *
 * @param release called when the batch is disposed: from then on its arrays may be written over
 */
export function batchOfArrays(arrays: OccupancyArrays, grid: Grid, release = () => {}): OccupancyBatch {
  const { metadata } = arrays
  const shape: [number, number, number, number] = [metadata.length, ...grid.dims]
  const tensors = ({ semantics, observed }: VoxelArrays) => ({
    semantics: tf.tensor4d(semantics, shape, 'int32'),
    observed: tf.tensor4d(observed, shape, 'int32'),
  })
  const clean = tensors(arrays)
  const input = arrays.input && tensors(arrays.input)
  return {
    ...clean,
    ...(input && { input }),
    metadata,
    frames: metadata.map(({ logId, frameIndex }) => `${logId}/${frameIndex}`),
    dispose() {
      tf.dispose([clean, input ?? {}])
      release()
    },
  }
}

function voxelArrays(views: readonly VoxelView[], voxels: number, pool: BufferPool): VoxelArrays {
  const bytes = views.length * voxels * Int32Array.BYTES_PER_ELEMENT
  const arrays = { semantics: new Int32Array(pool.take(bytes)), observed: new Int32Array(pool.take(bytes)) }
  views.forEach(({ semantics, observed }, i) => {
    arrays.semantics.set(semantics, i * voxels)
    arrays.observed.set(observed, i * voxels)
  })
  return arrays
}
