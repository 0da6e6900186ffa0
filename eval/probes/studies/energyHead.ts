import { type Rng, stream } from '../../../pipeline/random.js'
import type { MetricRow } from '../../metricRow.js'
import { ratio } from '../../metrics/score.js'
import { bootstrapTable } from '../../statistics/bootstrap.js'
import { rowsByGroup } from '../../statistics/groupFolds.js'
import { fitLogistic, probabilities } from '../../statistics/logistic.js'
import { allRows } from '../../statistics/standardise.js'
import type { FeatureTable } from '../features.js'
import { probeRow } from '../probeRow.js'
import type { Study, StudyContext } from '../study.js'

/** Wrong futures beside the true one: of the same drive at another time, and of other drives. */
const decoys = { sameLog: 7, otherLogs: 8 }
const candidates = 1 + decoys.sameLog + decoys.otherLogs
/** Frames ahead; and a decoy of the same drive is at least so many frames away from both. */
const [ahead, apart] = [2, 4]
const lambda = 1e-2
/** Frames of a part that are asked about: more of them only make neighbours. */
const mostFrames = 600

/**
 * An energy head over the latent of now and that of a candidate future: Σ w·log(1 + d²/s), d the difference of a feature
 * and s its mean square over true futures; the weights are learned to tell true futures from wrong ones. The logarithm
 * keeps a feature in which other drives are far away from drowning what tells two moments of one drive apart. Scored by
 * how often the true future has the least energy of sixteen; beside it the plain squared distance.
 */
export const energyHead: Study = {
  name: 'energyHead',
  question: 'Does the true future have the least energy among sixteen?',
  source:
    'LeCun et al. 2006, "A tutorial on energy-based learning"; ranking as in CPC, https://arxiv.org/abs/1807.03748',
  run: async (context) => rowsOf(context),
}

/** One question: the frame of now, and the rows of its candidates, the true one first. */
interface Question {
  now: number
  futures: number[]
}

function rowsOf({ features: { train, test }, seed, resamples, provenance }: StudyContext): MetricRow[] {
  const line = {
    ...{ metric: 'true_future_first', unit: 'ratio', countOf: 'frames', slice: 'energy_head' },
    ...{ policy: 'linear energy of log differences', classPolicy: `wanted: chance has 1/${candidates}`, ...provenance },
  }
  const [from, on] = [questionsOf(train, stream(seed, 'energy train')), questionsOf(test, stream(seed, 'energy test'))]
  const population = `${on.length} test frames, each with ${candidates} candidate futures ${ahead} frames ahead`
  if (from.length === 0 || on.length === 0) {
    const remark = 'too few frames follow each other'
    return [probeRow({ ...line, population, model: 'latent', remark }, { value: null, count: 0 }, null)]
  }
  const weigh = fitted(train, from)
  const models = { latent: weigh, 'plain distance': (row: Float64Array) => -row.reduce((sum, x) => sum + x, 0) }
  const clusters = [...rowsByGroup(on.map(({ now }) => test.logs[now])).values()].map((rows) => {
    const asked = Array.from(rows, (row) => on[row])
    const found = Object.values(models).map(
      (score) => asked.filter((question) => isFirst(test, question, score)).length,
    )
    return Float64Array.of(asked.length, ...found)
  })
  const names = Object.keys(models)
  const statistics = Object.fromEntries(
    names.map((name, i) => [name, (s: Float64Array) => ratio(s[1 + i], s[0]).value]),
  )
  const intervals = bootstrapTable(clusters, statistics, { rng: stream(seed, 'energy bootstrap'), resamples })
  return names.map((model) =>
    probeRow({ ...line, population, model }, { value: intervals[model].value, count: on.length }, intervals[model]),
  )
}

/** A question for every frame whose log goes on and is long enough for decoys. */
function questionsOf(table: FeatureTable, rng: Rng): Question[] {
  const step = Math.ceil(table.logs.length / mostFrames)
  const byLog = [...rowsByGroup(table.logs).values()]
  return byLog.flatMap((rows) =>
    Array.from(rows).flatMap((now, i): Question[] => {
      if (now % step !== 0) return []
      const next = rows[i + ahead]
      if (next === undefined || table.frames[next].frameIndex !== table.frames[now].frameIndex + ahead) return []
      const same = Array.from(rows).filter((_, j) => Math.abs(j - i) >= apart && Math.abs(j - i - ahead) >= apart)
      const others = table.logs.map((_, row) => row).filter((row) => table.logs[row] !== table.logs[now])
      if (same.length < decoys.sameLog || others.length < decoys.otherLogs) return []
      const drawn = (rows: number[], count: number) => rng.shuffle(rows).slice(0, count)
      return [{ now, futures: [next, ...drawn(same, decoys.sameLog), ...drawn(others, decoys.otherLogs)] }]
    }),
  )
}

/** Squared difference of each feature between now and a candidate, [width]. */
function differences({ features, width }: FeatureTable, now: number, future: number): Float64Array {
  return Float64Array.from({ length: width }, (_, i) => (features[now * width + i] - features[future * width + i]) ** 2)
}

/** Learns to tell true futures from wrong ones; returns the logit of being true. */
function fitted(table: FeatureTable, questions: readonly Question[]): (row: Float64Array) => number {
  const scale = trueSquares(table, questions)
  const scaled = (row: Float64Array) => row.map((square, i) => Math.log1p(square / scale[i]))
  const rows = questions.flatMap(({ now, futures }) => futures.map((future) => scaled(differences(table, now, future))))
  const design = { features: Float32Array.from(rows.flatMap((row) => [...row])), width: table.width }
  const labels = questions.flatMap(() => Array.from({ length: candidates }, (_, i) => (i === 0 ? 1 : 0)))
  const [fit] = fitLogistic(design, labels, 2, [lambda], allRows(labels.length))
  return (row) =>
    probabilities(fit, { features: Float32Array.from(scaled(row)), width: table.width }, Int32Array.of(0))[1]
}

/** Mean squared difference of each feature between now and its true future; 1 for one that never changes. */
function trueSquares(table: FeatureTable, questions: readonly Question[]): Float64Array {
  const squares = new Float64Array(table.width)
  for (const { now, futures } of questions)
    for (const [i, square] of differences(table, now, futures[0]).entries()) squares[i] += square / questions.length
  return squares.map((square) => square || 1)
}

function isFirst(table: FeatureTable, { now, futures }: Question, score: (row: Float64Array) => number): boolean {
  const scores = futures.map((future) => score(differences(table, now, future)))
  return scores.slice(1).every((wrong) => wrong < scores[0])
}
