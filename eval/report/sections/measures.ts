import { measures as registry } from '../../measures/measures.js'
import type { MetricRow } from '../../metricRow.js'
import { forecastCurve } from '../charts/forecastCurve.js'
import { type ReliabilityPoint, reliabilityChart } from '../charts/reliability.js'
import { inkOf, key } from '../charts/svg.js'
import { type Html, html } from '../html.js'
import { cell } from '../numbers.js'
import { forecastersOf, horizonsOf, measuredRows, modelOf, rowsWhere, rowWhere, valuesOf } from '../rows.js'
import type { RunResults } from '../runResults.js'
import { whenOf } from '../slices.js'
import { metricName } from './metricName.js'
import { section } from './section.js'

/** Curves of one measure; its table has all values. */
const mostCurves = 4

/** Every measure but the occupancy of the first sections: its values over the horizon, and what it is, in its own words. */
export function measures({ rows: all }: RunResults): Html {
  const rows = measuredRows(all).filter(
    ({ measure, slice }) => measure != null && measure !== 'occupancy' && slice === 'all',
  )
  const plots = reliability(measuredRows(all))
  const names = valuesOf(rows, 'measure')
  if (names.length === 0)
    return section(
      'measures',
      'Other measures',
      html`<p class="missing">Nothing else was measured; see --measures.</p>`,
    )
  return section(
    'measures',
    'Other measures',
    html`${key(forecastersOf(rows).map((name) => [name, inkOf(name)]))}
      ${names.map((name) => measureBlock(name!, rowsWhere(rows, { measure: name }), name === 'calibration' ? plots : []))}`,
  )
}

function measureBlock(name: string, rows: readonly MetricRow[], plots: readonly Html[]): Html {
  const values = rows.filter(({ className, metric }) => className === null && !isDifference(metric))
  const forecasts = rowsWhere(values, { task: 'forecast' })
  const curved = valuesOf(forecasts, 'metric').filter(
    (metric) => horizonsOf(rowsWhere(forecasts, { metric }).filter(({ value }) => value !== null)).length > 1,
  )
  const curves = curved
    .slice(0, mostCurves)
    .map((metric) => forecastCurve(rowsWhere(forecasts, { metric }), metricName(metric), false))
  return html`<h3>${metricName(name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`))}</h3><p>${registry[name]?.what ?? 'a measure that this version does not know'}. ${conventionOf(rows)}</p>
    ${(curves.length > 0 || plots.length > 0) && html`<div class="charts">${plots}${curves}</div>`}
    <details><summary>All its numbers</summary>${table(values)}</details>`
}

/** Policy and mask, or that the measure knows none. */
function conventionOf([{ measure, policy, mask }]: readonly MetricRow[]): string {
  return policy === measure
    ? 'Under no policy: all voxels count as the measure says.'
    : `Policy ${policy}, mask ${mask}.`
}

function isDifference(metric: string): boolean {
  return metric.includes('_gain_over_') || metric.endsWith('_minus_rest')
}

function table(rows: readonly MetricRow[]): Html {
  const columns = valuesOf(rows, 'metric')
  const lines = valuesOf(rows, 'task').flatMap((task) =>
    valuesOf(rowsWhere(rows, { task }), 'horizonS').flatMap((horizonS) =>
      valuesOf(rowsWhere(rows, { task, horizonS }), 'model').map((model) => {
        const cells = columns.map((metric) =>
          cell(rowWhere(rows, { task, horizonS, model, metric }), { withSupport: true }),
        )
        return html`<tr><th scope="row">${whenOf({ task, horizonS })}</th><th scope="row" class="model ${model}">${model}</th>${cells}</tr>`
      }),
    ),
  )
  const head = columns.map((metric) => {
    const row = rowWhere(rows, { metric })!
    const arrow = row.better === 'lower' ? ' ↓' : row.better === 'higher' ? ' ↑' : ''
    return html`<th class="num">${metricName(metric)}${arrow}</th>`
  })
  return html`<div class="scroll"><table><thead><tr><th>horizon</th><th>predicted by</th>${head}</tr></thead><tbody>${lines}</tbody></table></div>`
}

/** A plot a horizon, of the slices `probability=…` that have both what was predicted and what came true. */
function reliability(rows: readonly MetricRow[]): Html[] {
  const model = modelOf(rows)
  const bins = rowsWhere(rows, { model, task: 'forecast' }).filter(({ slice }) => slice.startsWith('probability='))
  return horizonsOf(bins).flatMap((horizonS) => {
    const at = rowsWhere(bins, { horizonS })
    const points = valuesOf(at, 'slice').flatMap((slice): ReliabilityPoint[] => {
      const predicted = rowWhere(at, { slice, metric: 'predicted_occupied' })?.value ?? null
      const truth = rowWhere(at, { slice, metric: 'truly_occupied' })
      if (predicted === null || !truth || truth.value === null) return []
      return [{ predicted, observed: truth.value, low: truth.low, high: truth.high, count: truth.count }]
    })
    const caption = `reliability, ${horizonS} s ahead, policy ${bins[0].policy}: on the dashed line a probability can be taken at its word; larger dots: more voxels`
    return points.length === 0 ? [] : [reliabilityChart(points, `Reliability ${horizonS} s ahead`, caption)]
  })
}
