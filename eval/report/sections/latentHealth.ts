import type { HistoryRow } from '../../../models/training/history.js'
import { channelBars } from '../charts/channelBars.js'
import { type Html, html } from '../html.js'
import type { RunResults } from '../runResults.js'
import { section } from './section.js'

/**
 * Under this KL a channel tells the decoder next to nothing. The same number as `activeNats` of `models/latent/collapse.ts`,
 * which needs the engine to be imported; a test holds them together.
 */
export const activeNats = 0.1

/** Whether the latent carries information in all its channels, at the last logged step. */
export function latentHealth({ histories }: RunResults): Html {
  const rows = histories.latent ?? []
  const nats = lastChannels(rows)
  const warnings = rows.filter(({ note }) => note !== null)
  const list = warnings.map(({ step, note }) => html`<li>step ${step}: ${note}</li>`)
  const body =
    nats.length === 0
      ? html`<p class="missing">No KL of single channels was logged for this latent.</p>`
      : verdictOn(nats)
  return section('latent', 'Latent health', html`${body}${list.length > 0 && html`<ul class="warnings">${list}</ul>`}`)
}

function verdictOn(nats: readonly number[]): Html {
  const active = nats.filter((value) => value > activeNats).length
  const tone = active === nats.length ? 'good' : active === 0 ? 'bad' : 'unknown'
  const total = nats.reduce((sum, value) => sum + value, 0)
  return html`<p><span class="pill ${tone}">${active} of ${nats.length} channels active</span> ${total.toFixed(2)} nat a cell in all.</p>
    ${channelBars(nats, activeNats)}`
}

/** KL of each channel as it was last logged in training. */
function lastChannels(rows: readonly HistoryRow[]): number[] {
  const logged = rows.filter(({ name, part }) => part === 'train' && name.startsWith('kl_channel/'))
  const last = logged.at(-1)?.step
  const order = ({ name }: HistoryRow) => Number(name.split('/')[1])
  return logged
    .filter(({ step }) => step === last)
    .sort((a, b) => order(a) - order(b))
    .map(({ value }) => value)
}
