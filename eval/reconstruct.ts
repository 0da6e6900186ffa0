import { occupancyBatch } from '../models/batch.js'
import { type Tensor, type Tensor4D, tf } from '../models/engine/tensorflow.js'
import type { LatentModel } from '../models/latent/latentModel.js'
import type { Grid } from '../pipeline/grid.js'
import type { Frame } from '../pipeline/schema.js'

/** Encodes and decodes each frame through the most likely latent; gives it back with the classes it came out as. */
export async function* reconstruct(
  model: LatentModel,
  grid: Grid,
  frames: AsyncIterable<Frame>,
  batchSize: number,
): AsyncGenerator<{ frame: Frame; predicted: Uint8Array }> {
  for await (const group of groupsOf(frames, batchSize)) {
    const batch = occupancyBatch(group, grid)
    const predicted = classesOf(tf.tidy(() => decodeClasses(model, model.encode(batch).mode())))
    batch.dispose()
    for (const [i, frame] of group.entries()) yield { frame, predicted: predicted[i] }
  }
}

/** The most likely class of each voxel, int32 [B, X, Y, Z]; @param z [B, h, w, c] */
export function decodeClasses(model: LatentModel, z: Tensor4D): Tensor {
  return tf.argMax(model.decode(z, 'occupancy'), -1)
}

/** Takes class indices [B, X, Y, Z] off the engine, one array a frame, and disposes them. */
export function classesOf(classes: Tensor): Uint8Array[] {
  const all = Uint8Array.from(classes.dataSync())
  const [count] = classes.shape
  classes.dispose()
  const voxels = all.length / count
  return Array.from({ length: count }, (_, i) => all.slice(i * voxels, (i + 1) * voxels))
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
