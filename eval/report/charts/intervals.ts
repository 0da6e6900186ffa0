import * as Plot from '@observablehq/plot'
import { type Html, html } from '../html.js'
import { figure, ink } from './svg.js'

/** A value with its interval on one line of a chart. */
export interface IntervalMark {
  name: string
  value: number
  low: number | null
  high: number | null
  colour: string
  /** Written at the right end. */
  note: string
  /** A value to hold it against, drawn as a tick: chance. */
  reference?: number
}

interface IntervalOptions {
  label: string
  caption: string
  axis: string
  domain: readonly [number, number]
  /** A line across all. */
  threshold?: number
}

/** Dots with their intervals, one line each, in the order given. */
export function intervalChart(
  marks: readonly IntervalMark[],
  { label, caption, axis, domain, threshold }: IntervalOptions,
): Html {
  const bounded = marks.filter(({ low }) => low !== null)
  const referenced = marks.filter(({ reference }) => reference !== undefined)
  const [left, right] = [
    Math.max(...marks.map(({ name }) => name.length)),
    Math.max(...marks.map(({ note }) => note.length)),
  ]
  const [marginLeft, marginRight] = [14 + 7 * left, 16 + 6.4 * right]
  const drawn = figure(label, caption, {
    width: Math.max(640, marginLeft + marginRight + 300),
    height: 46 + 25 * marks.length,
    marginLeft,
    marginRight,
    marginBottom: 36,
    x: { label: axis, labelAnchor: 'center', labelArrow: 'none', domain: [...domain], grid: true, clamp: true },
    y: { label: null, domain: marks.map(({ name }) => name), tickSize: 0 },
    color: { type: 'identity' },
    marks: [
      ...(threshold === undefined
        ? [Plot.ruleX([domain[0]], { stroke: ink.soft })]
        : [Plot.ruleX([threshold], { stroke: ink.bad, strokeDasharray: '4 3' })]),
      Plot.tickX(referenced, { x: 'reference', y: 'name', stroke: ink.soft, strokeWidth: 2, inset: 4 }),
      Plot.link(bounded, {
        x1: 'low',
        x2: 'high',
        y1: 'name',
        y2: 'name',
        stroke: 'colour',
        strokeWidth: 3,
        strokeOpacity: 0.55,
      }),
      Plot.dot(marks, { x: 'value', y: 'name', fill: 'colour', stroke: 'var(--card)', r: 5 }),
      Plot.text(marks, { frameAnchor: 'right', y: 'name', text: 'note', textAnchor: 'start', dx: 8, fill: ink.soft }),
    ],
  })
  // Shrunk to a phone its words could not be read: there it scrolls.
  return html`<div class="scroll wide">${drawn}</div>`
}
