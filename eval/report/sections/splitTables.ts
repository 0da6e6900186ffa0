import { parts } from '../../../pipeline/splits/part.js'
import type { SplitFile } from '../../../pipeline/splits/splitFile.js'
import { type Html, html } from '../html.js'
import { counted, whole } from '../numbers.js'

/** The parts of the split, everything that it left out and why, what gave way, and what leaks. */
export function splitTables(split: SplitFile): Html {
  const { rule, bufferM, holdOut, parts: facts, compromises, leaks } = split
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  const lines = parts.map((part) => {
    const { asked, got, frames, logs, leftOut } = facts[part]
    const lost = [leftOut.buffer, leftOut.gap].map((by) => Object.values(by).reduce((sum, count) => sum + count, 0))
    return html`<tr><th scope="row">${part}</th><td class="num">${whole(logs)}</td><td class="num">${whole(frames)}</td>
      <td class="num">${percent(got)}</td><td class="num">${percent(asked)}</td>${lost.map((frames) => html`<td class="num">${whole(frames)}</td>`)}</tr>`
  })
  return html`<h3>Split</h3>
    <p>Rule <b>${rule}</b>, buffer ${bufferM} m${holdOut.length > 0 && html`, held out: ${holdOut.join(', ')}`}.</p>
    <div class="scroll"><table><thead><tr><th>part</th><th class="num">logs</th><th class="num">frames</th><th class="num">share got</th>
      <th class="num">share asked</th><th class="num">frames lost to the buffer</th><th class="num">to the gap</th></tr></thead><tbody>${lines}</tbody></table></div>
    ${inNoPart(split)}
    ${compromises.length > 0 && html`<p>What had to give way:</p><ul>${compromises.map(({ what }) => html`<li>${what}</li>`)}</ul>`}
    ${leakTable(leaks)}`
}

/** Frames that no part was given, by why. */
function inNoPart({ logs }: SplitFile): Html {
  const reasons = new Map<string, { logs: number; frames: number }>()
  for (const { part, frames, leftOut, exceptions } of logs) {
    const toParts = part === null ? exceptions.filter(({ given }) => given !== null) : []
    const ungiven = exceptions.filter(({ given }) => given === null).reduce((sum, { count }) => sum + count, 0)
    const left = part === null ? frames - toParts.reduce((sum, { count }) => sum + count, 0) : ungiven
    if (left === 0 && leftOut === null) continue
    const why = leftOut ?? 'given to no part'
    const known = reasons.get(why) ?? { logs: 0, frames: 0 }
    reasons.set(why, { logs: known.logs + 1, frames: known.frames + left })
  }
  if (reasons.size === 0) return html``
  const lines = [...reasons].map(
    ([why, { logs: count, frames }]) => html`<li>${counted(count, 'log')}, ${counted(frames, 'frame')}: ${why}</li>`,
  )
  return html`<p>In no part besides:</p><ul>${lines}</ul>`
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
