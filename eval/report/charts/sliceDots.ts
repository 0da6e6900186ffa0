import * as Plot from '@observablehq/plot'
import type { MetricRow } from '../../metricRow.js'
import type { Html } from '../html.js'
import { figure, inkOf } from './svg.js'

/** One score on every slice of a name, a line each: the model with its interval, the others as ticks. */
export function sliceDots(
  rows: readonly MetricRow[],
  { model, title, caption }: { model: string; title: string; caption: string },
): Html {
  const points = rows.filter(({ value }) => value !== null)
  const names = [...new Set(rows.map(labelOf))]
  const ours = points.filter((row) => row.model === model)
  const bounded = ours.filter(({ low }) => low !== null)
  const isShare = points.every(({ unit, value }) => unit === 'ratio' && value! >= 0 && value! <= 1)
  const fill = ({ verdict, model: of }: MetricRow) => (verdict === 'insufficient-support' ? 'var(--card)' : inkOf(of))
  return figure(`${title} by ${names.join(', ')}`, caption, {
    width: 310,
    height: 48 + 24 * names.length,
    marginLeft: 20 + 6.6 * Math.max(...names.map((name) => name.length)),
    marginRight: 14,
    marginBottom: 36,
    x: {
      label: title,
      labelAnchor: 'center',
      labelArrow: 'none',
      grid: true,
      ticks: 4,
      ...(isShare && { domain: [0, 1] }),
    },
    y: { label: null, domain: names, tickSize: 0 },
    color: { type: 'identity' },
    marks: [
      Plot.link(bounded, {
        ...{ x1: 'low', x2: 'high', y1: labelOf, y2: labelOf },
        ...{ stroke: inkOf(model), strokeWidth: 3, strokeOpacity: 0.45 },
      }),
      Plot.tickX(
        points.filter((row) => row.model !== model),
        { x: 'value', y: labelOf, stroke: (row: MetricRow) => inkOf(row.model), strokeWidth: 2, inset: 3 },
      ),
      Plot.dot(ours, { x: 'value', y: labelOf, fill, stroke: inkOf(model), r: 4.5 }),
    ],
  })
}

/** `0–30 m` of `range=0–30 m`. */
function labelOf({ slice }: Pick<MetricRow, 'slice'>): string {
  return slice.slice(slice.indexOf('=') + 1)
}
