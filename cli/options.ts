import type { ArgumentsCamelCase, Options } from 'yargs'
import { type Config, resolveConfig } from '../pipeline/config.js'
import type { Manifest } from '../pipeline/manifest.js'
import { skipLine } from './skipLine.js'

/** Flags every stage takes. */
export interface StageFlags {
  out: string
  seed: number
  preset?: string
  replace: boolean
  json: boolean
}

const stageOptions = {
  seed: {
    type: 'number',
    requiresArg: true,
    default: 1,
    describe: 'seed of every random choice; same seed, same bytes',
  },
  replace: { type: 'boolean', default: false, describe: "replace another plan's result in the output folder" },
  json: { type: 'boolean', default: false, describe: 'print one machine-readable object' },
} satisfies Record<string, Options>

/** The `--json` flag alone, for commands that are not stages. */
export const jsonOption = { json: stageOptions.json } satisfies Record<string, Options>

/**
 * The flags of a stage: the common ones, its output folder, and one flag for each key of its configuration's defaults,
 * so that a setting is declared in one place. `words` says what each is for.
 */
export function flagsOf<C extends Config<C>>(
  defaults: C,
  presets: Readonly<Record<string, Partial<C>>>,
  out: string,
  words: Record<keyof C, string>,
) {
  const settings = Object.entries(defaults).map(([key, value]) => [
    key,
    settingOption(value as never, words[key as keyof C]),
  ])
  return {
    ...Object.fromEntries(settings),
    out: { type: 'string', demandOption: true, requiresArg: true, describe: out },
    ...(Object.keys(presets).length > 0 && {
      preset: {
        type: 'string',
        requiresArg: true,
        choices: Object.keys(presets),
        describe: 'named settings; flags override them',
      },
    }),
    ...stageOptions,
  } as Record<string, Options>
}

function settingOption(value: string | number | boolean | readonly unknown[], words: string): Options {
  const shown = Array.isArray(value) ? value.join(' ') || 'none' : String(value)
  const describe = `${words} (default ${shown === '' ? 'none' : shown})`
  if (typeof value === 'boolean') return { type: 'boolean', describe }
  if (!Array.isArray(value)) return { type: typeof value as 'string' | 'number', requiresArg: true, describe }
  return { type: 'array', describe, ...(typeof value[0] === 'number' ? { number: true } : { string: true }) }
}

/** The configuration the flags ask for. Throws UsageError for a bad value. */
export function configFrom<C extends Config<C>>(
  name: string,
  defaults: C,
  presets: Readonly<Record<string, Partial<C>>>,
  argv: ArgumentsCamelCase<object>,
): Readonly<C> {
  const flags = argv as Record<string, unknown>
  const given = Object.fromEntries(Object.keys(defaults).map((key) => [key, flags[key]])) as Partial<C>
  return resolveConfig(name, defaults, presets, flags.preset as string | undefined, given)
}

/** Says what a stage left, in lines or as the manifest's own JSON. */
export function printStage(json: boolean, out: string, manifest: Manifest, lines: string[] = []): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ out, ...manifest, outputs: Object.keys(manifest.outputs).length })}\n`)
    return
  }
  for (const skip of manifest.skipped) process.stderr.write(`${skipLine(skip)}\n`)
  for (const line of lines) process.stdout.write(`${line}\n`)
  process.stdout.write(`${manifest.stage} → ${out}  (${manifest.hash.slice(0, 12)})\n`)
}
