import type { Argv, CommandModule } from 'yargs'

/** What a command's file exports: its flags and what it does. Its name and its line of help stand where it is listed. */
export interface CommandBody<Flags> {
  builder(yargs: Argv): unknown
  handler: CommandModule<object, Flags>['handler']
}

/**
 * A command whose file is loaded when it is called for. What the others stand on (models, readers, reports: a thousand files)
 * costs it nothing, and `--help` next to nothing.
 */
export function lazyCommand<Flags>(
  command: string,
  describe: string,
  load: () => Promise<CommandBody<Flags>>,
): CommandModule {
  return {
    command,
    describe,
    builder: async (yargs) => (await load()).builder(yargs) as Argv,
    handler: async (argv) => (await load()).handler(argv as never),
  }
}
