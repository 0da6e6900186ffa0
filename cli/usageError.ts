import { UsageError } from '../pipeline/errors.js'

/** A command as it is listed: its name, then its positions. */
interface Listed {
  command?: string | readonly string[]
}

/**
 * What yargs complains of, in our words where its own lead nowhere: a command that is not there, a value that is none of the
 * choices or is missing, a position that is empty. `args` is what was typed after `occlab`.
 */
export function usageError(message: string, args: readonly string[], commands: readonly Listed[]): UsageError {
  const usages = commands.map(({ command }) => String(command))
  const names = usages.map(nameOf)
  const [typed] = args
  if (typed !== undefined && !typed.startsWith('-') && !names.includes(typed))
    return new UsageError(`no command '${typed}'; see occlab --help`, { expected: names.join(' | ') })
  const usage = usages.find((each) => nameOf(each) === typed)
  const help = usage ? `see occlab ${typed} --help` : 'see occlab --help'
  const [, flag, given, choices] = /Argument: (\S+), Given: (.*), Choices: (.*)/.exec(message) ?? []
  if (flag)
    return new UsageError(`--${flag} knows no such value; ${help}`, {
      expected: choices.replaceAll('"', '').split(', ').join(' | '),
      actual: given.replaceAll('"', ''),
    })
  const [, empty] = /^Not enough arguments following: (\S+)/.exec(message) ?? []
  if (empty) return new UsageError(`--${empty} lacks a value; ${help}`)
  if (usage && message.startsWith('Not enough non-option arguments'))
    return new UsageError(`it is called as occlab ${usage}; ${help}`)
  return new UsageError(`${message}; ${help}`)
}

function nameOf(usage: string): string {
  return usage.split(' ')[0]
}
