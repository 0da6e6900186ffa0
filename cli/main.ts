#!/usr/bin/env node
import yargs from 'yargs'
import { hideBin } from 'yargs/helpers'
import { OcclabError } from '../pipeline/errors.js'
import { listenForInterrupts } from '../pipeline/interrupt.js'
import { toolVersion } from '../pipeline/version.js'
import { commands } from './commands.js'
import { usageError } from './usageError.js'

/** The one place where errors become words and an exit code. */
function fail(error: unknown): never {
  if (error instanceof OcclabError) {
    process.stderr.write(`occlab: ${error.message}\n`)
    process.exit(error.exitCode)
  }
  process.stderr.write(`occlab: a bug: ${error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
}

// A reader that closes early (`occlab … | head`) is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
})
// Nor one that no longer reads how far the work is (`occlab … 2>&1 | head`): the work goes on.
process.stderr.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})
listenForInterrupts()

const args = hideBin(process.argv)
try {
  await yargs(args)
    .scriptName('occlab')
    .usage('$0 <command>\n\nFrom raw autonomous-vehicle logs to an audited occupancy world model.')
    .command(commands)
    .demandCommand(1, 'name a command')
    .strict()
    .version(toolVersion)
    .help()
    .wrap(Math.min(110, process.stdout.columns ?? 110))
    .epilogue(
      'exit codes: 0 done · 1 a bug · 2 usage · 3 bad data · 4 an audit failed or a limit was broken · 130 interrupted',
    )
    .fail((message, error) => {
      throw error ?? usageError(message, args, commands)
    })
    .parseAsync()
} catch (error) {
  // yargs throws its own error where a flag has too few values.
  fail(error instanceof Error && error.name === 'YError' ? usageError(error.message, args, commands) : error)
}
