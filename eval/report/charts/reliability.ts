import * as Plot from '@observablehq/plot'
import type { Html } from '../html.js'
import { figure, ink } from './svg.js'

/** What came true where a forecaster gave a probability. */
export interface ReliabilityPoint {
  predicted: number
  observed: number
  low: number | null
  high: number | null
  /** What the point rests on. */
  count: number
}

/** Observed frequency against predicted probability; on the diagonal a probability can be taken at its word. */
export function reliabilityChart(points: readonly ReliabilityPoint[], title: string, caption: string): Html {
  const bounded = points.filter(({ low }) => low !== null)
  return figure(title, caption, {
    width: 340,
    height: 330,
    marginBottom: 38,
    x: { label: 'predicted probability', labelAnchor: 'center', labelArrow: 'none', domain: [0, 1], grid: true },
    y: { label: 'came true', domain: [0, 1], grid: true },
    r: { range: [2, 9] },
    marks: [
      Plot.line(
        [
          [0, 0],
          [1, 1],
        ],
        { stroke: ink.soft, strokeDasharray: '4 3' },
      ),
      Plot.ruleX(bounded, { x: 'predicted', y1: 'low', y2: 'high', stroke: ink.model, strokeOpacity: 0.5 }),
      Plot.lineY(points, { x: 'predicted', y: 'observed', stroke: ink.model, strokeWidth: 1.6 }),
      Plot.dot(points, { x: 'predicted', y: 'observed', r: 'count', fill: ink.model }),
    ],
  })
}
