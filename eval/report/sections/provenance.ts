import type { Manifest } from '../../../pipeline/manifest.js'
import { parts } from '../../../pipeline/splits/part.js'
import type { SplitFile } from '../../../pipeline/splits/splitFile.js'
import { type Html, html } from '../html.js'
import { counted, whole } from '../numbers.js'
import { type RunResults, runFolders } from '../runResults.js'
import { certificateBlock } from './certificate.js'
import { section } from './section.js'

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

function splitTables({ rule, bufferM, holdOut, parts: facts, compromises, leaks }: SplitFile): Html {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  const lines = parts.map((part) => {
    const { asked, got, frames, logs, leftOut } = facts[part]
    const out = Object.values(leftOut.buffer).reduce((sum, count) => sum + count, 0)
    return html`<tr><th scope="row">${part}</th><td class="num">${whole(logs)}</td><td class="num">${whole(frames)}</td>
      <td class="num">${percent(got)}</td><td class="num">${percent(asked)}</td><td class="num">${whole(out)}</td></tr>`
  })
  return html`<h3>Split</h3>
    <p>Rule <b>${rule}</b>, buffer ${bufferM} m${holdOut.length > 0 && html`, held out: ${holdOut.join(', ')}`}.</p>
    <div class="scroll"><table><thead><tr><th>part</th><th class="num">logs</th><th class="num">frames</th><th class="num">share got</th>
      <th class="num">share asked</th><th class="num">frames left out by the buffer</th></tr></thead><tbody>${lines}</tbody></table></div>
    ${compromises.length > 0 && html`<p>What had to give way:</p><ul>${compromises.map(({ what }) => html`<li>${what}</li>`)}</ul>`}
    ${leakTable(leaks)}`
}

function leakTable(leaks: SplitFile['leaks']): Html {
  if (leaks.length === 0) return html`<p>No leak between the parts was found.</p>`
  const most = 50
  const lines = leaks.slice(0, most).map(({ kind, sides: [a, b], distanceM, gapS }) => {
    const side = ({ logId, part, count }: typeof a) =>
      html`${logId} <span class="soft">(${part}, ${counted(count, 'frame')})</span>`
    return html`<tr><th scope="row">${kind}</th><td>${side(a)}</td><td>${side(b)}</td>
      <td class="num">${distanceM === null ? 'other site' : `${distanceM.toFixed(1)} m`}</td><td class="num">${gapS.toFixed(1)} s</td></tr>`
  })
  return html`<p class="warning">${counted(leaks.length, 'leak')} between the parts:</p>
    <div class="scroll"><table><thead><tr><th>kind</th><th>one side</th><th>other side</th><th class="num">distance</th><th class="num">time apart</th></tr></thead>
    <tbody>${lines}</tbody></table></div>${leaks.length > most && html`<p class="note">The other ${leaks.length - most} are in split.json.</p>`}`
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
