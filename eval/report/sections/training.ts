import type { HistoryRow } from '../../../models/training/history.js'
import { ink, key } from '../charts/svg.js'
import { trainingCurve } from '../charts/trainingCurve.js'
import { type Html, html } from '../html.js'
import type { RunResults } from '../runResults.js'
import { section } from './section.js'

const most = 6
/** Shown elsewhere, or of interest to whoever reads the file itself. */
const leftOut = /^(kl_channel|active_units|learning_rate|gradient_norm|warning)/

/** Loss and its terms over the steps, the total first. */
export function training({ histories }: RunResults): Html {
  const runs = Object.entries(histories)
  const body = runs.map(([name, rows]) => {
    const curves = namesOf(rows).map((each) => trainingCurve(rows, each))
    return html`<h3>${name}</h3><div class="charts small">${curves}</div>`
  })
  const none = html`<p class="missing">This run has no training history.</p>`
  return section(
    'training',
    'Training',
    runs.length === 0
      ? none
      : html`${key([
          ['train', ink.model],
          ['val', ink.warp],
        ])}${body}`,
  )
}

function namesOf(rows: readonly HistoryRow[]): string[] {
  const names = [...new Set(rows.map(({ name }) => name))].filter((name) => !leftOut.test(name))
  return [...names.filter((name) => name === 'total'), ...names.filter((name) => name !== 'total')].slice(0, most)
}
