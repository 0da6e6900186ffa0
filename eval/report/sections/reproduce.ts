import type { Manifest } from '../../../pipeline/manifest.js'
import { type Html, html } from '../html.js'
import { type RunFolderName, type RunResults, runFolders } from '../runResults.js'
import { section } from './section.js'

/** The command that writes each folder, by the stage's name. */
const commands: Readonly<Record<string, string>> = {
  simulate: 'simulate',
  ingest: 'ingest',
  split: 'split',
  'train-latent': 'train latent',
  encode: 'encode',
  'train-dynamics': 'train dynamics',
  eval: 'eval',
  probe: 'probe',
  audit: 'audit',
}

/** Commands that make this run again; same plan, same bytes. */
export function reproduce({ manifests }: RunResults): Html {
  const lines = runFolders.flatMap((name) => {
    const manifest = manifests[name]
    return manifest && commands[manifest.stage] ? [commandOf(name, manifest, manifests.logs !== undefined)] : []
  })
  const all = [...lines, 'occlab report RUN', 'occlab view RUN'].join('\n')
  return section(
    'reproduce',
    'How to reproduce',
    html`<p>RUN is any folder. The same version, settings, seed and inputs give the same bytes, and so the hashes above; training
      does so on one machine’s CPU.</p>
      <pre><code>${all}</code></pre>`,
  )
}

function commandOf(name: RunFolderName, { stage, config, seed, inputs }: Manifest, hasLogs: boolean): string {
  const folders = new Set<string>(runFolders)
  const from = Object.keys(inputs).flatMap((input) => (folders.has(input) ? [`--${input} RUN/${input}`] : []))
  const logs = stage === 'ingest' ? [hasLogs ? 'RUN/logs' : 'LOGS'] : []
  const settings = Object.entries(config).flatMap(([key, value]) => flag(key, value))
  const seeded = stage === 'ingest' ? [] : [`--seed ${seed}`]
  return [`occlab ${commands[stage]}`, ...logs, ...from, ...settings, ...seeded, `--out RUN/${name}`].join(' ')
}

/** A setting as a flag; an empty one cannot be written and is the default anyway. */
function flag(key: string, value: unknown): string[] {
  if (Array.isArray(value)) return value.length === 0 ? [] : [`--${key} ${value.map(quoted).join(' ')}`]
  if (typeof value === 'boolean') return [`--${key}=${value}`]
  return value === '' ? [] : [`--${key} ${quoted(value)}`]
}

function quoted(value: unknown): string {
  const text = String(value)
  return /^[\w.,:/=+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
