import { stream } from '../../../pipeline/random.js'
import type { MetricRow } from '../../metricRow.js'
import { ratio } from '../../metrics/score.js'
import { clusterBootstrap, type Statistic } from '../../statistics/bootstrap.js'
import { allRows, type Scale, scaleOf, standardised } from '../../statistics/standardise.js'
import type { FeatureTable, FrameRef } from '../features.js'
import { probeRow } from '../probeRow.js'
import type { Study, StudyContext } from '../study.js'

/** Frames of other logs this near show the same place. */
const samePlaceM = 10
const ranks = [1, 5, 10]

/** A query frame and what of a gallery it should find. */
interface Task {
  slice: string
  className: string | null
  gallery: FeatureTable
  /** Whether the gallery's row may be found at all: never a frame of the query's own log. */
  relevant(query: number, row: number): boolean
}

/**
 * Whether near latents show alike scenes, with no probe between: frames are ranked by the cosine of their standardised
 * pooled latents. Two tasks: frames of another drive at the same place, and training frames with the same rare class.
 */
export const retrieval: Study = {
  name: 'retrieval',
  question: 'Do the nearest latents show the same place, or the same rare class?',
  source: 'mAP and recall@k as in NetVLAD, https://arxiv.org/abs/1511.07247 (place)',
  run: async (context) => tasksOf(context).flatMap((task) => rowsOf(task, context)),
}

function tasksOf({ features: { train, test }, dataset }: StudyContext): Task[] {
  const { classes } = dataset.taxonomy
  const rare = classes.flatMap((c, index) => (c.rare ? [index] : []))
  const has = ({ present }: FeatureTable, row: number, index: number) => present[row * classes.length + index] === 1
  return [
    {
      slice: 'same_place',
      className: null,
      gallery: test,
      relevant: (query, row) => test.logs[query] !== test.logs[row] && samePlace(test.frames[query], test.frames[row]),
    },
    ...rare.map((index) => ({
      slice: 'same_rare_class',
      className: classes[index].name,
      gallery: train,
      relevant: (query: number, row: number) => has(test, query, index) && has(train, row, index),
    })),
  ]
}

function samePlace(a: FrameRef, b: FrameRef): boolean {
  const [p, q] = [a.cityFromEgo.t, b.cityFromEgo.t]
  return a.siteId === b.siteId && Math.hypot(p[0] - q[0], p[1] - q[1]) <= samePlaceM
}

function rowsOf(task: Task, { features, seed, resamples, provenance }: StudyContext): MetricRow[] {
  const { clusters, queries } = searched(task, features)
  const population = `${queries} test frames that have something to find among ${task.gallery.logs.length}`
  const line = {
    ...{
      model: 'latent',
      unit: 'ratio',
      countOf: 'frames',
      slice: task.slice,
      className: task.className,
      population,
      ...provenance,
    },
    ...{ policy: 'nearest neighbours by cosine', classPolicy: 'wanted: should beat chance' },
  }
  const metrics: [string, number, number][] = [
    ['map', 1, 5],
    ...ranks.map((k, i): [string, number, number] => [`recall_at_${k}`, 2 + i, 6 + i]),
  ]
  return metrics.flatMap(([metric, at, chanceAt]) => {
    const statistic: Statistic = (sums) => ratio(sums[at], sums[0]).value
    const rng = stream(seed, 'retrieval', task.slice, task.className ?? '', metric)
    const interval = clusterBootstrap(clusters, statistic, { rng, resamples })
    const chance = clusters.reduce((sum, cluster) => sum + cluster[chanceAt], 0)
    const remark = queries === 0 ? 'no test frame has anything to find' : null
    return [
      probeRow({ ...line, metric, ...(remark && { remark }) }, { value: interval.value, count: queries }, interval),
      ...(queries === 0
        ? []
        : [
            probeRow(
              { ...line, metric, model: 'chance', remark: 'expected of a random order' },
              ratio(chance, queries),
              null,
            ),
          ]),
    ]
  })
}

/** By log of the query: [queries, Σ AP, Σ found at each rank, Σ AP by chance, Σ found at each rank by chance]. */
function searched({ gallery, relevant }: Task, { test, train }: StudyContext['features']) {
  const scale = scaleOf(train, allRows(train.logs.length))
  const [from, to] = [directions(test, scale), directions(gallery, scale)]
  const byLog = new Map<string, Float64Array>()
  for (let query = 0; query < test.logs.length; query++) {
    const candidates = gallery.logs
      .map((_, row) => row)
      .filter((row) => gallery !== test || gallery.logs[row] !== test.logs[query])
    const wanted = new Set(candidates.filter((row) => relevant(query, row)))
    // A gallery in which everything is wanted, or nothing, tells no ranking from another.
    if (wanted.size === 0 || wanted.size === candidates.length) continue
    const order = candidates
      .map((row) => ({ row, near: dot(from, query, to, row, test.width) }))
      .sort((a, b) => b.near - a.near || a.row - b.row)
    const hits = order.map(({ row }) => wanted.has(row))
    const sums = byLog.get(test.logs[query]) ?? new Float64Array(6 + ranks.length)
    byLog.set(test.logs[query], sums)
    sums[0]++
    sums[1] += averagePrecision(hits)
    const share = wanted.size / candidates.length
    // To the first order the average precision of a random order is the share of what is wanted.
    sums[5] += share
    for (const [i, k] of ranks.entries()) {
      sums[2 + i] += hits.slice(0, k).includes(true) ? 1 : 0
      sums[6 + i] += 1 - missed(candidates.length, wanted.size, k)
    }
  }
  const clusters = [...byLog.values()]
  return { clusters, queries: clusters.reduce((sum, [queries]) => sum + queries, 0) }
}

/** Mean over the wanted of the precision at their rank. */
export function averagePrecision(hits: readonly boolean[]): number {
  let [found, sum] = [0, 0]
  for (const [rank, hit] of hits.entries()) if (hit) sum += ++found / (rank + 1)
  return found === 0 ? 0 : sum / found
}

/** Probability that k draws of n without replacement miss all m wanted ones. */
function missed(n: number, m: number, k: number): number {
  let p = 1
  for (let i = 0; i < Math.min(k, n); i++) p *= Math.max(0, (n - m - i) / (n - i))
  return p
}

/** Standardised features as vectors of length 1, [n, width]. */
function directions(table: FeatureTable, scale: Scale): Float64Array {
  const { width } = table
  const out = standardised(table, allRows(table.logs.length), scale)
  for (let at = 0; at < out.length; at += width) {
    const row = out.subarray(at, at + width)
    const length = Math.sqrt(row.reduce((sum, x) => sum + x * x, 0)) || 1
    for (let i = 0; i < width; i++) row[i] /= length
  }
  return out
}

function dot(a: Float64Array, i: number, b: Float64Array, j: number, width: number): number {
  let sum = 0
  for (let k = 0; k < width; k++) sum += a[i * width + k] * b[j * width + k]
  return sum
}
