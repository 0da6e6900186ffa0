import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Options } from 'yargs'
import { auditDefaults, auditPresets } from '../eval/audits/runAudits.js'
import { evalDefaults, evalPresets } from '../eval/evalConfig.js'
import { readMetrics } from '../eval/metricTable.js'
import { probeDefaults } from '../eval/probes/runProbes.js'
import { dynamicsDefaults, dynamicsPresets } from '../models/dynamics/config.js'
import { latentDefaults, latentPresets } from '../models/latent/config.js'
import { resolveConfig } from '../pipeline/config.js'
import { ingestDefaults, ingestPresets } from '../pipeline/ingest/config.js'
import type { Manifest } from '../pipeline/manifest.js'
import { simulateDefaults, simulatePresets } from '../pipeline/simulate/config.js'
import { simulate } from '../pipeline/simulate/simulate.js'
import { splitDefaults, splitPresets } from '../pipeline/splits/config.js'
import { auditTable } from './auditTable.js'
import { type FlowPlan, runFlow } from './flow.js'
import { headlineTable } from './headline.js'
import { identityWords } from './identityWords.js'
import type { CommandBody } from './lazyCommand.js'
import { probeTable } from './probeTable.js'

interface Flags {
  logs?: string[]
  out?: string
  seed: number
  size: 'demo' | 'tiny'
  replace: boolean
  rig?: string
  site?: string
  route?: string
}

type Identity = keyof typeof identityWords

const identityOptions = Object.fromEntries(
  Object.entries(identityWords).map(([name, describe]) => [name, { type: 'string', requiresArg: true, describe }]),
) as Record<Identity, Options>

export const demo: CommandBody<Flags> = {
  builder: (yargs) =>
    yargs.options({
      logs: { type: 'string', array: true, describe: 'folders of real logs to use instead of simulated ones' },
      ...identityOptions,
      out: { type: 'string', requiresArg: true, describe: 'run folder (default runs/demo, or runs/logs with --logs)' },
      seed: { type: 'number', default: 1, describe: 'seed of every random choice; same seed, same bytes' },
      size: {
        choices: ['demo', 'tiny'] as const,
        default: 'demo' as const,
        describe: 'tiny: a smoke run of under a minute',
      },
      replace: { type: 'boolean', default: true, describe: "replace another plan's results in the run folder" },
    }),
  async handler({ logs, out, seed, size, replace, rig, site, route }) {
    const run = out ?? join('runs', logs ? 'logs' : 'demo')
    const startedMs = Date.now()
    const said = (name: string, { hash }: Manifest) =>
      process.stderr.write(`✓ ${name.padEnd(10)} ${join(run, name)}  ${hash.slice(0, 12)}\n`)
    const raw = logs ?? [await simulated(join(run, 'logs'), seed, size, replace, said)]
    await runFlow({ ...planOf(size, { rig, site, route }), logs: raw, run, seed, replace, jobs: jobs(), onStage: said })
    await printOutcome(run, (Date.now() - startedMs) / 1000)
  },
}

function jobs(): number {
  return Math.max(1, Math.min(8, availableParallelism()))
}

async function simulated(
  out: string,
  seed: number,
  preset: string,
  replace: boolean,
  said: FlowPlan['onStage'],
): Promise<string> {
  const config = resolveConfig('simulate', simulateDefaults, simulatePresets, preset)
  said('logs', await simulate({ out, config, seed, replace, jobs: jobs() }))
  return out
}

function planOf(preset: string, identity: Pick<Flags, Identity>) {
  return {
    ingest: resolveConfig('ingest', ingestDefaults, ingestPresets, preset, identity),
    split: resolveConfig('split', splitDefaults, splitPresets, preset),
    latent: resolveConfig('latent', latentDefaults, latentPresets, preset),
    dynamics: resolveConfig('dynamics', dynamicsDefaults, dynamicsPresets, preset),
    eval: resolveConfig('eval', evalDefaults, evalPresets, preset),
    probe: resolveConfig('probe', probeDefaults),
    audit: resolveConfig('audit', auditDefaults, auditPresets, preset),
  }
}

async function printOutcome(run: string, elapsedS: number): Promise<void> {
  const tables = [
    ['Forecast and reconstruction', headlineTable(await readMetrics(join(run, 'metrics', 'metrics.parquet')))],
    ['Linear probes', probeTable(await readMetrics(join(run, 'probes', 'metrics.parquet')))],
    ['Rig-holdout audit', auditTable(await readMetrics(join(run, 'audits', 'metrics.parquet')))],
  ] as const
  for (const [title, lines] of tables) process.stdout.write(`\n${title}\n${lines.join('\n')}\n`)
  process.stdout.write(
    [
      '',
      `Done in ${Math.round(elapsedS)} s. Where to look:`,
      `  report   ${join(run, 'report', 'index.html')}`,
      `  viewer   npx occlab view ${run}`,
      `  tables   ${join(run, 'report', 'metrics.parquet')}`,
      '',
    ].join('\n'),
  )
}
