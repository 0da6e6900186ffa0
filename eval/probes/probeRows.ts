import { stream } from '../../pipeline/random.js'
import type { MetricRow } from '../metricRow.js'
import { notApplicable } from '../metrics/score.js'
import { bootstrapTable } from '../statistics/bootstrap.js'
import type { ProbeFeatures } from './features.js'
import type { Probe } from './probe.js'
import { populationOf } from './probeData.js'
import { fittedProbe } from './probeFit.js'
import { type ProbeLine, type Provenance, probeRow } from './probeRow.js'

export interface ProbeContext {
  seed: number
  resamples: number
  provenance: Provenance
}

/** One probe's scores with their intervals, and what chance scores on the same frames. */
export function probeRows(probe: Probe, features: ProbeFeatures, index: number, context: ProbeContext): MetricRow[] {
  const { data, fit } = fittedProbe(probe, features, index, context.seed)
  const line = { ...lineOf(probe, context.provenance), population: populationOf(data) }
  if (!fit) return [unsaid(probe, data.reason!, context.provenance)]
  const { measured, clusters } = fit
  const statistics = Object.fromEntries(measured.map(({ metric, statistic }) => [metric, statistic]))
  const rng = stream(context.seed, 'probe bootstrap', probe.name)
  const intervals = bootstrapTable(clusters, statistics, { rng, resamples: context.resamples })
  const remark = 'the same constant on every frame has no interval'
  return measured.flatMap(({ metric, unit, score, chance }) => [
    probeRow({ ...line, model: 'latent', metric, unit }, score, intervals[metric]),
    probeRow({ ...line, model: 'chance', metric, unit, remark }, chance, null),
  ])
}

/** What all rows of a probe share. */
export function lineOf(
  { name, shortcut }: Probe,
  provenance: Provenance,
): Omit<ProbeLine, 'model' | 'metric' | 'unit' | 'population'> {
  const classPolicy = shortcut ? 'shortcut: should be near chance' : 'wanted: should beat chance'
  return { countOf: 'frames', slice: name, policy: 'linear probe', classPolicy, ...provenance }
}

/** The row of a probe that cannot be scored, with the reason. */
export function unsaid(probe: Probe, reason: string, provenance: Provenance): MetricRow {
  const metric = probe.kind === 'regression' ? 'r2' : 'balanced_accuracy'
  const line = { ...lineOf(probe, provenance), model: 'latent', metric, unit: 'ratio', population: 'none' }
  return probeRow({ ...line, remark: reason }, notApplicable, null)
}
