import type { MetricRow } from '../../metricRow.js'
import { type ProbeSummary, type StudySummary, summariseProbes } from '../../probes/probeSummary.js'
import { probes as registry } from '../../probes/probes.js'
import { type IntervalMark, intervalChart } from '../charts/intervals.js'
import { ink } from '../charts/svg.js'
import { against, type Comparison } from '../evidence.js'
import { type Html, html } from '../html.js'
import { cell, inWords, shown, support } from '../numbers.js'
import { rowsWhere, valuesOf } from '../rows.js'
import type { RunResults } from '../runResults.js'
import { metricName } from './metricName.js'
import { section } from './section.js'

/** What the latent tells: each linear probe against chance, and what the other studies ask. */
export function probeTable({ rows: all }: RunResults): Html {
  const { probes, studies } = summariseProbes(all)
  if (probes.length + studies.length === 0)
    return section('probes', 'Probes', html`<p class="missing">This run has no probes.</p>`)
  return section(
    'probes',
    'Probes',
    html`<p>Linear probes on the frozen latent, fitted on the training part and scored on logs they never saw. Wanted
      variables should be readable; shortcuts (which rig, which site) should not.</p>
      ${chart(probes)}
      ${probes.length > 0 && probeLines(probes)}
      ${studies.length > 0 && studyLines(studies)}
      <p class="note">${populations(all)}</p>`,
  )
}

function populations(all: readonly MetricRow[]): string {
  const words = valuesOf(rowsWhere(all, { task: 'probe', model: 'latent' }), 'population')
  return words.filter((population) => population !== 'none' && !population.includes('draws of')).join('; ')
}

function probeLines(probes: readonly ProbeSummary[]): Html {
  return html`<div class="scroll"><table>
    <thead><tr><th>probe</th><th>metric</th><th class="num">latent</th><th class="num">chance</th>
    <th class="num" title="the same probe with the labels of its training frames shuffled">shuffled</th>
    <th class="num" title="information in nats, at least">nats</th>
    <th class="num" title="labelled frames (of each class): 1 / 4 / 16 / 64">few shots</th>
    <th>support</th><th>reading</th></tr></thead>
    <tbody>${probes.map(probeLine)}</tbody></table></div>`
}

function probeLine(probe: ProbeSummary): Html {
  const { name, isShortcut, latent, chance, control, information, error, shots } = probe
  const question = Object.values(registry).find((known) => known.name === name)?.question
  const kind = isShortcut && html` <span class="tag">shortcut</span>`
  return html`<tr><th scope="row">${name.replaceAll('_', ' ')}${kind}${question && html`<small>${question}</small>`}</th>
    <td>${metricName(latent.metric)}${error && html`<small>off by ${bare(error)} on average</small>`}</td>
    ${cell(latent)}<td class="num">${bare(chance)}</td>${cell(control)}${cell(information)}
    <td class="num soft" title="${shots.map(({ frames, row }) => `${frames}: ${inWords(row)}`).join('; ')}">${shots.map(({ row }) => bare(row)).join(' / ') || '–'}</td>
    <td class="soft">${support(latent)}</td><td>${reading(probe)}</td></tr>`
}

function studyLines(studies: readonly StudySummary[]): Html {
  return html`<h3>Beyond linear probes</h3>
    <div class="scroll"><table>
    <thead><tr><th>study</th><th>metric</th><th class="num">latent</th><th>held against</th><th>support</th></tr></thead>
    <tbody>${studies.map(studyLine)}</tbody></table></div>`
}

function studyLine({ latent, beside }: StudySummary): Html {
  const what = latent.slice.replaceAll('_', ' ')
  const held = beside.map((row) => `${row.model} ${bare(row)}`).join(', ')
  const reason = latent.value === null && html`<small>${latent.remark}</small>`
  return html`<tr><th scope="row">${latent.className ? `${what}: ${latent.className}` : what}${reason}</th>
    <td>${metricName(latent.metric)}</td>${cell(latent)}
    <td class="soft">${held || latent.classPolicy}</td><td class="soft">${support(latent)}</td></tr>`
}

function bare(row: MetricRow | undefined): string {
  return row ? shown(row.value, row.unit) : '–'
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

/** Above chance by the whole interval, or not. */
function reading({ latent, chance, isShortcut }: ProbeSummary): Html {
  if (latent.value === null) return html`<span class="pill unknown">n/a</span> <small>${latent.remark}</small>`
  if (chance?.value == null) return html`<span class="soft">–</span>`
  const [tone, says] = words[isShortcut ? 'shortcut' : 'wanted'][against(latent, chance.value)]
  return html`<span class="pill ${tone}">${says}</span>`
}

/** The headline score of each probe, with chance as a tick. */
function chart(probes: readonly ProbeSummary[]): Html {
  const marks = probes.flatMap(({ name, latent, chance, isShortcut }): IntervalMark[] => {
    if (latent.value === null) return []
    const title = `${name.replaceAll('_', ' ')} (${latent.metric === 'r2' ? 'R²' : 'bal. accuracy'})`
    const colour = isShortcut ? ink.bad : ink.model
    const note = isShortcut ? 'shortcut' : 'wanted'
    const { value, low, high } = latent
    return [{ name: title, value, low, high, colour, note, reference: chance?.value ?? undefined }]
  })
  if (marks.length === 0) return html``
  const caption =
    'dot and bar: the latent with its interval; tick: chance on the same frames. Scores under the axis are drawn at its end.'
  return intervalChart(marks, { label: 'Probes against chance', caption, axis: 'score', domain: [-0.2, 1] })
}
