import { type Html, html } from '../html.js'
import { cell } from '../numbers.js'
import { rowsWhere, rowWhere, valuesOf } from '../rows.js'
import type { RunResults } from '../runResults.js'
import { section } from './section.js'

const metrics = ['iou', 'miou', 'rare_recall'] as const

/** What is lost by encoding and decoding alone: no forecast can be better. */
export function reconstruction({ rows: all }: RunResults): Html {
  // Of other measures, too, there are reconstructions, some under conventions of their own.
  const rows = rowsWhere(all, { task: 'reconstruction', slice: 'all', metric: [...metrics], className: null })
  if (rows.length === 0)
    return section('reconstruction', 'Reconstruction', html`<p class="missing">This run has no reconstructions.</p>`)
  const lines = valuesOf(rows, 'policy').map((policy) => {
    const of = (metric: string) => cell(rowWhere(rows, { policy, metric }), { withSupport: true })
    const { mask, classPolicy } = rowWhere(rows, { policy })!
    return html`<tr><th scope="row">${policy}<small>mask ${mask}; ${classPolicy}</small></th>${metrics.map(of)}</tr>`
  })
  return section(
    'reconstruction',
    'Reconstruction',
    html`<p>Each frame encoded to its latent and decoded again: what the latent itself keeps. ${rows[0].population}.</p>
      <div class="scroll"><table>
      <thead><tr><th>policy</th><th class="num">IoU</th><th class="num">mIoU</th><th class="num">rare recall</th></tr></thead>
      <tbody>${lines}</tbody></table></div>`,
  )
}
