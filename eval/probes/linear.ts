import { DataError, UsageError } from '../../pipeline/errors.js'
import type { Rng } from '../../pipeline/random.js'
import { accuracy, balancedAccuracy, type ChanceAccuracy, chanceAccuracy } from '../metrics/accuracy.js'
import { Confusion } from '../metrics/confusion.js'
import type { Score } from '../metrics/score.js'
import { auroc } from '../statistics/auroc.js'
import { type Fold, foldsOf, type Group, leastLoss, rowsByGroup } from '../statistics/groupFolds.js'
import { fitLogistic, type Logistic, probabilities } from '../statistics/logistic.js'
import { meanAbsoluteError, r2, residuals, scoreOf } from '../statistics/residuals.js'
import { type Linear, momentsOf, predict, ridge, without } from '../statistics/ridge.js'
import { allRows, type Design, rowCount, scaleOf } from '../statistics/standardise.js'

/** Features, [n, d]; what is to be read off them, and the group (the log) that no split may tear apart, by row. */
export interface ProbeRows extends Design {
  /** A number in any unit, or a class index. */
  targets: ArrayLike<number>
  groups: readonly Group[]
}

export interface ProbeOptions {
  /** Draws the inner folds. */
  rng: Rng
  /** Penalties to choose among. */
  lambdas?: readonly number[]
  /** 5 when left out; as many as there are training groups where they are fewer. */
  innerFolds?: number
}

/** What every probe says of its fit, and what a bootstrap over logs needs. */
interface Probed {
  lambda: number
  /** Inner folds that chose λ; 0 where a single training group left none, and the middle λ was taken. */
  innerFolds: number
  /** The groups of the test rows, in order of appearance. */
  groups: Group[]
  /** The sufficient statistics of each of `groups`, for `clusterBootstrap`. */
  clusters: Float64Array[]
}

/** Clusters are `residuals`; `r2` and `meanAbsoluteError` are their statistics. */
export interface RegressionProbe extends Probed {
  r2: Score
  /** Mean absolute error in the target's unit. */
  mae: Score
  /** What no features give: R² of the training mean, mean absolute error of the training median. */
  chance: { r2: Score; mae: Score }
  /** By test row. */
  predictions: Float64Array
}

/** Clusters are confusions' counts; `onCounts` makes their statistics. For the AUROC see `bootstrapAuroc`. */
export interface ClassificationProbe extends Probed {
  accuracy: Score
  balancedAccuracy: Score
  /** Of class 1 against class 0; null where there are more classes. */
  auroc: Score | null
  chance: ChanceAccuracy
  /** [test rows, C]. */
  probabilities: Float64Array
  converged: boolean
}

/**
 * Ridge regression fitted on the training rows, its λ chosen on inner folds over their groups, scored on the test rows.
 * Standardisation too is fitted on the rows that a model is trained on and no others.
 *
 * @throws UsageError when a group stands on both sides, DataError on columns of different lengths.
 */
export function probeRegression(train: ProbeRows, test: ProbeRows, options: ProbeOptions): RegressionProbe {
  const { lambdas = [1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100], innerFolds = 5, rng } = options
  const { trainRows, testRows } = checked(train, test)
  const sorted = Float64Array.from(train.targets).sort()
  const centre = scaleOf({ features: sorted, width: 1 }, trainRows).mean[0]
  const shift = Float64Array.from([...scaleOf(train, trainRows).mean, centre])
  const all = momentsOf(train, train.targets, trainRows, shift)
  const folds = foldsOf(train.groups, innerFolds, rng)
  const lambda = leastLoss(lambdas, folds, ({ held }) => {
    const rest = without(all, momentsOf(train, train.targets, held, shift))
    return lambdas.map((candidate) => squaredErrors(ridge(rest, candidate), train, held))
  })
  const predictions = predict(ridge(all, lambda), test, testRows)
  const sumsOf = (rows: Int32Array) => residuals(test.targets, (row) => predictions[row], rows, centre)
  const constant = (value: number) => residuals(test.targets, () => value, testRows, centre)
  const groups = rowsByGroup(test.groups)
  return {
    r2: scoreOf(r2, sumsOf(testRows)),
    mae: scoreOf(meanAbsoluteError, sumsOf(testRows)),
    chance: {
      r2: scoreOf(r2, constant(centre)),
      mae: scoreOf(meanAbsoluteError, constant(sorted[sorted.length >> 1])),
    },
    lambda,
    innerFolds: folds.length,
    groups: [...groups.keys()],
    clusters: [...groups.values()].map(sumsOf),
    predictions,
  }
}

/**
 * Multinomial logistic regression, as `probeRegression` does it; λ by the inner folds' log loss.
 *
 * @param options.classes - C; targets are class indices below it.
 * @throws UsageError when a group stands on both sides, DataError on a target that is no class.
 */
export function probeClassification(
  train: ProbeRows,
  test: ProbeRows,
  options: ProbeOptions & { classes: number },
): ClassificationProbe {
  const { lambdas = [1e-4, 1e-3, 1e-2, 1e-1, 1], innerFolds = 5, rng, classes } = options
  const { trainRows, testRows } = checked(train, test)
  const known = labelCounts(train.targets, classes)
  const folds = foldsOf(train.groups, innerFolds, rng)
  const lambda = leastLoss(lambdas, folds, ({ held, rest }: Fold) =>
    fitLogistic(train, train.targets, classes, lambdas, rest).map((fit) => logLoss(fit, train, held)),
  )
  const [fit] = fitLogistic(train, train.targets, classes, [lambda], trainRows)
  const p = probabilities(fit, test, testRows)
  const predicted = Uint8Array.from(testRows, (row) => argmax(p.subarray(row * classes, (row + 1) * classes)))
  const confusionOf = (rows: Int32Array) =>
    new Confusion(classes).addFrame(
      Uint8Array.from(rows, (row) => test.targets[row]),
      Uint8Array.from(rows, (row) => predicted[row]),
    )
  const confusion = confusionOf(testRows)
  const ofClassOne = Float64Array.from(testRows, (row) => p[row * classes + 1])
  const groups = rowsByGroup(test.groups)
  return {
    accuracy: accuracy(confusion),
    balancedAccuracy: balancedAccuracy(confusion),
    auroc: classes === 2 ? auroc(ofClassOne, test.targets) : null,
    chance: chanceAccuracy(known, labelCounts(test.targets, classes)),
    lambda,
    innerFolds: folds.length,
    groups: [...groups.keys()],
    clusters: [...groups.values()].map((rows) => confusionOf(rows).counts),
    probabilities: p,
    converged: fit.converged,
  }
}

function squaredErrors(model: Linear, { features, width, targets }: ProbeRows, rows: Int32Array): number {
  return predict(model, { features, width }, rows).reduce((sum, value, i) => sum + (targets[rows[i]] - value) ** 2, 0)
}

function logLoss(model: Logistic, data: ProbeRows, rows: Int32Array): number {
  const p = probabilities(model, data, rows)
  // A class that a fold's training part lacks must not outweigh everything else.
  return rows.reduce((sum, row, i) => sum - Math.log(Math.max(p[i * model.classes + data.targets[row]], 1e-12)), 0)
}

function labelCounts(labels: ArrayLike<number>, classes: number): Float64Array {
  const counts = new Float64Array(classes)
  for (let row = 0; row < labels.length; row++) {
    if (!(labels[row] in counts))
      throw new DataError('a label is no class', {
        place: `row ${row}`,
        expected: `0–${classes - 1}`,
        actual: `${labels[row]}`,
      })
    counts[labels[row]]++
  }
  return counts
}

function argmax(values: Float64Array): number {
  return values.indexOf(Math.max(...values))
}

function checked(train: ProbeRows, test: ProbeRows): { trainRows: Int32Array; testRows: Int32Array } {
  for (const side of [train, test]) {
    const n = rowCount(side)
    if (side.targets.length !== n || side.groups.length !== n)
      throw new DataError('a probe needs one target and one group for each row of features', {
        expected: `${n}`,
        actual: `${side.targets.length} targets, ${side.groups.length} groups`,
      })
  }
  if (train.groups.length === 0) throw new DataError('a probe needs training rows')
  const trained = new Set(train.groups)
  const shared = test.groups.find((group) => trained.has(group))
  if (shared !== undefined) throw new UsageError(`group '${shared}' is in the training and the test part of a probe`)
  return { trainRows: allRows(train.groups.length), testRows: allRows(test.groups.length) }
}
