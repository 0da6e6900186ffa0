import { type Html, html, trusted } from './html.js'
import { style } from './style.js'

/** A document that needs nothing else: no script, no other file. */
export function pageOf(title: string, body: Html): string {
  const document = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${trusted(style)}</style>
</head>
<body>
${body}
</body>
</html>
`
  return document.markup
}
