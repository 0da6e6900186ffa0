import { UsageError } from '../pipeline/errors.js'
import { interrupted } from '../pipeline/interrupt.js'
import { serveRun } from '../viewer/server.js'
import type { CommandBody } from './lazyCommand.js'
import { jsonOption } from './options.js'

interface Flags {
  run: string
  port: number
  at?: string
  audit?: string
  json: boolean
}

export const view: CommandBody<Flags> = {
  builder: (yargs) =>
    yargs
      .positional('run', { type: 'string', demandOption: true, describe: 'run folder, or a dataset folder on its own' })
      .options({
        port: { type: 'number', default: 0, describe: 'port to listen on; 0 takes a free one' },
        audit: {
          type: 'string',
          describe: 'folder of `split audit`, whose findings to list; else the one in the run folder',
        },
        at: { type: 'string', describe: 'the frame to open at, LOG/FRAME, as audits and errors name frames' },
        ...jsonOption,
      }),
  async handler({ run, port, at, audit, json }) {
    const place = at === undefined ? '' : placeOf(at)
    const { url: root, close } = await serveRun(run, { port, audit })
    const url = `${root}${place}`
    process.stdout.write(json ? `${JSON.stringify({ url })}\n` : `viewer → ${url}  (Ctrl-C to stop)\n`)
    // Ctrl-C is how it is meant to end: no error, exit code 0.
    await new Promise((stopped) => interrupted.addEventListener('abort', stopped, { once: true }))
    await close()
  },
}

/** What the viewer's address says of a frame: after the `#`, as `viewer/app/address.ts` reads it. */
export function placeOf(frame: string): string {
  const [, log, index] = /^(.+)\/(\d+)$/.exec(frame) ?? []
  if (!log) throw new UsageError('--at does not name a frame', { expected: 'LOG/FRAME', actual: frame })
  return `#${new URLSearchParams({ log, frame: index })}`
}
