import { join } from 'node:path'
import { type InflationConfig, inflationDefaults, inflationPresets } from '../eval/inflation/inflationConfig.js'
import { measureInflation } from '../eval/inflation/measureInflation.js'
import { readMetrics } from '../eval/metricTable.js'
import { inflationTable, type NearestTrainingFrame } from './inflationTable.js'
import type { CommandBody } from './lazyCommand.js'
import { configFrom, flagsOf, printStage, type StageFlags } from './options.js'
import { stageInputs } from './stageInputs.js'

interface Flags extends StageFlags {
  dataset: string
  split: string
}

const words: Record<keyof InflationConfig, string> = {
  latent: 'preset of the latent that is trained',
  steps: 'training steps of each model',
  repeats: 'trainings of either model, from seeds of their own',
  scoredShare: 'share of the test frames that are scored; the others may leak',
  frames: 'training frames of either model; 0: as many as the train part has',
  policy: 'metric policy',
  resamples: 'bootstrap resamples over logs',
}

/** `occlab split inflation`: what a leak is worth. */
export const splitInflation: CommandBody<Flags> = {
  builder: (yargs) =>
    yargs.options({
      ...stageInputs('dataset', 'split'),
      ...flagsOf(inflationDefaults, inflationPresets, 'folder to write', words),
    }),
  async handler(argv) {
    const config = configFrom('inflation', inflationDefaults, inflationPresets, argv)
    const manifest = await measureInflation({ ...argv, config })
    const rows = await readMetrics(join(argv.out, 'metrics.parquet'))
    const { nearestTrainingFrame } = manifest.details as { nearestTrainingFrame: NearestTrainingFrame }
    printStage(argv.json, argv.out, manifest, inflationTable(rows, nearestTrainingFrame))
  },
}
