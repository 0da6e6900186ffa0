import { type DifferenceMark, differenceChart } from '../report/charts/differences.js'
import { type Html, html } from '../report/html.js'
import { counted, interval, shown, signed } from '../report/numbers.js'
import { pageOf } from '../report/pageOf.js'
import { metricName } from '../report/sections/metricName.js'
import { section } from '../report/sections/section.js'
import type { Sides } from './compare.js'
import type { CompareConfig, Comparison } from './compareTallies.js'
import type { ComparisonRow } from './comparisonRow.js'
import { comparisonSummary } from './comparisonSummary.js'
import { pShown, tones, words } from './outcomes.js'
import type { Side } from './population.js'

/** Lines of one chart; the table has them all. */
const mostMarks = 24

/** Two evaluations held against each other, as one page: what got better, what got worse, what cannot be told. */
export function comparisonPage({ a, b }: Sides, comparison: Comparison, config: Readonly<CompareConfig>): string {
  const { rows } = comparison
  const groups = groupsOf(rows)
  return pageOf(
    'occlab comparison',
    html`<header class="top"><h1>Comparison: B against A</h1>
      <p class="identity">${identity('A', a)}${identity('B', b)}</p></header>
      ${comparisonSummary(rows)}
      <nav aria-label="Sections">${groups.map(({ id, title }) => html`<a href="#${id}">${title}</a>`)}<a href="#how">How</a></nav>
      <main>${groups.map(drawGroup)}${how(a, comparison, config)}</main>
      <footer>Made by occlab. Every number here stands in <code>comparison.parquet</code> beside this page, one row each.</footer>`,
  )
}

function identity(name: string, { about }: Side): Html {
  return html`<span>${name}: latent <code>${about.latent.slice(0, 12)}</code>, dynamics <code>${about.dynamics.slice(0, 12)}</code></span>`
}

interface Group {
  id: string
  title: string
  rows: ComparisonRow[]
}

/** The headline values, the classes, and the slices of each name (`range`, `rig`, …), each group a section. */
function groupsOf(rows: readonly ComparisonRow[]): Group[] {
  const groups = new Map<string, ComparisonRow[]>()
  for (const row of rows) {
    const title = groupTitle(row)
    groups.set(title, [...(groups.get(title) ?? []), row])
  }
  const order = ['Headline values', 'Over all logs', 'Classes']
  const place = (title: string) => (order.includes(title) ? order.indexOf(title) : order.length)
  return [...groups]
    .sort(([x], [y]) => place(x) - place(y))
    .map(([title, members]) => ({ id: title.toLowerCase().replace(/[^a-z0-9]+/g, '-'), title, rows: members }))
}

function groupTitle({ family, slice, className }: ComparisonRow): string {
  if (family === 'headline') return 'Headline values'
  if (slice !== 'all') return `By ${slice.split('=')[0].replaceAll('_', ' ')}`
  return className === null ? 'Over all logs' : 'Classes'
}

function drawGroup({ id, title, rows }: Group): Html {
  const charts = [...new Set(rows.map(chartKey))].map((key) => {
    const of = rows.filter((row) => chartKey(row) === key && row.difference !== null)
    return differenceChart(marksOf(of), {
      label: `Differences: ${title}, ${key}`,
      caption: `${key}: B − A with ${100 * (of[0]?.confidence ?? 0.95)} % intervals, paired over logs`,
      axis: `B − A, ${of[0]?.better === 'lower' ? 'lower is better' : 'higher is better'}`,
    })
  })
  return section(
    id,
    title,
    html`${charts}<details><summary>${counted(rows.length, 'number')}</summary>${table(rows)}</details>`,
  )
}

/** Rows of one chart share metric, unit and policy. */
function chartKey({ metric, policy, unit }: ComparisonRow): string {
  return `${metricName(metric)}${unit === 'ratio' ? '' : ` (${unit})`}, policy ${policy}`
}

/** The largest differences of a chart, each under a name of its own. */
function marksOf(rows: readonly ComparisonRow[]): DifferenceMark[] {
  const kept = new Set(
    [...rows]
      .sort((x, y) => (x.p ?? 1) - (y.p ?? 1) || Math.abs(y.difference!) - Math.abs(x.difference!))
      .slice(0, mostMarks),
  )
  return rows
    .filter((row) => kept.has(row))
    .map((row) => ({
      ...{ name: markName(row), value: row.difference!, low: row.low, high: row.high, tone: tones[row.outcome] },
      note: `${words[row.outcome]}, ${counted(row.logs, 'log')}`,
    }))
}

function markName({ task, model, horizonS, className, slice, measure }: ComparisonRow): string {
  const about = [className?.replaceAll('_', ' '), slice === 'all' ? null : slice.split('=').slice(1).join('=')]
  const where = task === 'reconstruction' ? 'reconstruction' : horizonS === null ? model : `${horizonS} s`
  const own = measure === 'occupancy' ? null : measure
  return [...about, where, own].filter(Boolean).join(', ')
}

function table(rows: readonly ComparisonRow[]): Html {
  const lines = rows.map(
    (
      row,
    ) => html`<tr><th scope="row">${nameOf(row)}<small>policy ${row.policy}${row.measure !== row.policy && html`, ${row.measure}`}</small></th>
      <td class="num">${shown(row.valueA, row.unit)}</td><td class="num">${shown(row.valueB, row.unit)}</td>
      <td class="num">${signed(row.difference, row.unit)}<small>${row.difference !== null && interval(row)}</small></td>
      <td class="num">${row.probabilityBetter?.toFixed(3)}</td>
      <td class="num">${pShown(row.pHolm)}<small>${row.p !== null && html`raw ${pShown(row.p)}`}</small></td>
      <td class="num">${row.logs}${row.logsLeftOut > 0 && html`<small title="${row.whyLeftOut}">${row.logsLeftOut} left out</small>`}</td>
      <td><span class="pill ${tones[row.outcome]}">${words[row.outcome]}</span></td></tr>`,
  )
  return html`<div class="scroll"><table><thead><tr><th>number</th><th class="num">A</th><th class="num">B</th><th class="num">B − A</th>
    <th class="num">P(B better)</th><th class="num">p (Holm)</th><th class="num">logs</th><th></th></tr></thead><tbody>${lines}</tbody></table></div>`
}

function how({ about }: Side, { rows, unpaired }: Comparison, { resamples, minLogs }: Readonly<CompareConfig>): Html {
  const tested = (family: string) => rows.filter((row) => row.family === family && row.pHolm !== null).length
  const leftOut = [...new Set(rows.flatMap(({ whyLeftOut }) => whyLeftOut ?? []))]
  return section(
    'how',
    'How this was compared',
    html`<p>Population: ${about.population.forecast}; ${about.population.reconstruction}; ${about.part} part, ego trajectory
      ${about.ego}. Both sides were scored on the same frames of the same logs.</p>
      <p>Intervals: paired bootstrap over logs, ${resamples} resamples, both sides under the same draws. p: two-sided, from the
      same bootstrap; Holm’s correction for the ${tested('headline')} headline values and, apart from them, for the
      ${tested('breakdown')} classes and slices. A difference is called when its corrected p is below 0.05 and its interval
      lies on one side of 0. Fewer than ${minLogs} logs decide nothing.</p>
      ${leftOut.length > 0 && html`<p class="warning">Logs left out: ${leftOut.join('; ')}.</p>`}
      ${unpaired.length > 0 && html`<p>Not compared:</p><ul>${unpaired.slice(0, 30).map(({ what, why }) => html`<li>${what}: ${why}</li>`)}</ul>`}`,
  )
}

function nameOf({ task, horizonS, metric, className, slice }: ComparisonRow): string {
  const what = [metricName(metric), className?.replaceAll('_', ' '), slice === 'all' ? null : slice]
    .filter(Boolean)
    .join(', ')
  return `${task}${horizonS === null ? '' : ` ${horizonS} s`}: ${what}`
}
