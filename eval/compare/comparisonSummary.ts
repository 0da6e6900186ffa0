import type { DifferenceMark } from '../report/charts/differences.js'
import { type Html, html } from '../report/html.js'
import { counted, interval, signed } from '../report/numbers.js'
import { metricName } from '../report/sections/metricName.js'
import type { ComparisonRow, Outcome } from './comparisonRow.js'

/** What a reader takes in at a glance: better, worse, and what cannot be told. */
export function comparisonSummary(rows: readonly ComparisonRow[]): Html {
  const column = (tone: DifferenceMark['tone'], mark: string, title: string, outcomes: Outcome[]) => {
    const of = (family: ComparisonRow['family']) =>
      rows.filter((row) => row.family === family && outcomes.includes(row.outcome))
    const items = byScore(of('headline'))
    const rest = of('breakdown').length
    return html`<div class="ledger ${tone}"><h2><span class="mark" aria-hidden="true">${mark}</span> ${title}</h2>
      ${items.length > 0 ? html`<ul>${items.map(scoreItem)}</ul>` : html`<p>No headline value.</p>`}
      ${rest > 0 && html`<p class="note">And ${counted(rest, 'class or slice', 'classes and slices')}.</p>`}</div>`
  }
  return html`<section id="summary" class="summary" aria-label="Summary">
    ${column('good', '✓', 'Better in B', ['better'])}${column('bad', '✕', 'Worse in B', ['worse'])}
    ${column('unknown', '?', 'Cannot be told', ['open', 'same', 'insufficient-support'])}</section>`
}

/** Rows that differ in their horizon alone share a line; so do those that are the same on every log. */
function byScore(rows: readonly ComparisonRow[]): ComparisonRow[][] {
  const groups = new Map<string, ComparisonRow[]>()
  for (const row of rows) {
    const { task, metric, policy, measure, outcome } = row
    const key = outcome === 'same' ? 'same' : JSON.stringify([task, measure, metric, policy, outcome])
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  return [...groups.values()]
}

function scoreItem(rows: readonly ComparisonRow[]): Html {
  const [{ task, metric, policy, outcome }] = rows
  if (outcome === 'same') {
    const names = [...new Set(rows.map((row) => `${metricName(row.metric)} (${row.task})`))]
    return html`<li><b>The same on every log</b> <span>${names.join(', ')}</span></li>`
  }
  const at = rows.flatMap(({ horizonS }) => (horizonS === null ? [] : [horizonS]))
  const when = at.length > 0 ? ` at ${at.join(', ')}\u00a0s` : task === 'reconstruction' ? ' of the reconstruction' : ''
  const each = rows.map((row) => `${row.horizonS === null ? '' : `${row.horizonS} s: `}${change(row)}`)
  return html`<li><b>${metricName(metric)}${when}</b> <span>${each.join('; ')} (policy ${policy}, ${counted(rows[0].logs, 'log')})</span></li>`
}

function change(row: ComparisonRow): string {
  return `${signed(row.difference, row.unit)} ${interval(row)}`
}
