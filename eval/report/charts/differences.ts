import { type Html, html } from '../html.js'
import { intervalChart } from './intervals.js'
import { ink } from './svg.js'

/** A difference with its interval. */
export interface DifferenceMark {
  name: string
  value: number
  low: number | null
  high: number | null
  tone: 'good' | 'bad' | 'unknown'
  note: string
}

const toneInk = { good: 'var(--good)', bad: ink.bad, unknown: 'var(--copy)' }

/** Differences around 0, one line each, coloured by what they mean; nothing where there is none. */
export function differenceChart(
  marks: readonly DifferenceMark[],
  { label, caption, axis }: { label: string; caption: string; axis: string },
): Html {
  if (marks.length === 0) return html``
  const reach = Math.max(
    ...marks.map(({ value, low, high }) => Math.max(Math.abs(low ?? value), Math.abs(high ?? value))),
  )
  const bound = reach === 0 ? 0.01 : reach * 1.08
  const drawn = marks.map(({ tone, ...mark }) => ({ ...mark, colour: toneInk[tone] }))
  return intervalChart(drawn, { label, caption, axis, domain: [-bound, bound], threshold: 0 })
}
