import type { MetricRow } from '../../metricRow.js'
import { type IntervalMark, intervalChart } from '../charts/intervals.js'
import { ink } from '../charts/svg.js'
import { type Html, html } from '../html.js'
import { cell, counted, signed } from '../numbers.js'
import { rowsWhere, rowWhere, valuesOf } from '../rows.js'
import type { RunResults } from '../runResults.js'
import { section } from './section.js'

const tones = { pass: 'good', fail: 'bad', 'insufficient-support': 'unknown', 'not-applicable': 'unknown' } as const
const verdictWords = {
  pass: 'pass',
  fail: 'fail',
  'insufficient-support': 'cannot be decided',
  'not-applicable': 'not applicable',
}

/** What not having seen a rig costs on that rig, held against the threshold. */
export function rigAudit({ rows: all, manifests }: RunResults): Html {
  const rows = rowsWhere(all, { task: 'audit' })
  if (rows.length === 0)
    return section('rigs', 'Rig-holdout audit', html`<p class="missing">This run has no audits.</p>`)
  const threshold = manifests.audits?.config.maximumGap as number | undefined
  const slices = valuesOf(rows, 'slice')
  return section(
    'rigs',
    'Rig-holdout audit',
    html`<p>For each rig, a latent trained without it reconstructs its test logs, against one trained with all rigs.
      The gap is what not having seen the rig costs${threshold !== undefined && html`; more than <b>${threshold}</b> in IoU fails`}.</p>
      ${gapChart(rows, threshold)}
      <div class="scroll"><table>
      <thead><tr><th>held out</th><th class="num">IoU, rig seen</th><th class="num">IoU, rig unseen</th><th class="num">gap in IoU</th>
        <th class="num">gap in mIoU</th><th class="num">gap in rare recall</th><th>logs</th><th>verdict</th></tr></thead>
      <tbody>${slices.map((slice) => line(rowsWhere(rows, { slice })))}</tbody></table></div>
      <p class="note">${valuesOf(rows, 'population').join('; ')}. Policy ${rows[0].policy}, mask ${rows[0].mask}.</p>`,
  )
}

function line(rows: readonly MetricRow[]): Html {
  const gap = rowWhere(rows, { metric: 'iou_gap' })
  const verdict = gap?.verdict ?? 'not-applicable'
  const [miou, rare] = ['miou_gap', 'rare_recall_gap'].map((metric) =>
    cell(rowWhere(rows, { metric }), { format: signed }),
  )
  return html`<tr><th scope="row">${rows[0].slice}</th>
    ${cell(rowWhere(rows, { metric: 'iou', model: 'seen' }))}${cell(rowWhere(rows, { metric: 'iou', model: 'unseen' }))}
    ${cell(gap, { format: signed })}${miou}${rare}<td class="soft">${gap?.clusters ?? 0}</td>
    <td class="reason"><span class="pill ${tones[verdict]}">${verdictWords[verdict]}</span> <small>${gap?.remark}</small></td></tr>`
}

function gapChart(rows: readonly MetricRow[], threshold: number | undefined): Html {
  const gaps = rowsWhere(rows, { metric: 'iou_gap' }).filter(({ value }) => value !== null)
  if (gaps.length === 0) return html``
  const marks = gaps.map(({ slice, value, low, high, verdict, clusters }): IntervalMark => {
    const colour = verdict === 'fail' ? ink.bad : verdict === 'pass' ? 'var(--good)' : 'var(--unknown)'
    return {
      name: slice,
      value: value!,
      low,
      high,
      colour,
      note: `${verdictWords[verdict ?? 'not-applicable']}, ${counted(clusters, 'log')}`,
    }
  })
  const reach = Math.max(
    0.1,
    ...gaps.map(({ value, low, high }) => Math.max(Math.abs(low ?? value!), Math.abs(high ?? value!))),
  )
  const caption = `gap in IoU with its interval${threshold === undefined ? '' : `; dashed: the threshold ${threshold}`}`
  return intervalChart(marks, {
    label: 'Gap of each held-out rig',
    caption,
    axis: 'IoU seen − unseen',
    domain: [-reach, reach * 1.1],
    threshold,
  })
}
