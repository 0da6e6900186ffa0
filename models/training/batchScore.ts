/**
 * What a validation counts beside the mean of its losses: ratios such as an IoU are of all its batches together, and are
 * no mean over batches. One object serves one validation.
 */
export interface BatchScore<B> {
  /** Called once a batch, in order, under the weights that are validated. Leaves no tensor behind. */
  add(batch: B): void
  /** Called after the last batch. What nothing was counted for is left out. */
  means(): Record<string, number>
}
