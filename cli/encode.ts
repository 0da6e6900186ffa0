import type { CommandModule } from 'yargs'
import { encodeDataset } from '../models/latent/encode.js'
import { flagsOf, printStage, type StageFlags } from './options.js'
import { stageInputs } from './stageInputs.js'

interface Flags extends StageFlags {
  dataset: string
  latent: string
}

export const encode: CommandModule<object, Flags> = {
  command: 'encode',
  describe: 'write the latent of every frame of a dataset',
  builder: (yargs) =>
    yargs.options({
      ...stageInputs('dataset', 'latent'),
      ...flagsOf({}, {}, 'latents folder to write', {}),
    }) as never,
  async handler(argv) {
    const manifest = await encodeDataset(argv)
    printStage(argv.json, argv.out, manifest)
  },
}
