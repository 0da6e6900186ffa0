/** A piece of markup. Made by `html` alone, which escapes everything that is not markup already. */
export class Html {
  constructor(readonly markup: string) {}
}

type Value = Html | string | number | null | undefined | false | readonly Value[]

/**
 * Template tag for markup: pieces of markup and lists of them go in as they are, text and numbers are escaped, null,
 * undefined and false leave nothing. The one place where the report escapes.
 */
export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
  return new Html(parts.reduce((text, part, i) => text + markupOf(values[i - 1]) + part))
}

/** Markup that another program made (an SVG of a plot); never text that came from data. */
export function trusted(markup: string): Html {
  return new Html(markup)
}

function markupOf(value: Value): string {
  if (value instanceof Html) return value.markup
  if (value === null || value === undefined || value === false) return ''
  if (typeof value === 'object') return value.map(markupOf).join('')
  return escaped(String(value))
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character])
}
