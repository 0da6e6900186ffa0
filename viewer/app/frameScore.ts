import type { DatasetTaxonomy } from '../../pipeline/taxonomy.js'

/** A number and the voxels it rests on; null exactly where there are none. */
export interface Score {
  value: number | null
  count: number
}

export interface FrameScore {
  /** Occupied against free. `count` is the union. */
  iou: Score
  /** Mean over the classes that the truth holds. `count` is the voxels whose truth or prediction is not free. */
  miou: Score
  /** Classes that the mean ran over. */
  classes: number
}

/**
 * Scores one frame as policy `occlab` does: observed voxels only; a class that is not in the truth does not count. The
 * same definitions as evaluation's, held together by a test.
 *
 * @param truth - [X·Y·Z] class indices; a label that is no class (255) is left out. `predicted` - the same.
 * @param observed - [X·Y·Z] one byte a voxel, 0 or 1.
 */
export function scoreFrame(
  truth: Uint8Array,
  predicted: Uint8Array,
  observed: Uint8Array,
  classes: DatasetTaxonomy['classes'],
): FrameScore {
  const K = classes.length
  const counts = new Uint32Array(K * K)
  for (let v = 0; v < truth.length; v++)
    if (observed[v] === 1 && truth[v] < K && predicted[v] < K) counts[truth[v] * K + predicted[v]]++
  const isFree = classes.map(({ superclass }) => superclass === 'free')
  let [both, either] = [0, 0]
  for (let t = 0; t < K; t++)
    for (let p = 0; p < K; p++) {
      if (!isFree[t] && !isFree[p]) both += counts[t * K + p]
      if (!isFree[t] || !isFree[p]) either += counts[t * K + p]
    }
  const ious = classes.flatMap((_, index) => (isFree[index] ? [] : (classIou(counts, K, index) ?? [])))
  const mean = ious.reduce((sum, iou) => sum + iou, 0) / ious.length
  return {
    iou: either === 0 ? { value: null, count: 0 } : { value: both / either, count: either },
    miou: ious.length === 0 ? { value: null, count: 0 } : { value: mean, count: either },
    classes: ious.length,
  }
}

/** Null for a class without a voxel in the truth. */
function classIou(counts: Uint32Array, K: number, index: number): number | null {
  let [truth, predicted] = [0, 0]
  for (let other = 0; other < K; other++) {
    truth += counts[index * K + other]
    predicted += counts[other * K + index]
  }
  const hits = counts[index * K + index]
  return truth === 0 ? null : hits / (truth + predicted - hits)
}
