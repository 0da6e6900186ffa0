import type { MetricRow } from '../../metricRow.js'
import { type Html, html } from '../html.js'
import { cell, shown } from '../numbers.js'
import { forecastersOf, horizonsOf, modelOf, rowsWhere, rowWhere, valuesOf } from '../rows.js'
import type { RunResults } from '../runResults.js'
import { metricName } from './metricName.js'
import { section } from './section.js'

/** The same predictions under every policy of the run, side by side, with how each counts. */
export function policies({ rows: all }: RunResults): Html {
  const rows = rowsWhere(all, { task: 'forecast', slice: 'all', metric: ['iou', 'miou'], className: null })
  const names = valuesOf(rows, 'policy')
  if (names.length === 0)
    return section('policies', 'Policies', html`<p class="missing">This run has no forecasts.</p>`)
  const horizons = horizonsOf(rows)
  const metrics = valuesOf(rows, 'metric')
  const head = metrics.flatMap((metric) =>
    horizons.map((horizonS) => html`<th class="num">${metricName(metric)}, ${horizonS} s</th>`),
  )
  const lines = names.map((policy) => {
    const { mask, classPolicy } = rowWhere(rows, { policy })!
    const cells = metrics.flatMap((metric) =>
      horizons.map((horizonS) => beside(rowsWhere(rows, { policy, metric, horizonS }))),
    )
    return html`<tr><th scope="row" class="reason">${policy}<small>mask ${mask}; ${classPolicy}</small></th>${cells}</tr>`
  })
  return section(
    'policies',
    'Policies',
    html`<p>The same predictions of ${modelOf(rows) ?? 'the model'} counted by each policy’s rules; below each number those of
      ${forecastersOf(rows).slice(1).join(' and ') || 'no baseline'}. Numbers compare within a line, never between lines.</p>
      <div class="scroll"><table><thead><tr><th>policy</th>${head}</tr></thead><tbody>${lines}</tbody></table></div>`,
  )
}

/** The model's number, with the baselines' under it. */
function beside(rows: readonly MetricRow[]): Html {
  const [model, ...baselines] = forecastersOf(rows)
  const below = baselines.map((name) => `${name} ${shown(rowWhere(rows, { model: name })?.value ?? null)}`)
  return cell(rowWhere(rows, { model }), { below })
}
