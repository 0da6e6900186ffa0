import { occupancyBatch } from '../models/batch.js'
import { type Tensor, type Tensor4D, tf } from '../models/engine/tensorflow.js'
import type { LatentModel } from '../models/latent/latentModel.js'
import type { Dataset } from '../pipeline/dataset.js'
import type { Frame } from '../pipeline/schema.js'
import { freeIndex } from '../pipeline/taxonomy.js'

/** Encodes and decodes each frame through the most likely latent; gives it back with the classes it came out as. */
export async function* reconstruct(
  model: LatentModel,
  { grid, taxonomy }: Pick<Dataset, 'grid' | 'taxonomy'>,
  frames: AsyncIterable<Frame>,
  batchSize: number,
): AsyncGenerator<{ frame: Frame } & DecodedGrid> {
  for await (const group of groupsOf(frames, batchSize)) {
    const batch = occupancyBatch(group, grid)
    const decoded = gridsOf(tf.tidy(() => decodeGrids(model, model.encode(batch).mode(), freeIndex(taxonomy))))
    batch.dispose()
    for (const [i, frame] of group.entries()) yield { frame, ...decoded[i] }
  }
}

/** One decoded frame. */
export interface DecodedGrid {
  /** The most likely class of each voxel, [X·Y·Z]. */
  predicted: Uint8Array
  /** Probability that a voxel is occupied, [X·Y·Z]. */
  occupied: Float32Array
}

/** A decoded batch on the engine, both [B, X, Y, Z]. */
export type DecodedBatch = Record<'classes' | 'occupied', Tensor>

/** Decodes latents; @param z [B, h, w, c]; @param free index of the class that means empty */
export function decodeGrids(model: LatentModel, z: Tensor4D, free: number): DecodedBatch {
  return tf.tidy(() => {
    const logits = model.decode(z, 'occupancy') // [B, X, Y, Z, K]
    const isFree = tf.slice(tf.softmax(logits), [0, 0, 0, 0, free], [-1, -1, -1, -1, 1])
    return { classes: tf.argMax(logits, -1), occupied: tf.sub(1, tf.squeeze(isFree, [4])) }
  })
}

/** Takes a decoded batch off the engine, one grid a frame, and disposes it. */
export function gridsOf({ classes, occupied }: DecodedBatch): DecodedGrid[] {
  const [count] = classes.shape
  const all = { predicted: Uint8Array.from(classes.dataSync()), occupied: occupied.dataSync() as Float32Array }
  tf.dispose([classes, occupied])
  const voxels = all.predicted.length / count
  return Array.from({ length: count }, (_, i) => ({
    predicted: all.predicted.slice(i * voxels, (i + 1) * voxels),
    occupied: all.occupied.slice(i * voxels, (i + 1) * voxels),
  }))
}

/** Items in groups of `size`, the last one as long as it comes. */
export async function* groupsOf<T>(items: AsyncIterable<T> | Iterable<T>, size: number): AsyncGenerator<T[]> {
  let group: T[] = []
  for await (const item of items) {
    group.push(item)
    if (group.length === size) {
      yield group
      group = []
    }
  }
  if (group.length > 0) yield group
}
