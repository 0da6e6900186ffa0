import * as Plot from '@observablehq/plot'
import type { MetricRow } from '../../metricRow.js'
import type { Html } from '../html.js'
import { figure, inkOf } from './svg.js'

/** Nothing where the measure knows no policies. */
function policyOf([point]: readonly MetricRow[]): string {
  return point && point.policy !== point.measure ? `, policy ${point.policy}` : ''
}

/** One score against the horizon, a line a forecaster with its interval as a band. */
export function forecastCurve(rows: readonly MetricRow[], name: string, wholeRange = true): Html {
  const points = rows.filter(({ value }) => value !== null)
  const banded = points.filter(({ low, high }) => low !== null && high !== null)
  const isShare = wholeRange && points.every(({ value, unit }) => unit === 'ratio' && value! >= 0 && value! <= 1)
  const stroke = ({ model }: MetricRow) => inkOf(model)
  return figure(
    `${name} against the forecast horizon`,
    `${name}${policyOf(points)}; bands are ${100 * (points[0]?.confidence ?? 0.95)} % intervals over logs`,
    {
      width: 420,
      height: 270,
      marginRight: 12,
      marginBottom: 36,
      x: {
        label: 'horizon, s',
        ticks: [...new Set(points.map(({ horizonS }) => horizonS ?? 0))],
        tickFormat: String,
        inset: 14,
      },
      y: { label: name, grid: true, ...(isShare ? { domain: [0, 1] } : { nice: true, zero: true }) },
      color: { type: 'identity' },
      marks: [
        Plot.areaY(banded, { x: 'horizonS', y1: 'low', y2: 'high', z: 'model', fill: stroke, fillOpacity: 0.16 }),
        Plot.ruleX(banded, { x: 'horizonS', y1: 'low', y2: 'high', stroke, strokeOpacity: 0.55 }),
        Plot.lineY(points, { x: 'horizonS', y: 'value', z: 'model', stroke, strokeWidth: 2 }),
        Plot.dot(points, { x: 'horizonS', y: 'value', fill: stroke, r: 3.5 }),
      ],
    },
  )
}
