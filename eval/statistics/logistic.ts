import { lbfgs, type Objective } from './lbfgs.js'
import { type Design, type Scale, scaleOf, standardised } from './standardise.js'

/** A multinomial logistic regression. */
export interface Logistic {
  /** [C, d + 1] over standardised features, the bias last. */
  weights: Float64Array
  /** C. */
  classes: number
  scale: Scale
  lambda: number
  iterations: number
  converged: boolean
}

/**
 * Fits multinomial logistic regression with an L2 penalty for each λ, the largest first and each from the one before:
 * minimises (1/n)·Σ −log softmax(Wx + b)[label] + (λ/2)‖W‖² by L-BFGS from W = 0. The bias is not penalised. Features
 * are standardised on `rows` alone.
 *
 * @param labels - class indices below `classes`, by row of the design.
 * @param lambdas - above 0.
 * @returns one fit a λ, in the order of `lambdas`.
 */
export function fitLogistic(
  design: Design,
  labels: ArrayLike<number>,
  classes: number,
  lambdas: readonly number[],
  rows: Int32Array,
): Logistic[] {
  const scale = scaleOf(design, rows)
  const inputs = standardised(design, rows, scale)
  const wanted = Int32Array.from(rows, (row) => labels[row])
  const fits = new Map<number, Logistic>()
  let weights: Float64Array = new Float64Array(classes * (design.width + 1))
  for (const lambda of [...lambdas].sort((a, b) => b - a)) {
    const { x, iterations, converged } = lbfgs(penalisedLoss(inputs, wanted, classes, lambda), weights)
    weights = x
    fits.set(lambda, { weights, classes, scale, lambda, iterations, converged })
  }
  return lambdas.map((lambda) => fits.get(lambda)!)
}

/** The classes' probabilities at the given rows, [rows, C]. */
export function probabilities({ weights, classes, scale }: Logistic, design: Design, rows: Int32Array): Float64Array {
  const inputs = standardised(design, rows, scale)
  const out = new Float64Array(rows.length * classes)
  for (let i = 0; i < rows.length; i++)
    logProbabilities(weights, inputs, i, out.subarray(i * classes, (i + 1) * classes))
  return out.map(Math.exp)
}

/** The mean negative log probability of the labels plus the penalty, with its gradient. */
function penalisedLoss(inputs: Float64Array, wanted: Int32Array, classes: number, lambda: number): Objective {
  const width = inputs.length / wanted.length
  const logs = new Float64Array(classes)
  return (weights, gradient) => {
    gradient.fill(0)
    let loss = 0
    for (let i = 0; i < wanted.length; i++) {
      logProbabilities(weights, inputs, i, logs)
      loss -= logs[wanted[i]]
      for (let c = 0; c < classes; c++) {
        const error = (Math.exp(logs[c]) - (c === wanted[i] ? 1 : 0)) / wanted.length
        const row = c * (width + 1)
        for (let j = 0; j < width; j++) gradient[row + j] += error * inputs[i * width + j]
        gradient[row + width] += error
      }
    }
    let squares = 0
    for (let w = 0; w < weights.length; w++) {
      if (w % (width + 1) === width) continue
      squares += weights[w] ** 2
      gradient[w] += lambda * weights[w]
    }
    return loss / wanted.length + (lambda / 2) * squares
  }
}

/** Fills `out`, [C], with the log softmax of row i of the inputs. */
function logProbabilities(weights: Float64Array, inputs: Float64Array, i: number, out: Float64Array): void {
  const width = weights.length / out.length - 1
  let highest = Number.NEGATIVE_INFINITY
  for (let c = 0; c < out.length; c++) {
    const row = c * (width + 1)
    let sum = weights[row + width]
    for (let j = 0; j < width; j++) sum += weights[row + j] * inputs[i * width + j]
    out[c] = sum
    highest = Math.max(highest, sum)
  }
  let total = 0
  for (let c = 0; c < out.length; c++) total += Math.exp(out[c] - highest)
  const log = highest + Math.log(total)
  for (let c = 0; c < out.length; c++) out[c] -= log
}
