import { z } from 'zod'
import { hashJson } from './hash.js'

/** A link of a chain: its hash covers its own content and the hash of the link before it. */
export const chainEntry = z.object({
  entry: z.string(),
  /** Hash of the entry before; null at the start. */
  before: z.string().nullable(),
  content: z.record(z.string(), z.unknown()),
  hash: z.string(),
})
export type ChainEntry = z.infer<typeof chainEntry>

/** Puts an entry at the end of the chain; `content` must be plain JSON. Returns the longer chain. */
export function appended(chain: readonly ChainEntry[], entry: string, content: Record<string, unknown>): ChainEntry[] {
  const before = chain.at(-1)?.hash ?? null
  return [...chain, { entry, before, content, hash: hashOf({ entry, before, content }) }]
}

/** Hash of the last entry: it stands for the whole chain. */
export function headOf(chain: readonly ChainEntry[]): string {
  return chain.at(-1)?.hash ?? ''
}

/** Where the hashes do not fit: `rule.hash` for a changed content, `rule.before` for a changed order. */
export function brokenLinks(chain: readonly ChainEntry[]): string[] {
  return chain.flatMap((link, i) => {
    const before = i === 0 ? null : chain[i - 1].hash
    return [
      ...(link.before === before ? [] : [`${link.entry}.before`]),
      ...(link.hash === hashOf(link) ? [] : [`${link.entry}.hash`]),
    ]
  })
}

function hashOf({ entry, before, content }: Omit<ChainEntry, 'hash'>): string {
  return hashJson({ entry, before, content })
}
