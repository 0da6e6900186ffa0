import { stream } from '../../../pipeline/random.js'
import type { MetricRow } from '../../metricRow.js'
import { clusterBootstrap, type Statistic } from '../../statistics/bootstrap.js'
import { rowsByGroup } from '../../statistics/groupFolds.js'
import type { Probe } from '../probe.js'
import { populationOf } from '../probeData.js'
import { fittedProbe } from '../probeFit.js'
import { probeRow } from '../probeRow.js'
import { lineOf } from '../probeRows.js'
import type { Study, StudyContext } from '../study.js'

/** A class that training made impossible must not make the bound infinite. */
const leastProbability = 1e-6

/**
 * How much the latent tells of a label, in nats: H(Y) − E[−log q(y | z)] ≤ I(Y; Z), with the linear probe as q. A lower
 * bound: a probe that is too weak, or overconfident on new logs, only makes it smaller, even negative.
 */
export const mutualInformation: Study = {
  name: 'mutualInformation',
  question: 'How many nats does the latent tell of a label, at least?',
  source:
    'Barber & Agakov 2003, https://papers.nips.cc/paper/2410; Pimentel et al. 2020, https://arxiv.org/abs/2004.03061',
  run: async (context) =>
    context.probes.flatMap((probe, index) => (probe.kind === 'classification' ? rowsOf(probe, index, context) : [])),
}

function rowsOf(probe: Probe, index: number, { features, seed, resamples, provenance }: StudyContext): MetricRow[] {
  const { data, fit } = fittedProbe(probe, features, index, seed)
  if (!fit) return []
  const { probabilities } = fit
  const classes = data.labels.length
  const { targets, groups } = data.test
  const sumsOf = (rows: Int32Array) => {
    // Σ −log q, then the frames of each class.
    const sums = new Float64Array(1 + classes)
    for (const row of rows) {
      sums[0] -= Math.log(Math.max(probabilities![row * classes + targets[row]], leastProbability))
      sums[1 + targets[row]]++
    }
    return sums
  }
  const clusters = [...rowsByGroup(groups).values()].map(sumsOf)
  const interval = clusterBootstrap(clusters, boundNats, { rng: stream(seed, 'information', probe.name), resamples })
  const line = { ...lineOf(probe, provenance), model: 'latent', metric: 'information', unit: 'nat' }
  return [
    probeRow({ ...line, population: populationOf(data) }, { value: interval.value, count: groups.length }, interval),
  ]
}

/** H(Y) − mean of −log q over the same frames; null without a frame. */
export const boundNats: Statistic = ([surprise, ...counts]) => {
  const frames = counts.reduce((sum, count) => sum + count, 0)
  if (frames === 0) return null
  const entropy = counts.reduce((sum, n) => sum - (n === 0 ? 0 : (n / frames) * Math.log(n / frames)), 0)
  return entropy - surprise / frames
}
