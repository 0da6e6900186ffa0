import type { CommandModule } from 'yargs'
import { dynamicsDefaults, dynamicsPresets } from '../models/dynamics/config.js'
import { trainDynamics } from '../models/dynamics/train.js'
import { latentDefaults, latentPresets } from '../models/latent/config.js'
import { trainLatent } from '../models/latent/train.js'
import { configFrom, flagsOf, printStage, type StageFlags } from './options.js'
import { stageInputs } from './stageInputs.js'
import { dynamicsWords, latentWords } from './trainWords.js'

interface LatentFlags extends StageFlags {
  dataset: string
  split: string
}
interface DynamicsFlags extends LatentFlags {
  latent: string
  latents: string
}

const latent: CommandModule<object, LatentFlags> = {
  command: 'latent',
  describe: 'train the spatial latent on the training part',
  builder: (yargs) =>
    yargs.options({
      ...stageInputs('dataset', 'split'),
      ...flagsOf(latentDefaults, latentPresets, 'run folder to write', latentWords),
    }) as never,
  async handler(argv) {
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
      ...flagsOf(dynamicsDefaults, dynamicsPresets, 'run folder to write', dynamicsWords),
    }) as never,
  async handler(argv) {
    const config = configFrom('dynamics', dynamicsDefaults, dynamicsPresets, argv)
    const manifest = await trainDynamics({ ...argv, config })
    printStage(argv.json, argv.out, manifest)
  },
}

export const train: CommandModule = {
  command: 'train <model>',
  describe: 'train a model: latent or dynamics',
  builder: (yargs) =>
    yargs
      .command(latent as CommandModule)
      .command(dynamics as CommandModule)
      .demandCommand(1, 'name a model'),
  handler: () => undefined,
}
