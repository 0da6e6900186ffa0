import { type Html, html } from '../html.js'

/** A section of the page, which the table of contents can point at. */
export function section(id: string, title: string, body: Html): Html {
  return html`<section id="${id}"><h2>${title}</h2>${body}</section>`
}
