import type { CommandModule, Options } from 'yargs'
import { dynamicsDefaults, dynamicsPresets } from '../models/dynamics/config.js'
import { trainDynamics } from '../models/dynamics/train.js'
import { latentDefaults, latentPresets } from '../models/latent/config.js'
import { trainLatent } from '../models/latent/train.js'
import { UsageError } from '../pipeline/errors.js'
import type { CommandBody } from './lazyCommand.js'
import { configFrom, flagsOf, printStage, type StageFlags } from './options.js'
import { stageInputs } from './stageInputs.js'
import { dynamicsWords, latentWords } from './trainWords.js'

interface TrainFlags extends StageFlags {
  dataset: string
  split: string
  loaderThreads: number
  cacheMb: number
  tensorboard: boolean
}
interface LatentFlags extends TrainFlags {
  initFrom?: string
}
interface DynamicsFlags extends TrainFlags {
  latent: string
  latents: string
}

/** What changes no byte of the result, and so is no setting. */
const runFlags = {
  loaderThreads: { type: 'number', default: 1, describe: 'threads that read and prepare batches ahead' },
  cacheMb: { type: 'number', default: 1024, describe: 'memory for what was read, MB; the rest is read again' },
  tensorboard: { type: 'boolean', default: true, describe: 'write event files for TensorBoard into the run folder' },
} satisfies Record<string, Options>

function checkRunFlags({ loaderThreads, cacheMb }: TrainFlags): void {
  const expected = 'a whole number from 0'
  for (const [place, value] of Object.entries({ loaderThreads, cacheMb }))
    if (!Number.isInteger(value) || value < 0)
      throw new UsageError('a flag is not usable', { place, expected, actual: String(value) })
}

const initFrom = {
  type: 'string',
  describe: 'safetensors file to start from, with the names and shapes of the model',
} as const

const latent: CommandModule<object, LatentFlags> = {
  command: 'latent',
  describe: 'train the spatial latent on the training part',
  builder: (yargs) =>
    yargs.options({
      ...stageInputs('dataset', 'split'),
      ...runFlags,
      initFrom,
      ...flagsOf(latentDefaults, latentPresets, 'run folder to write', latentWords),
    }) as never,
  async handler(argv) {
    checkRunFlags(argv)
    const config = configFrom('latent', latentDefaults, latentPresets, argv)
    const manifest = await trainLatent({ ...argv, config })
    printStage(argv.json, argv.out, manifest)
  },
}

const dynamics: CommandModule<object, DynamicsFlags> = {
  command: 'dynamics',
  describe: 'train the dynamics over encoded latents',
  builder: (yargs) =>
    yargs.options({
      ...stageInputs('dataset', 'split', 'latent', 'latents'),
      ...runFlags,
      ...flagsOf(dynamicsDefaults, dynamicsPresets, 'run folder to write', dynamicsWords),
    }) as never,
  async handler(argv) {
    checkRunFlags(argv)
    const config = configFrom('dynamics', dynamicsDefaults, dynamicsPresets, argv)
    const manifest = await trainDynamics({ ...argv, config })
    printStage(argv.json, argv.out, manifest)
  },
}

export const train: CommandBody<object> = {
  builder: (yargs) =>
    yargs
      .command(latent as CommandModule)
      .command(dynamics as CommandModule)
      .demandCommand(1, 'name a model: latent or dynamics'),
  handler: () => undefined,
}
