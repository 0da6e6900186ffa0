import type { GradSaveFunc, Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import { tf } from '../engine/tensorflow.js'

/** Steps that errors are told apart by: the loss is within 1/1024 of that of fully sorted errors. */
const defaultBins = 1024

/**
 * Lovász-softmax, the convex surrogate of 1 − IoU averaged over the classes of the truth (Berman et al. 2018,
 * https://arxiv.org/abs/1705.08790, eq. 8 and 11, classes "present"); differentiable in the logits.
 *
 * Deviation: they sort the errors of every class. Here errors are put into `bins` equal steps instead, which costs a pass
 * over [N, K] instead of K sorts. Within a step, rows of the class and others share out the step's change of the Jaccard
 * loss as the mean of both orders would. The sum over a step is then the exact change, and as the loss is monotone in the
 * errors and moves by at most δ when they all do, it is within 1/bins of the sorted one whatever the data.
 *
 * @param logits [N, K] float32
 * @param labels class of each row, [N]; a row whose label is negative does not count
 * @returns scalar in [0, 1]; 0 without a row that counts
 */
export function lovaszSoftmax(logits: Tensor2D, labels: ArrayLike<number>, bins = defaultBins): Scalar {
  const [N, K] = logits.shape
  if (N === 0) return tf.scalar(0)
  const overRows = tf.customGrad((x: Tensor | GradSaveFunc, save: Tensor | GradSaveFunc) => {
    const p = tf.softmax(x as Tensor2D).dataSync<'float32'>()
    const { loss, gradient } = lovaszOf(p, labels, K, bins)
    throughSoftmax(gradient, p, K)
    ;(save as GradSaveFunc)([tf.tensor2d(gradient, [N, K])])
    return { value: tf.scalar(loss), gradFunc: (dy: Tensor, [saved]: Tensor[]) => tf.mul(saved, dy) }
  })
  return overRows(logits) as Scalar
}

/** The gradient in the probabilities, [N, K], becomes that in the logits in place: p · (g − Σ p · g). */
function throughSoftmax(gradient: Float32Array, p: Float32Array, K: number): void {
  for (let start = 0; start < p.length; start += K) {
    let mean = 0
    for (let at = start; at < start + K; at++) mean += p[at] * gradient[at]
    for (let at = start; at < start + K; at++) gradient[at] = p[at] * (gradient[at] - mean)
  }
}

/**
 * The loss and its gradient in the probabilities.
 *
 * @param probabilities [N, K], rows of a softmax
 * @param labels [N]; a row whose label is negative does not count
 */
export function lovaszOf(
  probabilities: Float32Array,
  labels: ArrayLike<number>,
  K: number,
  bins: number,
): { loss: number; gradient: Float32Array } {
  const weights = jaccardSteps(countErrors(probabilities, labels, K, bins), K, bins)
  const gradient = new Float32Array(probabilities.length)
  const width = 2 * (bins + 1)
  let loss = 0
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row]
    if (label < 0) continue
    const start = row * K
    for (let k = 0, slot = 0; k < K; k++, slot += width) {
      const error = probabilities[start + k]
      const weight = weights[slot + ((error * bins) | 0)]
      gradient[start + k] = weight
      loss += error * weight
    }
    // The row's own class errs by the rest to 1.
    const p = probabilities[start + label]
    const others = label * width
    const own = weights[others + bins + 1 + (((1 - p) * bins) | 0)]
    gradient[start + label] = -own
    loss += (1 - p) * own - p * weights[others + ((p * bins) | 0)]
  }
  return { loss, gradient }
}

/**
 * Rows by class, by whether they are of it (1) or not (0), and by error: [K, 2, bins + 1], the last step for an error of
 * exactly 1. Every row is first counted as of no class, which keeps the inner loop free of branches.
 */
function countErrors(probabilities: Float32Array, labels: ArrayLike<number>, K: number, bins: number): Int32Array {
  const width = 2 * (bins + 1)
  const counts = new Int32Array(K * width)
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row]
    if (label < 0) continue
    const start = row * K
    for (let k = 0, slot = 0; k < K; k++, slot += width) counts[slot + ((probabilities[start + k] * bins) | 0)]++
    const p = probabilities[start + label]
    counts[label * width + ((p * bins) | 0)]--
    counts[label * width + bins + 1 + (((1 - p) * bins) | 0)]++
  }
  return counts
}

/**
 * What one row of each slot adds to the loss per unit of its error: the change of 1 − (P − missed) / (P + added) over
 * the slot's step, shared out; P rows of the class, of which `missed` err by at least so much, as do `added` others.
 */
function jaccardSteps(counts: Int32Array, K: number, bins: number): Float64Array {
  const weights = new Float64Array(counts.length)
  let present = 0
  for (let k = 0; k < K; k++) {
    const [others, own] = [2 * k * (bins + 1), (2 * k + 1) * (bins + 1)]
    const P = counts.subarray(own, own + bins + 1).reduce((sum, count) => sum + count, 0)
    if (P === 0) continue
    present++
    let [left, added] = [P, 0]
    for (let bin = bins; bin >= 0; bin--) {
      const [hits, misses] = [counts[own + bin], counts[others + bin]]
      const [before, after] = [1 / (P + added), 1 / (P + added + misses)]
      weights[own + bin] = 0.5 * (before + after)
      if (misses > 0) weights[others + bin] = ((left - 0.5 * hits) * (before - after)) / misses
      left -= hits
      added += misses
    }
  }
  return weights.map((weight) => weight / Math.max(1, present))
}
