import { type Html, html } from './html.js'
import { pageOf } from './pageOf.js'
import type { RunResults } from './runResults.js'
import { breakdowns } from './sections/breakdowns.js'
import { classTable } from './sections/classTable.js'
import { curves } from './sections/curves.js'
import { glossary } from './sections/glossary.js'
import { headline } from './sections/headline.js'
import { latentHealth } from './sections/latentHealth.js'
import { measures } from './sections/measures.js'
import { policies } from './sections/policies.js'
import { probeTable } from './sections/probeTable.js'
import { provenance } from './sections/provenance.js'
import { rareRecall } from './sections/rareRecall.js'
import { reconstruction } from './sections/reconstruction.js'
import { reproduce } from './sections/reproduce.js'
import { rigAudit } from './sections/rigAudit.js'
import { summary } from './sections/summary.js'
import { training } from './sections/training.js'
import { worst } from './sections/worst.js'

/** The sections in the order of the page; the summary stands before all of them. */
const sections = [
  ['forecast', 'Forecast', headline],
  ['curves', 'Curves', curves],
  ['policies', 'Policies', policies],
  ['worst', 'Where it is worst', worst],
  ['breakdowns', 'Breakdowns', breakdowns],
  ['classes', 'Classes', classTable],
  ['rare', 'Rare classes', rareRecall],
  ['reconstruction', 'Reconstruction', reconstruction],
  ['measures', 'Other measures', measures],
  ['probes', 'Probes', probeTable],
  ['rigs', 'Rig audit', rigAudit],
  ['training', 'Training', training],
  ['latent', 'Latent health', latentHealth],
  ['provenance', 'Provenance', provenance],
  ['reproduce', 'Reproduce', reproduce],
  ['glossary', 'Glossary', glossary],
] as const

/** The whole report as one document that needs nothing else. */
export function page(results: RunResults): string {
  return pageOf(
    'occlab report',
    html`<header class="top">
<h1>World model report</h1>
${identity(results)}
</header>
${summary(results)}
<nav aria-label="Sections">${sections.map(([id, title]) => html`<a href="#${id}">${title}</a>`)}</nav>
<main>${sections.map(([, , draw]) => draw(results))}</main>
<footer>Made by occlab. Every number here stands in <code>metrics.parquet</code> beside this page, one row each.</footer>`,
  )
}

/** Which data, split and model these numbers are of. */
function identity({ manifests }: RunResults): Html {
  const named = [
    ['dataset', manifests.dataset?.hash],
    ['split', manifests.split?.hash],
    ['latent', manifests.latent?.hash],
    ['dynamics', manifests.dynamics?.hash],
  ] as const
  return html`<p class="identity">${named.map(([name, hash]) => html`<span>${name} <code>${hash?.slice(0, 12) ?? 'none'}</code></span>`)}</p>`
}
