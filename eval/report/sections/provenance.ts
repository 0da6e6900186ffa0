import type { Manifest } from '../../../pipeline/manifest.js'
import { type Html, html } from '../html.js'
import { whole } from '../numbers.js'
import { type RunResults, runFolders } from '../runResults.js'
import { certificateBlock } from './certificate.js'
import { section } from './section.js'
import { splitTables } from './splitTables.js'

/** Where every number came from: the chain of hashes, the split, what was left out, the settings. */
export function provenance(results: RunResults): Html {
  const { manifests, split } = results
  const stages = runFolders.flatMap((name) => (manifests[name] ? [[name, manifests[name]] as const] : []))
  return section(
    'provenance',
    'Provenance',
    html`<h3>Chain of hashes</h3>
      <div class="scroll"><table><thead><tr><th>folder</th><th>stage</th><th>content hash</th><th>seed</th><th>made from</th></tr></thead>
      <tbody>${stages.map(([name, manifest]) => stageLine(name, manifest))}</tbody></table></div>
      <p class="note">occlab ${stages[0]?.[1].version}. A folder’s hash covers its settings, its inputs’ hashes and its files’ bytes.</p>
      ${split && splitTables(split)}
      ${certificateBlock(results)}
      <h3>Left out and skipped</h3>
      ${skipTable(stages)}
      <h3>Settings</h3>
      ${stages.map(([name, manifest]) => settings(name, manifest))}`,
  )
}

function stageLine(name: string, { stage, hash, seed, inputs }: Manifest): Html {
  const from = Object.entries(inputs).map(([input, { hash: of }]) => html`${input} <code>${of.slice(0, 8)}</code> `)
  const many = from.length > 8
  return html`<tr><th scope="row">${name}</th><td>${stage}</td><td><code>${hash.slice(0, 12)}</code></td><td>${seed}</td>
    <td class="inputs">${many ? `${from.length} inputs, listed in its manifest` : from.length > 0 ? from : 'nothing'}</td></tr>`
}

function skipTable(stages: readonly (readonly [string, Manifest])[]): Html {
  const lines = stages.flatMap(([name, { skipped }]) =>
    skipped.map(
      ({ what, why, where, count }) =>
        html`<tr><th scope="row">${name}</th><td class="num">${whole(count)}</td><td>${what}</td><td>${why}</td><td class="soft">${where}</td></tr>`,
    ),
  )
  if (lines.length === 0) return html`<p>Nothing was skipped.</p>`
  return html`<div class="scroll"><table><thead><tr><th>stage</th><th class="num">count</th><th>what</th><th>why</th><th>first at</th></tr></thead>
    <tbody>${lines}</tbody></table></div>`
}

function settings(name: string, { config }: Manifest): Html {
  const entries = Object.entries(config)
  if (entries.length === 0) return html``
  const shown = (value: unknown) => (Array.isArray(value) ? value.join(', ') || 'none' : String(value))
  return html`<details><summary>${name}</summary>
    <dl class="settings">${entries.map(([key, value]) => html`<div><dt>${key}</dt><dd>${shown(value)}</dd></div>`)}</dl></details>`
}
