import * as Plot from '@observablehq/plot'
import { JSDOM } from 'jsdom'
import { type Html, html, trusted } from '../html.js'

const { document } = new JSDOM('').window

/** Colours by CSS variable, so that one drawing serves light, dark and print. */
export const ink = {
  model: 'var(--model)',
  copy: 'var(--copy)',
  warp: 'var(--warp)',
  soft: 'var(--soft)',
  bad: 'var(--bad)',
}

/** Colour of a forecaster. */
export function inkOf(model: string): string {
  return model === 'copy' ? ink.copy : model === 'warp' ? ink.warp : ink.model
}

/**
 * Draws a plot without a browser, as inline SVG.
 *
 * @param label - what it shows, for those who cannot see it.
 */
export function figure(label: string, caption: Html | string, options: Plot.PlotOptions): Html {
  const svg = Plot.plot({
    document,
    className: 'plot',
    style: { fontSize: '12px' },
    ariaLabel: label,
    ...options,
  })
  svg.setAttribute('role', 'img')
  return html`<figure>${trusted(svg.outerHTML)}<figcaption>${caption}</figcaption></figure>`
}

/** Square and name of each colour of a chart. */
export function key(entries: readonly (readonly [name: string, colour: string])[]): Html {
  const items = entries.map(([name, colour]) => html`<span><i style="background:${colour}"></i>${name}</span>`)
  return html`<p class="key">${items}</p>`
}
