import { forecastCurve } from '../charts/forecastCurve.js'
import { inkOf, key } from '../charts/svg.js'
import { type Html, html } from '../html.js'
import { forecastersOf, leadingRows, rowsWhere } from '../rows.js'
import type { RunResults } from '../runResults.js'
import { section } from './section.js'

/** How the scores fall as the horizon grows. */
export function curves({ rows: all }: RunResults): Html {
  const rows = leadingRows(all)
  const of = (metric: string) => rowsWhere(rows, { task: 'forecast', metric, slice: 'all', className: null })
  if (of('iou').length === 0)
    return section('curves', 'Forecast curves', html`<p class="missing">This run has no forecasts.</p>`)
  return section(
    'curves',
    'Forecast curves',
    html`${key(forecastersOf(rows).map((name) => [name, inkOf(name)]))}
      <div class="charts">${forecastCurve(of('iou'), 'IoU')}${forecastCurve(of('miou'), 'mIoU')}</div>`,
  )
}
