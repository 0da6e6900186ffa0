import type { CommandModule } from 'yargs'
import { interrupted } from '../pipeline/interrupt.js'
import { serveRun } from '../viewer/server.js'
import { jsonOption } from './options.js'

interface Flags {
  run: string
  port: number
  json: boolean
}

export const view: CommandModule<object, Flags> = {
  command: 'view <run>',
  describe: 'serve the voxel viewer of a run to this machine, until Ctrl-C',
  builder: (yargs) =>
    yargs
      .positional('run', { type: 'string', demandOption: true, describe: 'run folder, or a dataset folder on its own' })
      .options({
        port: { type: 'number', default: 0, describe: 'port to listen on; 0 takes a free one' },
        ...jsonOption,
      }) as never,
  async handler({ run, port, json }) {
    const { url, close } = await serveRun(run, { port })
    process.stdout.write(json ? `${JSON.stringify({ url })}\n` : `viewer → ${url}  (Ctrl-C to stop)\n`)
    // Ctrl-C is how it is meant to end: no error, exit code 0.
    await new Promise((stopped) => interrupted.addEventListener('abort', stopped, { once: true }))
    await close()
  },
}
