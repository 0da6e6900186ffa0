import { encodeDataset } from '../models/latent/encode.js'
import type { CommandBody } from './lazyCommand.js'
import { flagsOf, printStage, type StageFlags } from './options.js'
import { stageInputs } from './stageInputs.js'

interface Flags extends StageFlags {
  dataset: string
  latent: string
}

export const encode: CommandBody<Flags> = {
  builder: (yargs) =>
    yargs.options({
      ...stageInputs('dataset', 'latent'),
      ...flagsOf({}, {}, 'latents folder to write', {}),
    }),
  async handler(argv) {
    const manifest = await encodeDataset(argv)
    printStage(argv.json, argv.out, manifest)
  },
}
