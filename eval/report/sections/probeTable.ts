import type { MetricRow } from '../../metricRow.js'
import { probes } from '../../probes/probes.js'
import { type IntervalMark, intervalChart } from '../charts/intervals.js'
import { ink } from '../charts/svg.js'
import { against, type Comparison } from '../evidence.js'
import { type Html, html } from '../html.js'
import { cell, shown, support } from '../numbers.js'
import { rowsWhere, rowWhere, valuesOf } from '../rows.js'
import type { RunResults } from '../runResults.js'
import { section } from './section.js'

interface Probed {
  slice: string
  row: MetricRow
  chance: MetricRow | undefined
  isShortcut: boolean
}

/** Each probe against chance: what a straight line can read from the latent, wanted or not. */
export function probeTable({ rows: all }: RunResults): Html {
  const rows = rowsWhere(all, { task: 'probe' })
  if (rows.length === 0) return section('probes', 'Probes', html`<p class="missing">This run has no probes.</p>`)
  const probed = rows
    .filter(({ model }) => model !== 'chance')
    .map((row): Probed => {
      const chance = rowWhere(rows, { slice: row.slice, metric: row.metric, model: 'chance' })
      return { slice: row.slice, row, chance, isShortcut: row.classPolicy.startsWith('shortcut') }
    })
  return section(
    'probes',
    'Probes',
    html`<p>Linear probes on the frozen latent, fitted on the training part and scored on logs they never saw. Wanted
      variables should be readable; shortcuts (which rig, which site) should not.</p>
      ${chart(probed)}
      <div class="scroll"><table>
      <thead><tr><th>probe</th><th>metric</th><th class="num">latent</th><th class="num">chance</th><th>support</th><th>reading</th></tr></thead>
      <tbody>${probed.map(line)}</tbody></table></div>
      <p class="note">${valuesOf(rows, 'population')
        .filter((words) => words !== 'none')
        .join('; ')}.</p>`,
  )
}

function line({ slice, row, chance, isShortcut }: Probed): Html {
  const question = Object.values(probes).find(({ name }) => name === slice)?.question
  const kind = isShortcut && html` <span class="tag">shortcut</span>`
  return html`<tr><th scope="row">${slice.replaceAll('_', ' ')}${kind}${question && html`<small>${question}</small>`}</th>
    <td>${row.metric.replaceAll('_', ' ')}</td>${cell(row)}
    <td class="num">${chance ? shown(chance.value, chance.unit) : '–'}</td>
    <td class="soft">${support(row)}</td><td>${reading({ slice, row, chance, isShortcut })}</td></tr>`
}

const words: Record<'wanted' | 'shortcut', Record<Comparison, [tone: string, says: string]>> = {
  wanted: {
    ahead: ['good', 'readable'],
    behind: ['bad', 'worse than chance'],
    open: ['unknown', 'not told from chance'],
  },
  shortcut: {
    ahead: ['bad', 'readable: a shortcut'],
    behind: ['good', 'not readable'],
    // Not shown to be readable is not shown to be unreadable.
    open: ['unknown', 'not told from chance'],
  },
}

/** Above chance by the whole interval, or not; an error in units is read beside its ratio. */
function reading({ row, chance, isShortcut }: Probed): Html {
  if (row.value === null) return html`<span class="pill unknown">n/a</span> <small>${row.remark}</small>`
  if (row.unit !== 'ratio' || chance?.value == null) return html`<span class="soft">–</span>`
  const [tone, says] = words[isShortcut ? 'shortcut' : 'wanted'][against(row, chance.value)]
  return html`<span class="pill ${tone}">${says}</span>`
}

/** The ratio of each probe that has one, with chance as a tick. */
function chart(probed: readonly Probed[]): Html {
  const marks = probed.flatMap(({ slice, row, chance, isShortcut }): IntervalMark[] => {
    const isMain = row.metric === 'r2' || row.metric === 'balanced_accuracy'
    if (!isMain || row.value === null) return []
    const name = `${slice.replaceAll('_', ' ')} (${row.metric === 'r2' ? 'R²' : 'bal. accuracy'})`
    const colour = isShortcut ? ink.bad : ink.model
    const note = isShortcut ? 'shortcut' : 'wanted'
    return [
      { name, value: row.value, low: row.low, high: row.high, colour, note, reference: chance?.value ?? undefined },
    ]
  })
  if (marks.length === 0) return html``
  const caption =
    'dot and bar: the latent with its interval; tick: chance on the same frames. Scores under the axis are drawn at its end.'
  return intervalChart(marks, { label: 'Probes against chance', caption, axis: 'score', domain: [-0.2, 1] })
}
