import { DataError } from '../../pipeline/errors.js'
import { bitAt } from '../../pipeline/grid.js'
import { countPairs } from './kernels/countPairs.js'
import type { Score } from './score.js'

/** A truth label that says "nobody labelled this voxel"; such voxels are counted apart and never scored. */
export const unlabelled = 255

/**
 * Counts of (truth, prediction) pairs over voxels, [K, K], rows truth and columns prediction. Every score of a frame, a
 * log or a dataset is a function of it, and confusions add up, so it is also what a bootstrap over logs resamples.
 */
export class Confusion {
  /** K. */
  readonly classes: number
  /** [K, K], row-major; whole numbers, exact up to 2⁵³. */
  readonly counts: Float64Array
  /** Voxels left out because their truth is `unlabelled`. */
  unlabelledVoxels = 0

  /** @param counts - [K, K] to build on, not copied; zeros when left out. */
  constructor(classes: number, counts: Float64Array = new Float64Array(classes * classes)) {
    if (counts.length !== classes * classes)
      throw new DataError('a confusion has the wrong size', {
        expected: `${classes} × ${classes} counts`,
        actual: `${counts.length}`,
      })
    this.classes = classes
    this.counts = counts
  }

  /** The sum of confusions of `classes` classes; zeros for none. */
  static sum(classes: number, parts: Iterable<Confusion>): Confusion {
    const sum = new Confusion(classes)
    for (const part of parts) sum.merge(part)
    return sum
  }

  /**
   * Counts the voxels of one frame, in one pass.
   *
   * @param truth - [V] class indices; `unlabelled` voxels are left out and counted.
   * @param predicted - [V] class indices.
   * @param mask - [⌈V/8⌉], a bit a voxel as in `Frame.observed`; 0 leaves the voxel out. All voxels count without it.
   * @throws DataError on lengths that differ or a label that is no class; the counts are of no use then.
   */
  addFrame(truth: Uint8Array, predicted: Uint8Array, mask?: Uint8Array): this {
    sameGrid('prediction', truth.length, predicted.length)
    if (mask) sameGrid('mask', truth.length, mask.length, Math.ceil(truth.length / 8))
    const unlabelledVoxels = countPairs(truth, predicted, mask, this.counts, this.classes, unlabelled)
    if (unlabelledVoxels === null) throw noClass(this.classes, truth, predicted, mask)
    this.unlabelledVoxels += unlabelledVoxels
    return this
  }

  merge(other: Confusion): this {
    if (other.classes !== this.classes)
      throw new DataError('confusions of different taxonomies do not add up', {
        expected: `${this.classes} classes`,
        actual: `${other.classes}`,
      })
    for (let i = 0; i < this.counts.length; i++) this.counts[i] += other.counts[i]
    this.unlabelledVoxels += other.unlabelledVoxels
    return this
  }

  /** Voxels counted. */
  voxels(): number {
    let sum = 0
    for (const count of this.counts) sum += count
    return sum
  }

  /** Voxels that are of the class. */
  truthOf(index: number): number {
    let sum = 0
    for (let column = 0; column < this.classes; column++) sum += this.counts[index * this.classes + column]
    return sum
  }

  /** Voxels that were predicted as the class. */
  predictedAs(index: number): number {
    let sum = 0
    for (let row = 0; row < this.classes; row++) sum += this.counts[row * this.classes + index]
    return sum
  }

  /** Voxels that are of the class and were predicted as it. */
  hitsOf(index: number): number {
    return this.counts[index * this.classes + index]
  }
}

/** A score of confusions as the bootstrap wants it: from summed counts to a value. */
export function onCounts(classes: number, score: (confusion: Confusion) => Score) {
  return (counts: Float64Array): number | null => score(new Confusion(classes, counts)).value
}

function sameGrid(what: string, voxels: number, actual: number, expected = voxels): void {
  if (actual !== expected)
    throw new DataError(`the ${what} and the truth are of different grids`, {
      expected: `${expected} ${expected === voxels ? 'voxels' : `bytes for the bits of ${voxels} voxels`}`,
      actual: `${actual}`,
    })
}

/** Says which voxel it was. */
export function noClass(classes: number, truth: Uint8Array, predicted: Uint8Array, mask?: Uint8Array): DataError {
  const isStrange = (label: number, voxel: number) =>
    (!mask || bitAt(mask, voxel) === 1) && (isNone(label) || predicted[voxel] >= classes)
  const isNone = (label: number) => label >= classes && label !== unlabelled
  const voxel = truth.findIndex(isStrange)
  const truthIsWrong = isNone(truth[voxel])
  return new DataError(`the ${truthIsWrong ? 'truth' : 'prediction'} holds a label that is no class`, {
    place: `voxel ${voxel}`,
    expected: `0–${classes - 1}${truthIsWrong ? ` or ${unlabelled}` : ''}`,
    actual: `${truthIsWrong ? truth[voxel] : predicted[voxel]}`,
  })
}
