import { type Rng, stream } from '../../../pipeline/random.js'
import type { MetricRow } from '../../metricRow.js'
import { summed } from '../../sampler.js'
import { bootstrapTable, type Statistic } from '../../statistics/bootstrap.js'
import type { ProbeRows } from '../linear.js'
import type { Probe } from '../probe.js'
import { type ProbeData, probeData } from '../probeData.js'
import { fitProbe } from '../probeFit.js'
import { probeRow } from '../probeRow.js'
import { lineOf } from '../probeRows.js'
import type { Study, StudyContext } from '../study.js'

const shots = [1, 4, 16, 64]
/** Draws of each size, whose scores are pooled: one frame says little, and which one it is says much. */
const draws = 3
/** So few frames leave nothing to choose the penalty on: it falls as frames grow. */
const lambdaOf = (shot: number) => 16 / shot

/** How much of what the latent knows can be had from a handful of labelled frames of a new site. */
export const fewShot: Study = {
  name: 'fewShot',
  question: 'How well does a probe do that has seen 1, 4, 16 or 64 labelled frames (of each class)?',
  source: 'Label-efficient linear evaluation as in Hénaff et al. 2019, https://arxiv.org/abs/1905.09272',
  run: async (context) => context.probes.flatMap((probe, index) => rowsOf(probe, index, context)),
}

function rowsOf(probe: Probe, index: number, context: StudyContext): MetricRow[] {
  const data = probeData(probe, context.features, index)
  if (data.reason) return []
  return shots.flatMap((shot) => {
    const rng = stream(context.seed, 'few shot', probe.name, shot)
    const fits = Array.from({ length: draws }, () =>
      fitProbe(probe, { ...data, train: drawn(data, shot, rng) }, rng, lambdaOf(shot)),
    )
    const [{ metric, unit, statistic }] = fits[0].measured
    const clusters = fits[0].clusters.map((_, log) => summed(fits.map((fit) => fit.clusters[log])))
    const interval = bootstrapTable(clusters, { statistic }, { rng, resamples: context.resamples }).statistic
    const line = lineOf(probe, context.provenance)
    const population = `${draws} draws of ${shot} training frames${data.labels.length ? ' of each class' : ''}, scored on ${data.test.groups.length} frames (test)`
    const score = { value: pooled(statistic, clusters), count: data.test.groups.length }
    return probeRow(
      { ...line, slice: `${line.slice}, shots=${shot}`, model: 'latent', metric, unit, population },
      score,
      interval,
    )
  })
}

/** Rows of as many frames, of each class in a classification; of other logs each, as far as there are so many. */
function drawn({ train, labels }: ProbeData, shot: number, rng: Rng): ProbeRows {
  const rows = rng.shuffle(train.groups.map((_, row) => row))
  const classes = labels.length === 0 ? [null] : labels.map((_, label) => label)
  const chosen = classes.flatMap((label) => {
    const ofClass = rows.filter((row) => label === null || train.targets[row] === label)
    return acrossLogs(ofClass, train.groups).slice(0, shot)
  })
  const features = new Float32Array(chosen.length * train.width)
  chosen.forEach((row, i) => {
    features.set(train.features.subarray(row * train.width, (row + 1) * train.width), i * train.width)
  })
  const [targets, groups] = [chosen.map((row) => train.targets[row]), chosen.map((row) => train.groups[row])]
  return { features, width: train.width, targets, groups }
}

/** The first row of every log, then the second of every log … */
function acrossLogs(rows: readonly number[], groups: readonly (string | number)[]): number[] {
  const seen = new Map<string | number, number>()
  const ranked = rows.map((row) => {
    const rank = seen.get(groups[row]) ?? 0
    seen.set(groups[row], rank + 1)
    return { row, rank }
  })
  return ranked.sort((a, b) => a.rank - b.rank).map(({ row }) => row)
}

function pooled(statistic: Statistic, clusters: readonly Float64Array[]): number | null {
  return statistic(summed(clusters))
}
