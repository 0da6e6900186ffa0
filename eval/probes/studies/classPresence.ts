import { stream } from '../../../pipeline/random.js'
import type { MetricRow } from '../../metricRow.js'
import type { Study, StudyContext } from '../study.js'
import { aurocRow, linearScores } from './aurocRow.js'

/** One penalty for all classes: inner folds for each would take minutes and move the second digit. */
const lambda = 1e-2
/** Frames of either kind that both parts must have. */
const leastFrames = 5

/** Whether the latent tells that a class is there at all: things and map elements alike, a linear probe for each. */
export const classPresence: Study = {
  name: 'classPresence',
  question: 'Which classes are in sight?',
  source: 'Alain & Bengio 2016, https://arxiv.org/abs/1610.01644',
  run: async (context) => context.dataset.taxonomy.classes.flatMap((_, index) => rowsOf(index, context)),
}

function rowsOf(index: number, context: StudyContext): MetricRow[] {
  const { features, seed, resamples, provenance, dataset } = context
  const { classes } = dataset.taxonomy
  const [train, test] = [features.train, features.test].map(({ present, logs }) =>
    logs.map((_, row) => present[row * classes.length + index]),
  )
  const reason = [train, test].some((labels) => Math.min(...countsOf(labels)) < leastFrames)
  if (reason) return []
  const scores = linearScores(features.train, train, features.test, lambda)
  const line = {
    ...{ model: 'latent', metric: 'auroc', unit: 'ratio', countOf: 'frames', slice: 'class_presence' },
    ...{
      policy: 'linear probe of each class',
      classPolicy: 'wanted: chance has 0.5',
      className: classes[index].name,
      ...provenance,
    },
    population: `fitted on ${train.length} frames (train), scored on ${test.length} (test), ${countsOf(test)[1]} with the class`,
  }
  const options = { rng: stream(seed, 'class presence', index), resamples }
  return [aurocRow(line, scores, { labels: test, logs: features.test.logs }, options)]
}

/** Frames without and with. */
function countsOf(labels: readonly number[]): [number, number] {
  const having = labels.reduce((sum, label) => sum + label, 0)
  return [labels.length - having, having]
}
