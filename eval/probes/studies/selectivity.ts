import { stream } from '../../../pipeline/random.js'
import type { MetricRow } from '../../metricRow.js'
import { bootstrapTable, pairedBootstrap } from '../../statistics/bootstrap.js'
import type { Probe } from '../probe.js'
import { type ProbeData, populationOf } from '../probeData.js'
import { fitProbe, fittedProbe } from '../probeFit.js'
import { probeRow } from '../probeRow.js'
import { lineOf } from '../probeRows.js'
import type { Study, StudyContext } from '../study.js'

/**
 * What the probe would read off anything: the same probe on the same frames with their labels dealt out again at random
 * over the training frames. A latent that holds the answer is ahead of that by much; a probe with too many weights for so
 * few frames is not.
 */
export const selectivity: Study = {
  name: 'selectivity',
  question: 'How far is the probe ahead of itself with shuffled labels?',
  source:
    'Hewitt & Liang 2019, https://arxiv.org/abs/1909.03368, with labels shuffled over frames for want of word types',
  run: async (context) => context.probes.flatMap((probe, index) => rowsOf(probe, index, context)),
}

function rowsOf(probe: Probe, index: number, { features, seed, resamples, provenance }: StudyContext): MetricRow[] {
  const { data, fit: real } = fittedProbe(probe, features, index, seed)
  // Why nothing can be said is told once, by the probe itself.
  if (!real) return []
  const rng = stream(seed, 'selectivity', probe.name)
  // With the penalty that the real labels asked for: it is the same probe.
  const mixed = shuffled(data, (targets) => rng.shuffle(targets))
  const control = fitProbe(probe, mixed, rng, real.lambda)
  const [headline] = control.measured
  const { metric, unit, statistic } = headline
  const options = { rng: stream(seed, 'selectivity bootstrap', probe.name), resamples }
  const interval = bootstrapTable(control.clusters, { control: statistic }, options).control
  const gap = pairedBootstrap(real.clusters, control.clusters, statistic, options)
  const line = { ...lineOf(probe, provenance), unit, population: populationOf(data) }
  const { count } = headline.score
  return [
    probeRow({ ...line, model: 'control', metric }, headline.score, interval),
    probeRow({ ...line, model: 'latent', metric: 'selectivity' }, { value: gap.value, count }, gap),
  ]
}

function shuffled(data: ProbeData, shuffle: (targets: number[]) => number[]): ProbeData {
  return { ...data, train: { ...data.train, targets: shuffle(Array.from(data.train.targets)) } }
}
