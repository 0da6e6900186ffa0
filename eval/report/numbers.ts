import type { MetricRow } from '../metricRow.js'
import { type Html, html } from './html.js'

const grouped = new Intl.NumberFormat('en')

export function whole(count: number): string {
  return grouped.format(count)
}

/** `1 log`, `2 logs`. */
export function counted(count: number, what: string, several = `${what}s`): string {
  return `${whole(count)} ${count === 1 ? what : several}`
}

/** A ratio to three decimals, as every table and file of occlab has it; anything else to three digits, with its unit. */
export function shown(value: number | null, unit = 'ratio'): string {
  if (value === null) return 'n/a'
  const digits = unit === 'ratio' ? value.toFixed(3) : `${Number(value.toPrecision(3))} ${unit}`
  // A zero has no sign, and a minus is as wide as a plus.
  return digits.replace(/^-(?=0\.000$)/, '').replace('-', '−')
}

/** The same with its sign, for differences. */
export function signed(value: number | null, unit = 'ratio'): string {
  return `${value !== null && value > 0 ? '+' : ''}${shown(value, unit)}`
}

type Measured = Pick<MetricRow, 'value' | 'low' | 'high' | 'unit'>

/** `[0.480, 0.544]`, or why there is none. */
export function interval({ low, high, unit }: Pick<MetricRow, 'low' | 'high' | 'unit'>): string {
  if (low === null || high === null) return '[no interval]'
  const bare = (value: number) => shown(value, unit).replace(` ${unit}`, '')
  return `[${bare(low)}, ${bare(high)}]`
}

/** `0.512 [0.480, 0.544]` as text. */
export function inWords(row: Measured, format = shown): string {
  return row.value === null ? 'n/a' : `${format(row.value, row.unit)} ${interval(row)}`
}

export function support({ count, countOf, clusters }: MetricRow): string {
  if (count === 0) return 'nothing to measure'
  return `${whole(count)} ${countOf}${clusters > 0 ? `, ${counted(clusters, 'log')}` : ''}`
}

interface CellOptions {
  /** Bold: the evidence says it is the best of its group. */
  best?: boolean
  format?: typeof shown
  /** Print what the number rests on below it. */
  withSupport?: boolean
  /** Further lines below it. */
  below?: readonly string[]
}

/** A table cell: the number, its interval below, its support on pointing at it. A missing row is a dash. */
export function cell(
  row: MetricRow | undefined,
  { best = false, format = shown, withSupport = false, below = [] }: CellOptions = {},
): Html {
  if (!row) return html`<td class="num none" title="not measured">–</td>`
  const title = [support(row), row.remark].filter(Boolean).join('; ')
  if (row.value === null) return html`<td class="num none" title="${title}">n/a</td>`
  const value = format(row.value, row.unit)
  return html`<td class="num" title="${title}">${best ? html`<strong>${value}</strong>` : value}
    <small>${interval(row)}</small>${withSupport && html`<small>${support(row)}</small>`}${below.map((line) => html`<small>${line}</small>`)}</td>`
}
