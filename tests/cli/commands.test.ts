import { posix } from 'node:path'
import { expect, test } from 'vitest'
import { commands } from '../../cli/commands.js'
import { type Source, sourcesIn } from '../support/sources.js'

const sources = new Map(sourcesIn('cli', 'pipeline', 'models', 'eval', 'viewer').map((source) => [source.path, source]))

/** What a file loads as soon as it is loaded itself: neither types nor what it imports when called. */
function loads({ path, text }: Source): string[] {
  const found = [...text.matchAll(/^import (?!type\b)[^;]*?from '(\.[^']+)\.js'$/gm)]
  return found.map(([, name]) => `${posix.join(posix.dirname(path), name)}.ts`)
}

function loadedWith(path: string, seen = new Set<string>()): Set<string> {
  if (!seen.has(path)) {
    seen.add(path)
    for (const next of loads(sources.get(path)!)) loadedWith(next, seen)
  }
  return seen
}

test('to print help, nothing is loaded but names and words; a command is loaded when it is called', () => {
  expect([...loadedWith('cli/main.ts')].sort()).toEqual([
    'cli/commands.ts',
    'cli/lazyCommand.ts',
    'cli/main.ts',
    'cli/usageError.ts',
    'pipeline/errors.ts',
    'pipeline/interrupt.ts',
    'pipeline/version.ts',
  ])
  // Reading is known to work on more than that.
  expect(loadedWith('cli/ingest.ts').size).toBeGreaterThan(100)
})

test('every command says what it does, and no two have one name', () => {
  const names = commands.map(({ command }) => String(command).split(' ')[0])
  expect(new Set(names).size).toBe(names.length)
  for (const { describe } of commands) expect(describe).toMatch(/\w+ \w+/)
})
