import { baselines } from '../../baselines.js'
import type { MetricRow } from '../../metricRow.js'
import { gainOver, provenBest } from '../evidence.js'
import { type Html, html } from '../html.js'
import { cell, counted, signed, whole } from '../numbers.js'
import { forecastersOf, horizonsOf, leadingRows, rowWhere } from '../rows.js'
import type { RunResults } from '../runResults.js'
import { section } from './section.js'

const metrics = [
  ['iou', 'IoU'],
  ['miou', 'mIoU'],
  ['rare_recall', 'rare recall'],
] as const

/** Forecasts against the baselines, with everything the numbers need to mean something. */
export function headline({ rows: all }: RunResults): Html {
  const rows = leadingRows(all)
  const first = rowWhere(rows, { task: 'forecast', slice: 'all' })
  if (!first) return section('forecast', 'Forecast', html`<p class="missing">This run has no forecasts.</p>`)
  return section(
    'forecast',
    'Forecast',
    html`${conditions(first)}
      ${headlineTable(rows)}
      <p class="note">Bold: best of its horizon, and the paired difference over logs (or intervals apart) says so. Nothing
      bold: the data cannot tell. Small: ${100 * first.confidence} % interval, bootstrap over logs.
      Voxels: what the IoU rests on.</p>
      <h3>How far the model is ahead</h3>
      ${gainTable(rows)}`,
  )
}

/** What stands beside every number of the section. */
function conditions({ mask, classPolicy, ego, population, part, policy, clusters, remark }: MetricRow): Html {
  const facts = [
    ['mask', mask],
    ['classes', classPolicy],
    ['policy', policy],
    ['ego trajectory', ego ?? 'not needed'],
    ['population', population],
    ['part', part],
    ['support', counted(clusters, 'log')],
  ]
  const isTrained = remark?.startsWith('scored although')
  return html`${isTrained && html`<p class="warning">${remark}</p>`}
    <dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`
}

function headlineTable(rows: readonly MetricRow[]): Html {
  return html`<div class="scroll"><table class="headline">
    <thead><tr><th>horizon</th><th>predicted by</th>${metrics.map(([, name]) => html`<th class="num">${name}</th>`)}<th class="num">voxels</th></tr></thead>
    ${horizonsOf(rows).map((horizonS) => horizonGroup(rows, horizonS))}</table></div>`
}

function horizonGroup(rows: readonly MetricRow[], horizonS: number): Html {
  const forecasters = forecastersOf(rows)
  const lines = forecasters.map((model, i) => {
    const of = (metric: string) =>
      rowWhere(rows, { task: 'forecast', model, metric, horizonS, slice: 'all', className: null })
    const cells = metrics.map(([metric]) => cell(of(metric), { best: provenBest(rows, metric, horizonS) === model }))
    const head = i === 0 && html`<th scope="rowgroup" rowspan="${forecasters.length}">${horizonS} s</th>`
    const count = of('iou')?.count
    const voxels = html`<td class="num soft">${count === undefined ? '–' : whole(count)}</td>`
    return html`<tr>${head}<th scope="row" class="model ${model}">${model}</th>${cells}${voxels}</tr>`
  })
  return html`<tbody>${lines}</tbody>`
}

function gainTable(rows: readonly MetricRow[]): Html {
  const pairs = baselines.flatMap((baseline) => metrics.map(([metric, name]) => ({ baseline, metric, name })))
  const body = horizonsOf(rows).map((horizonS) => {
    const cells = pairs.map(({ baseline, metric }) =>
      cell(gainOver(rows, baseline, metric, horizonS), { format: signed }),
    )
    return html`<tr><th scope="row">${horizonS} s</th>${cells}</tr>`
  })
  return html`<div class="scroll"><table>
    <thead><tr><th>horizon</th>${pairs.map(({ baseline, name }) => html`<th class="num">${name} over ${baseline}</th>`)}</tr></thead>
    <tbody>${body}</tbody></table></div>
    <p class="note">Paired: model minus baseline on the same resampled logs. An interval that holds 0 decides nothing.</p>`
}
