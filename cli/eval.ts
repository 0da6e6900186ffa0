import type { CommandModule } from 'yargs'
import { type EvalConfig, evalDefaults, evalPresets } from '../eval/evalConfig.js'
import { evaluate as runEvaluation } from '../eval/evaluate.js'
import { readMetrics } from '../eval/metricTable.js'
import type { TrainedVerdict } from '../eval/trainedFrames.js'
import type { Manifest } from '../pipeline/manifest.js'
import { certificateLine } from './certificateLines.js'
import { headlineTable } from './headline.js'
import { configFrom, flagsOf, printStage, type StageFlags } from './options.js'
import { stageInputs } from './stageInputs.js'

interface Flags extends StageFlags {
  dataset: string
  split: string
  latent: string
  latents: string
  dynamics: string
}

const words: Record<keyof EvalConfig, string> = {
  part: 'part of the split that is scored',
  policies: 'metric policies, all scored in one pass',
  measures: 'what is measured',
  pastFrames: 'frames the dynamics see before they forecast',
  horizonsS: 'forecast horizons, seconds, each a whole number of frames',
  ego: 'ego motion of the forecast: given | constantVelocity',
  rollouts: 'random futures drawn for each window, for best-of-k and diversity',
  strideFrames: 'frames between the starts of two windows',
  resamples: 'bootstrap resamples over logs',
  keepFrames: 'frames of each log whose predictions are kept for the viewer',
  batch: 'windows that go through the models together',
  allowTrained: 'score a model on frames it may have trained on, and say so beside every number',
}

export const evaluate: CommandModule<object, Flags> = {
  command: 'eval',
  describe: 'reconstruction and forecasts on the test part, against copying and ego-warping the last frame',
  builder: (yargs) =>
    yargs.options({
      ...stageInputs('dataset', 'split', 'latent', 'latents', 'dynamics'),
      ...flagsOf(evalDefaults, evalPresets, 'metrics folder to write', words),
    }) as never,
  async handler(argv) {
    const config = configFrom('eval', evalDefaults, evalPresets, argv)
    const manifest = await runEvaluation({ ...argv, config })
    const table = headlineTable(await readMetrics(`${argv.out}/metrics.parquet`))
    printStage(argv.json, argv.out, manifest, [...table, comparedLine(manifest), ...(await certificateLine(argv.out))])
  },
}

/** What was held against the scored frames before they were scored. */
function comparedLine({ details }: Manifest): string {
  const { scoredFrames, rules, remark } = details.trainedFrames as TrainedVerdict
  return remark ?? `none of ${scoredFrames} scored frames meets a training frame by ${rules.join(', ')}`
}
