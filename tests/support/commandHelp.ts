import yargs from 'yargs'
import { commands } from '../../cli/commands.js'

/** Flags by command, as its help lists them: `split audit` → `dataset`, `lists` … */
export async function flagsByCommand(): Promise<Map<string, ReadonlySet<string>>> {
  const found = new Map<string, ReadonlySet<string>>()
  const waiting: string[][] = [[]]
  for (const words of waiting) {
    const help = await helpOf(words)
    found.set(words.join(' '), new Set([...help.matchAll(/^ +--([\w-]+)/gm)].map(([, flag]) => camelCase(flag))))
    const below = [...help.matchAll(/^ {2}occlab ([a-z]+(?: [a-z]+)*)/gm)].map(([, name]) => name.split(' '))
    waiting.push(...below.filter(({ length }) => length === words.length + 1))
  }
  return found
}

/** `cache-mb` → `cacheMb`: yargs takes a flag either way. */
export function camelCase(flag: string): string {
  return flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
}

async function helpOf(words: string[]): Promise<string> {
  let help = ''
  const parser = yargs().scriptName('occlab').command(commands).help().wrap(null)
  await parser.parseAsync([...words, '--help'], {}, (_error: unknown, _argv: unknown, output: string) => {
    help = output
  })
  return help
}
