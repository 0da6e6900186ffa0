import { type Finding, findings } from '../findings.js'
import { type Html, html } from '../html.js'
import { leadingRows } from '../rows.js'
import type { RunResults } from '../runResults.js'

const columns = [
  ['good', '✓', 'Good'],
  ['bad', '✕', 'Bad'],
  ['unknown', '?', 'Not known'],
] as const

/** Three columns a reader takes in at a glance. */
export function summary(results: RunResults): Html {
  const all = findings(results)
  const [scored] = leadingRows(results.rows)
  return html`<section id="summary" class="summary" aria-label="Summary">
    ${columns.map(([tone, mark, title]) =>
      column(
        all.filter((each) => each.tone === tone),
        tone,
        mark,
        title,
      ),
    )}
    ${scored && html`<p class="note">Scores: ${scored.part} part, policy ${scored.policy}, mask ${scored.mask}; in brackets ${100 * scored.confidence} % intervals over logs. A claim is good or bad only where its whole interval says so.</p>`}
  </section>`
}

function column(list: readonly Finding[], tone: string, mark: string, title: string): Html {
  const items = list.map(({ what, evidence }) => html`<li><b>${what}</b> <span>${evidence}</span></li>`)
  return html`<div class="ledger ${tone}">
    <h2><span class="mark" aria-hidden="true">${mark}</span> ${title}</h2>
    ${items.length > 0 ? html`<ul>${items}</ul>` : html`<p>Nothing.</p>`}
  </div>`
}
