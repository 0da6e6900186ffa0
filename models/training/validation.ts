import { tf } from '../engine/tensorflow.js'
import { Means } from './history.js'
import { BatchQueue } from './loader/batchQueue.js'
import { packScalars } from './lossTerms.js'
import type { TrainingBatch, Validation } from './training.js'

/**
 * The mean losses over the validation's batches, and its score.
 *
 * @param step chooses the schedules and the draws. Every validation of a run takes the same one, its last, so that two of
 *   them differ by the weights alone: with the weights of the loss's terms as they stand half-way up a warm-up, the first
 *   validation would look like the best.
 */
export async function validate<B extends TrainingBatch>(
  { count, batches, loss, score: start }: Validation<B>,
  step: number,
  ahead: number,
): Promise<Record<string, number>> {
  const sums = new Means()
  const score = start?.()
  const queue = new BatchQueue((i) => batches.prepare(i), { first: 0, end: count }, ahead)
  try {
    for (let i = 0; i < count; i++) {
      const { batch: open } = await queue.take()
      const batch = open()
      try {
        const { names, packed } = tf.tidy(() => packScalars(loss(batch, step)))
        sums.add(names, packed.dataSync())
        packed.dispose()
        score?.add(batch)
      } finally {
        batch.dispose()
      }
    }
  } finally {
    await queue.close()
  }
  return { ...sums.take(), ...score?.means() }
}
