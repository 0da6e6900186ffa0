import type { MetricRow } from '../../metricRow.js'
import { type DifferenceMark, differenceChart } from '../charts/differences.js'
import { type Html, html } from '../html.js'
import { cell, counted, signed } from '../numbers.js'
import type { RunResults } from '../runResults.js'
import { outcomeOfSlice, restRows, whenOf } from '../slices.js'
import { metricName } from './metricName.js'
import { section } from './section.js'

/** Lines of the chart; the table has them all. */
const mostMarks = 16

/** Which slices of the logs are worse or better than all other logs, with the correction for how many were tested. */
export function worst({ rows: all, manifests }: RunResults): Html {
  const rows = restRows(all)
  if (rows.length === 0)
    return section(
      'worst',
      'Where it is worst',
      html`<p class="missing">No attribute of the logs tells them apart, so no slice was held against the rest.</p>`,
    )
  const tested = rows.filter(({ pHolm }) => (pHolm ?? null) !== null)
  const minLogs = manifests.metrics?.config.minLogs as number | undefined
  const marks = [...tested].sort(worstFirst).slice(0, mostMarks).map(markOf)
  return section(
    'worst',
    'Where it is worst',
    html`<p>Each slice of the logs against all other logs, by a two-sample bootstrap over logs. ${counted(tested.length, 'test')},
      corrected by Holm for all slices and horizons of a score; ${counted(rows.length - tested.length, 'difference')} could not be tested for too few
      logs${minLogs !== undefined && html` (fewer than ${minLogs} on either side)`}.
      Policy ${rows[0].policy}, mask ${rows[0].mask}.</p>
      ${differenceChart(marks, {
        label: 'Slices against the rest',
        caption: 'slice minus rest, with intervals over logs; the smallest p first',
        axis: 'slice − rest',
      })}
      <details><summary>All slices against the rest</summary>${table([...rows].sort(worstFirst))}</details>`,
  )
}

/** Tested ones first, by p, then by size. */
function worstFirst(a: MetricRow, b: MetricRow): number {
  return (a.pHolm ?? 2) - (b.pHolm ?? 2) || (a.p ?? 2) - (b.p ?? 2) || Math.abs(b.value ?? 0) - Math.abs(a.value ?? 0)
}

const tones = { worse: 'bad', better: 'good', open: 'unknown', untested: 'unknown' } as const
const words = { worse: 'worse', better: 'better', open: 'cannot be told', untested: 'too few logs' }

function markOf(row: MetricRow): DifferenceMark {
  const outcome = outcomeOfSlice(row)
  const { slice, value, low, high, clusters, pHolm } = row
  return {
    name: `${slice}, ${metricName(baseOf(row))}, ${whenOf(row)}`,
    ...{ value: value!, low, high, tone: tones[outcome] },
    note: `${words[outcome]}, p ${pHolm!.toFixed(3)}, ${counted(clusters, 'log')}`,
  }
}

function baseOf({ metric }: MetricRow): string {
  return metric.replace('_minus_rest', '')
}

function table(rows: readonly MetricRow[]): Html {
  const lines = rows.map((row) => {
    const outcome = outcomeOfSlice(row)
    const p = (value: number | null | undefined) => (value == null ? '–' : value.toFixed(3))
    return html`<tr><th scope="row">${row.slice}</th><td>${metricName(baseOf(row))}</td>
      <td class="num">${whenOf(row)}</td>${cell(row, { format: signed, withSupport: true })}
      <td class="num">${p(row.p)}</td><td class="num">${p(row.pHolm)}</td>
      <td><span class="pill ${tones[outcome]}">${words[outcome]}</span></td></tr>`
  })
  return html`<div class="scroll"><table><thead><tr><th>slice</th><th>score</th><th class="num">horizon</th>
    <th class="num">slice − rest</th><th class="num">p</th><th class="num">p (Holm)</th><th></th></tr></thead><tbody>${lines}</tbody></table></div>`
}
