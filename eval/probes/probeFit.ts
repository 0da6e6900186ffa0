import { type Rng, stream } from '../../pipeline/random.js'
import { accuracy, balancedAccuracy } from '../metrics/accuracy.js'
import { onCounts } from '../metrics/confusion.js'
import type { Score } from '../metrics/score.js'
import type { Statistic } from '../statistics/bootstrap.js'
import { meanAbsoluteError, r2 } from '../statistics/residuals.js'
import type { ProbeFeatures } from './features.js'
import { probeClassification, probeRegression } from './linear.js'
import type { Probe } from './probe.js'
import { type ProbeData, probeData } from './probeData.js'

/** One score of a fitted probe, what chance scores on the same frames, and how both follow from a log's sums. */
export interface Measured {
  metric: string
  unit: string
  score: Score
  chance: Score
  statistic: Statistic
}

/** A fitted probe: its scores, the headline first, and the sums of each test log. */
export interface ProbeFit {
  measured: Measured[]
  lambda: number
  clusters: Float64Array[]
  /** [test rows, C], of a classification. */
  probabilities: Float64Array | null
}

/** Fits a probe on the training rows and scores it on the test rows. `lambda` takes the place of the inner folds. */
export function fitProbe(
  { kind, ...probe }: Probe,
  { train, test, labels }: ProbeData,
  rng: Rng,
  lambda?: number,
): ProbeFit {
  const lambdas = lambda === undefined ? undefined : [lambda]
  if (kind === 'regression') {
    const fit = probeRegression(train, test, { rng, lambdas })
    const unit = (probe as { unit: string }).unit
    const measured = [
      { metric: 'r2', unit: 'ratio', score: fit.r2, chance: fit.chance.r2, statistic: r2 },
      { metric: 'mae', unit, score: fit.mae, chance: fit.chance.mae, statistic: meanAbsoluteError },
    ]
    return { measured, lambda: fit.lambda, clusters: fit.clusters, probabilities: null }
  }
  const classes = labels.length
  const fit = probeClassification(train, test, { rng, lambdas, classes })
  const measured = [
    {
      ...{ metric: 'balanced_accuracy', unit: 'ratio', score: fit.balancedAccuracy },
      ...{ chance: fit.chance.balancedAccuracy, statistic: onCounts(classes, balancedAccuracy) as Statistic },
    },
    {
      ...{ metric: 'accuracy', unit: 'ratio', score: fit.accuracy },
      ...{ chance: fit.chance.majority, statistic: onCounts(classes, accuracy) as Statistic },
    },
  ]
  return { measured, lambda: fit.lambda, clusters: fit.clusters, probabilities: fit.probabilities }
}

/** A probe on all frames; `fit` is null where its data says why nothing can be said. */
export interface FittedProbe {
  data: ProbeData
  fit: ProbeFit | null
}

const fitted = new WeakMap<ProbeFeatures, Map<string, FittedProbe>>()

/** The probe of that index in the tables, fitted once for all studies that ask for it: its inner folds take seconds. */
export function fittedProbe(probe: Probe, features: ProbeFeatures, index: number, seed: number): FittedProbe {
  const known = fitted.get(features) ?? new Map<string, FittedProbe>()
  fitted.set(features, known)
  const found = known.get(`${probe.name} ${seed}`)
  if (found) return found
  const data = probeData(probe, features, index)
  const made = { data, fit: data.reason ? null : fitProbe(probe, data, stream(seed, 'probe', probe.name)) }
  known.set(`${probe.name} ${seed}`, made)
  return made
}
