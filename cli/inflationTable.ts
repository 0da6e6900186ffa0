import type { Nearness } from '../eval/inflation/frameSets.js'
import { inflationOf } from '../eval/inflation/inflationRows.js'
import type { MetricRow } from '../eval/metricRow.js'
import { aligned, cell } from './headline.js'

const metrics = { iou: 'IoU', miou: 'mIoU', rare_recall: 'rare recall' } as const

/** How near the training frames of either model come to the scored frames. */
export type NearestTrainingFrame = Record<'clean' | 'leaky', Nearness>

/** Both models' scores, the difference, its spread over the repeats, and what it means. */
export function inflationTable(rows: readonly MetricRow[], nearest: NearestTrainingFrame): string[] {
  const row = (model: string, metric: string) =>
    rows.find((each) => each.model === model && each.metric === metric && each.slice === 'all')!
  const lines = Object.entries(metrics).map(([metric, title]) => {
    const difference = row('leaky − clean', inflationOf(metric))
    const scores = ['clean', 'leaky'].map((model) => cell(row(model, metric)))
    return [title, ...scores, cell(difference), spreadOf(rows, metric)]
  })
  const first = row('leaky − clean', inflationOf('iou'))
  const header = ['', 'clean', 'leaky', `leaky − clean [${100 * first.confidence} %]`, 'single repeats']
  return [
    ...aligned([header, ...lines]),
    '',
    `population: ${first.population}`,
    `policy ${first.policy}: mask ${first.mask}; ${first.classPolicy}`,
    `intervals: bootstrap over ${first.clusters} logs; the noise of training is in the single repeats`,
    `nearest training frame: ${nearness('clean', nearest)}; ${nearness('leaky', nearest)}`,
    ...Object.entries(metrics).map(([metric, title]) =>
      meaningOf(title, row('leaky − clean', inflationOf(metric)), singleRepeats(rows, metric)),
    ),
  ]
}

/** The difference of each repeat by itself. */
function singleRepeats(rows: readonly MetricRow[], metric: string): number[] {
  const single = rows.filter((each) => each.metric === inflationOf(metric) && each.slice.startsWith('repeat='))
  return single.flatMap(({ value }) => (value === null ? [] : [value]))
}

function spreadOf(rows: readonly MetricRow[], metric: string): string {
  const values = singleRepeats(rows, metric)
  if (values.length === 0) return 'n/a'
  if (values.length === 1) return 'one repeat, no spread'
  return `${signed(Math.min(...values))} to ${signed(Math.max(...values))}`
}

function nearness(side: keyof NearestTrainingFrame, nearest: NearestTrainingFrame): string {
  const { medianM, within5M } = nearest[side]
  const median = medianM === null ? 'none at the site for most' : `${medianM.toFixed(1)} m (median)`
  return `${side} ${median}, ${(100 * within5M).toFixed(0)} % within 5 m`
}

/**
 * One sentence that says what may be concluded, and what not: the interval holds what other test logs would change, the
 * single repeats what another training would, and both must agree.
 */
export function meaningOf(
  title: string,
  { value, low, high }: Pick<MetricRow, 'value' | 'low' | 'high'>,
  single: readonly number[],
): string {
  if (value === null) return `${title}: nothing to measure`
  const credited = `${title}: the leaky split credits the same model with ${signed(value)}`
  if (low === null || high === null) return `${credited}; too few test logs for an interval, so it shows nothing yet`
  if (low <= 0 && high >= 0)
    return `${credited}; the interval holds 0, so an inflation is not shown, and above ${signed(high)} it is unlikely`
  if (single.length < 2) return `${credited}; one repeat cannot tell that from the noise of training`
  if (!single.every((each) => Math.sign(each) === Math.sign(value)))
    return `${credited}; but single repeats differ in sign, so it may be the noise of training: try more repeats`
  return low > 0
    ? `${credited}: that much of the score is no skill, the model saw the places it is tested on`
    : `${credited}: here the leaky frames taught it less than the ones they replaced`
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`
}
