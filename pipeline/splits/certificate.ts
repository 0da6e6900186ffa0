import { z } from 'zod'
import { appended, type ChainEntry, chainEntry } from '../hashChain.js'
import { leakRules, limitsOf } from './leakRules.js'
import type { SplitFile } from './splitFile.js'

/** Name of the certificate in a split's folder, and in every folder that carries it. */
export const certificateFile = 'certificate.json'

/** Content of `certificate.json`: a chain of entries, each of which covers the one before. No key has a part in it. */
export const certificate = z.object({
  kind: z.literal('occlab split certificate'),
  version: z.literal(1),
  chain: z.array(chainEntry).min(1),
})
export type Certificate = z.infer<typeof certificate>

const findings = z.object({
  /** Rules by which leaks were looked for: those that the split's limits leave in force. */
  rules: z.array(z.string()),
  leaks: z.int().nonnegative(),
  byRule: z.record(z.string(), z.int()),
  compromises: z.array(z.string()),
})
export type CertifiedFindings = z.infer<typeof findings>

/** Everything that a certificate is made of; the same facts give the same bytes. */
export interface CertifiedFacts {
  /** Content hashes of the stage's inputs: the dataset, and a former split where one was extended. */
  inputs: Readonly<Record<string, string>>
  /** Key of the split's stage, its configuration and seed, and the version of occlab that ran it. */
  key: string
  config: object
  seed: number
  version: string
  /** The folder's other files, as its manifest lists them. */
  outputs: Record<string, { sha256: string; bytes: number }>
  file: SplitFile
}

/** States a split: which dataset, by which rule, what came out, and what is shared between the parts. */
export function certificateOf({ inputs, key, config, seed, version, outputs, file }: CertifiedFacts): Certificate {
  const { dataset, ...others } = inputs
  const logs = file.logs.length
  const frames = file.logs.reduce((sum, log) => sum + log.frames, 0)
  const entries: [string, object][] = [
    ['dataset', { hash: dataset, logs, frames }],
    ['rule', { config, seed, ...others }],
    ['split', { key, outputs }],
    ['parts', file.parts],
    ['findings', findingsOf(file)],
    ['tool', { name: 'occlab', version }],
  ]
  // Through JSON, so that what is hashed is what is written.
  const plain = (content: object): Record<string, unknown> => JSON.parse(JSON.stringify(content))
  const chain = entries.reduce<ChainEntry[]>((done, [name, content]) => appended(done, name, plain(content)), [])
  return { kind: 'occlab split certificate', version: 1, chain }
}

function findingsOf(file: SplitFile): CertifiedFindings {
  const { leaks, compromises } = file
  const rules = leakRules(limitsOf(file))
  const byRule = Object.fromEntries(rules.map((rule) => [rule, leaks.filter(({ kind }) => kind === rule).length]))
  return { rules, leaks: leaks.length, byRule, compromises: compromises.map(({ what }) => what) }
}

/** Content of the entry of that name; null when there is none. */
export function contentOf(chain: readonly ChainEntry[], entry: string): Record<string, unknown> | null {
  return chain.find((link) => link.entry === entry)?.content ?? null
}

/** What was found, in words: `no leak found by 4 rules (same-log, …)`, or how many leaks by which rule. */
export function verdictOf({ chain }: Certificate): string {
  const found = findings.safeParse(contentOf(chain, 'findings'))
  if (!found.success) return 'no findings'
  const { rules, leaks, byRule } = found.data
  if (leaks === 0) return `no leak found by ${rules.length} rules (${rules.join(', ')})`
  const each = Object.entries(byRule).filter(([, count]) => count > 0)
  return `${leaks} leak${leaks === 1 ? '' : 's'}: ${each.map(([rule, count]) => `${count} ${rule}`).join(', ')}`
}
