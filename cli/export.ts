import type { CommandModule } from 'yargs'
import { exportWeights } from '../models/training/exportWeights.js'
import type { CommandBody } from './lazyCommand.js'
import { jsonOption } from './options.js'

interface Flags {
  run: string
  to: string
  raw: boolean
  replace: boolean
  json: boolean
}

const weights: CommandModule<object, Flags> = {
  command: 'weights <run>',
  describe: "a trained model's weights as one safetensors file",
  builder: (yargs) =>
    yargs.positional('run', { type: 'string', demandOption: true, describe: 'run folder of a training' }).options({
      to: { type: 'string', demandOption: true, describe: 'file to write' },
      raw: { type: 'boolean', default: false, describe: 'the weights of the step itself, not their running mean' },
      replace: { type: 'boolean', default: false, describe: 'replace the file if it exists' },
      ...jsonOption,
    }) as never,
  async handler({ json, ...options }) {
    const { tensors, parameters, metadata } = await exportWeights(options)
    if (json) process.stdout.write(`${JSON.stringify({ to: options.to, tensors, parameters, metadata })}\n`)
    else process.stdout.write(`${parameters} parameters in ${tensors} tensors → ${options.to}\n`)
  },
}

export const exportCommand: CommandBody<object> = {
  builder: (yargs) => yargs.command(weights as CommandModule).demandCommand(1, 'name what to export: weights'),
  handler: () => undefined,
}
