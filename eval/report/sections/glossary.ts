import { type Html, html } from '../html.js'
import { valuesOf } from '../rows.js'
import type { RunResults } from '../runResults.js'
import { section } from './section.js'
import { terms } from './terms.js'

/** Every word that a number of the page leans on; what none does is left out. */
export function glossary({ rows }: RunResults): Html {
  const metrics = new Set(valuesOf(rows, 'metric'))
  const used = terms.filter(({ of }) => !of || of.some((metric) => metrics.has(metric)))
  return section(
    'glossary',
    'Glossary',
    html`<dl class="terms">${used.map(({ term, says }) => html`<div><dt>${term}</dt><dd>${says}</dd></div>`)}</dl>`,
  )
}
