import type { Skip } from '../pipeline/manifest.js'
import { plural } from './plural.js'

/** What was skipped and why: with the place of the first, unless the reason begins with it. */
export function skipLine({ what, why, where, count }: Skip): string {
  const things = `${count.toLocaleString('en-US')} ${count === 1 ? what : plural(what)}`
  const place = count === 1 ? where : `first: ${where}`
  return `skipped ${things}: ${why}${why.startsWith(where) ? '' : ` (${place})`}`
}
