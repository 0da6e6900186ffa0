import type { MetricRow } from '../../metricRow.js'
import { sliceDots } from '../charts/sliceDots.js'
import { inkOf, key } from '../charts/svg.js'
import { type Html, html } from '../html.js'
import { cell } from '../numbers.js'
import { forecastersOf, horizonsOf, leadingRows, modelOf, rowsWhere, rowWhere, valuesOf } from '../rows.js'
import type { RunResults } from '../runResults.js'
import { metricName } from './metricName.js'
import { section } from './section.js'

/** Charts of one name of slices; the table has all. */
const mostCharts = 3

/** Every value on every slice, of the scene or of the logs, grouped by the name before `=`: whatever measures come up with. */
export function breakdowns({ rows: all }: RunResults): Html {
  const sliced = leadingRows(all).filter(isBreakdown)
  const rows = sliced.some(({ task }) => task === 'forecast') ? rowsWhere(sliced, { task: 'forecast' }) : sliced
  const names = [...new Set(rows.map(nameOf))]
  if (names.length === 0)
    return section('breakdowns', 'Breakdowns', html`<p class="missing">Nothing was scored by slices.</p>`)
  const model = modelOf(rows) ?? rows[0].model
  const forecasters = forecastersOf(rows)
  return section(
    'breakdowns',
    'Breakdowns',
    html`${key((forecasters.length > 0 ? forecasters : [model]).map((name) => [name, inkOf(name)]))}
      <p class="note">Dots: ${model} with its interval; ticks: the baselines. A hollow dot rests on too few logs.
      Policy ${rows[0].policy}, mask ${rows[0].mask}.</p>
      ${names.map((name) =>
        group(
          name,
          rows.filter((row) => nameOf(row) === name),
          model,
        ),
      )}`,
  )
}

/** A value on a slice; not a point of a reliability plot, not a difference. */
function isBreakdown({ slice, className, metric }: MetricRow): boolean {
  const isDifference = metric.endsWith('_minus_rest') || metric.includes('_gain_over_')
  return slice.includes('=') && className === null && !isDifference && !slice.startsWith('probability=')
}

function nameOf({ slice }: MetricRow): string {
  return slice.slice(0, slice.indexOf('='))
}

function group(name: string, rows: readonly MetricRow[], model: string): Html {
  const [horizonS = null] = horizonsOf(rows)
  const now = rowsWhere(rows, { horizonS })
  const metrics = valuesOf(now, 'metric')
  const title = name.replaceAll('_', ' ')
  const isSupported = now.some(({ model: of, verdict }) => of === model && verdict === null)
  const charts = metrics.slice(0, isSupported ? mostCharts : 0).map((metric) =>
    sliceDots(rowsWhere(now, { metric }), {
      ...{ model, title: metricName(metric) },
      caption: `${metricName(metric)} by ${title}${horizonS === null ? '' : `, ${horizonS} s ahead`}`,
    }),
  )
  return html`<h3>By ${title}</h3>
    ${isSupported ? html`<div class="charts small">${charts}</div>` : html`<p class="note">Too few logs in each to draw.</p>`}
    <details><summary>All numbers by ${title}</summary>${table(rowsWhere(rows, { model }))}</details>`
}

function table(rows: readonly MetricRow[]): Html {
  const columns = valuesOf(rows, 'metric').flatMap((metric) =>
    valuesOf(rowsWhere(rows, { metric }), 'horizonS').map((horizonS) => ({ metric, horizonS })),
  )
  const body = valuesOf(rows, 'slice').map((slice) => {
    const cells = columns.map((column) => cell(rowWhere(rows, { slice, ...column }), { withSupport: true }))
    return html`<tr><th scope="row">${slice}</th>${cells}</tr>`
  })
  const head = columns.map(
    ({ metric, horizonS }) =>
      html`<th class="num">${metricName(metric)}${horizonS !== null && html`, ${horizonS} s`}</th>`,
  )
  return html`<div class="scroll"><table><thead><tr><th>slice</th>${head}</tr></thead><tbody>${body}</tbody></table></div>`
}
