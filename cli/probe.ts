import { readMetrics } from '../eval/metricTable.js'
import { type ProbeConfig, probeDefaults, runProbes } from '../eval/probes/runProbes.js'
import type { CommandBody } from './lazyCommand.js'
import { configFrom, flagsOf, printStage, type StageFlags } from './options.js'
import { probeTable } from './probeTable.js'
import { stageInputs } from './stageInputs.js'

interface Flags extends StageFlags {
  dataset: string
  split: string
  latent: string
  latents: string
}

const words: Record<keyof ProbeConfig, string> = {
  probes: 'linear probes, each a thing to read off the latent',
  studies: 'what is asked of the latent; some studies ask it of each probe',
  resamples: 'bootstrap resamples over logs',
  allowTrained: 'probe a latent on frames it may have trained on, and say so beside every number',
}

export const probe: CommandBody<Flags> = {
  builder: (yargs) =>
    yargs.options({
      ...stageInputs('dataset', 'split', 'latent', 'latents'),
      ...flagsOf(probeDefaults, {}, 'probes folder to write', words),
    }),
  async handler(argv) {
    const config = configFrom('probe', probeDefaults, {}, argv)
    const manifest = await runProbes({ ...argv, config })
    printStage(argv.json, argv.out, manifest, probeTable(await readMetrics(`${argv.out}/metrics.parquet`)))
  },
}
