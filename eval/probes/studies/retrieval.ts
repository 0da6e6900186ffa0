import { stream } from '../../../pipeline/random.js'
import type { MetricRow } from '../../metricRow.js'
import { ratio } from '../../metrics/score.js'
import { clusterBootstrap, type Statistic } from '../../statistics/bootstrap.js'
import { allRows, type Scale, scaleOf, standardised } from '../../statistics/standardise.js'
import type { FeatureTable, FrameRef } from '../features.js'
import { probeRow } from '../probeRow.js'
import type { Study, StudyContext } from '../study.js'
import { averagePrecision, ranking } from './ranking.js'

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
  run: async (context) => {
    const tasks = tasksOf(context)
    const galleries = [...new Set(tasks.map(({ gallery }) => gallery))]
    return galleries.flatMap((gallery) => {
      const here = tasks.filter((task) => task.gallery === gallery)
      const found = searched(here, context.features)
      return here.flatMap((task, i) => rowsOf(task, found[i], context))
    })
  },
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

function rowsOf(task: Task, byLog: Sums, { seed, resamples, provenance }: StudyContext): MetricRow[] {
  const clusters = [...byLog.values()]
  const queries = clusters.reduce((sum, [count]) => sum + count, 0)
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
type Sums = Map<string, Float64Array>

/** A gallery's rows in their order from each query, for all tasks that search it. */
function searched(tasks: readonly Task[], { test, train }: StudyContext['features']): Sums[] {
  const { gallery } = tasks[0]
  const scale = scaleOf(train, allRows(train.logs.length))
  const [from, to] = [directions(test, scale), directions(gallery, scale)]
  const near = new Float64Array(gallery.logs.length)
  const sums = tasks.map((): Sums => new Map())
  let candidates = new Int32Array(0)
  for (const [query, log] of test.logs.entries()) {
    if (query === 0 || log !== test.logs[query - 1]) candidates = candidatesOf(gallery, gallery === test ? log : null)
    const wanted = tasks.map(({ relevant }) => Array.from(candidates.filter((row) => relevant(query, row))))
    if (!wanted.some((rows) => canTell(rows, candidates))) continue
    for (const row of candidates) near[row] = dot(from, query, to, row, test.width)
    const ranksOf = ranking(near, candidates)
    for (const [i, rows] of wanted.entries())
      if (canTell(rows, candidates)) add(sums[i], log, ranksOf(rows), candidates.length)
  }
  return sums
}

function candidatesOf({ logs }: FeatureTable, own: string | null): Int32Array<ArrayBuffer> {
  return allRows(logs.length).filter((row) => logs[row] !== own) as Int32Array<ArrayBuffer>
}

/** A gallery in which everything is wanted, or nothing, tells no ranking from another. */
function canTell(wanted: readonly number[], { length }: Int32Array): boolean {
  return wanted.length > 0 && wanted.length < length
}

function add(byLog: Sums, log: string, found: readonly number[], candidates: number): void {
  const sums = byLog.get(log) ?? new Float64Array(6 + ranks.length)
  byLog.set(log, sums)
  sums[0]++
  sums[1] += averagePrecision(found)
  // To the first order the average precision of a random order is the share of what is wanted.
  sums[5] += found.length / candidates
  for (const [i, k] of ranks.entries()) {
    sums[2 + i] += found[0] < k ? 1 : 0
    sums[6 + i] += 1 - missed(candidates, found.length, k)
  }
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
