import type { Options } from 'yargs'
import { type EvalConfig, evalDefaults, evalPresets } from '../eval/evalConfig.js'
import { evaluate as runEvaluation } from '../eval/evaluate.js'
import { latencyLine } from '../eval/latency.js'
import { readMetrics } from '../eval/metricTable.js'
import type { TrainedVerdict } from '../eval/trainedFrames.js'
import { UsageError } from '../pipeline/errors.js'
import type { Manifest } from '../pipeline/manifest.js'
import { certificateLine } from './certificateLines.js'
import { type CompareFlags, compareOptions, compareRuns } from './evalCompare.js'
import { headlineTable } from './headline.js'
import type { CommandBody } from './lazyCommand.js'
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
  minLogs: 'logs that must support a number; with fewer it is marked insufficient-support',
  keepFrames: 'frames of each log whose predictions are kept for the viewer',
  batch: 'windows that go through the models together',
  allowTrained: 'score a model on frames it may have trained on, and say so beside every number',
}

/** What scoring cannot do without; a comparison reads all of it from the folders that it compares. */
const needed = ['dataset', 'split', 'latent', 'latents', 'dynamics', 'out'] as const

export const evaluate: CommandBody<Flags & CompareFlags> = {
  builder: (yargs) =>
    yargs.options({
      ...unlessComparing({
        ...stageInputs('dataset', 'split', 'latent', 'latents', 'dynamics'),
        ...flagsOf(evalDefaults, evalPresets, 'metrics folder to write', words),
      }),
      ...compareOptions,
    }),
  async handler(argv) {
    if (argv.compare) return compareRuns(argv)
    const missing = needed.filter((name) => argv[name] === undefined)
    if (missing.length > 0)
      throw new UsageError(`Missing required arguments: ${missing.join(', ')}; see occlab eval --help`)
    const config = configFrom('eval', evalDefaults, evalPresets, argv)
    const manifest = await runEvaluation({ ...argv, config })
    const table = headlineTable(await readMetrics(`${argv.out}/metrics.parquet`))
    const latency = await latencyLine(argv.out)
    const lines = [
      ...table,
      comparedLine(manifest),
      ...(latency ? [latency] : []),
      ...(await certificateLine(argv.out)),
    ]
    printStage(argv.json, argv.out, manifest, lines)
  },
}

/** The same flags, none of them demanded by yargs. */
function unlessComparing(options: Record<string, Options>): Record<string, Options> {
  return Object.fromEntries(
    Object.entries(options).map(([name, { demandOption, ...option }]) => [
      name,
      demandOption ? { ...option, describe: `${option.describe} (needed unless --compare)` } : option,
    ]),
  )
}

/** What was held against the scored frames before they were scored. */
function comparedLine({ details }: Manifest): string {
  const { scoredFrames, rules, remark } = details.trainedFrames as TrainedVerdict
  return remark ?? `none of ${scoredFrames} scored frames meets a training frame by ${rules.join(', ')}`
}
