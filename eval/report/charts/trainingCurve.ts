import * as Plot from '@observablehq/plot'
import type { HistoryRow } from '../../../models/training/history.js'
import type { Html } from '../html.js'
import { figure, ink } from './svg.js'

/** One logged quantity against the training step: the training mean as a line, validation as dots on a line. */
export function trainingCurve(rows: readonly HistoryRow[], name: string): Html {
  const of = (part: HistoryRow['part']) => rows.filter((row) => row.name === name && row.part === part)
  const [train, val] = [of('train'), of('val')]
  return figure(`${name} against the training step`, name.replaceAll('_', ' '), {
    width: 300,
    height: 180,
    marginLeft: 48,
    marginBottom: 34,
    x: { label: 'step', ticks: 4, nice: true },
    y: { label: null, grid: true, nice: true, ticks: 4 },
    marks: [
      Plot.lineY(train, { x: 'step', y: 'value', stroke: ink.model, strokeWidth: 1.8 }),
      Plot.lineY(val, { x: 'step', y: 'value', stroke: ink.warp, strokeWidth: 1.8 }),
      Plot.dot(val, { x: 'step', y: 'value', fill: ink.warp, r: 3 }),
    ],
  })
}
