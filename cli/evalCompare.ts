import type { Options } from 'yargs'
import { compare, compareSides, openSides, outcomesOf, type Sides } from '../eval/compare/compare.js'
import { type CompareConfig, type Comparison, compareDefaults } from '../eval/compare/compareTallies.js'
import { checkLimits, type LimitCheck, parseLimit } from '../eval/compare/limits.js'
import { resolveConfig } from '../pipeline/config.js'
import { UsageError } from '../pipeline/errors.js'
import { comparisonTable, limitLines } from './comparisonTable.js'
import { printStage } from './options.js'

/** The flags of `occlab eval --compare A B`; resamples, minLogs, seed, out, replace and json it shares with `occlab eval`. */
export interface CompareFlags {
  compare?: string[]
  failBelow?: string[]
  passAbove?: string[]
  resamples?: number
  minLogs?: number
  out?: string
  seed: number
  replace: boolean
  json: boolean
}

const limitForm = 'METRIC[:CLASS][@SECONDS]=CHANGE'

export const compareOptions = {
  compare: {
    type: 'string',
    array: true,
    nargs: 2,
    describe:
      'compare two metrics folders or run folders, B against A, instead of scoring; --out keeps tables and plots',
  },
  'fail-below': {
    type: 'string',
    array: true,
    describe: `with --compare: exit code 4 where B is shown to gain less than ${limitForm}, such as iou=-0.01`,
  },
  'pass-above': {
    type: 'string',
    array: true,
    describe: 'with --compare: the same, also where it cannot be told: B must be shown to gain more',
  },
} satisfies Record<string, Options>

/** Prints the comparison; sets exit code 4 where a limit is broken. Throws UsageError, DataError. */
export async function compareRuns(flags: CompareFlags): Promise<void> {
  const { compare: [a, b] = [], out, seed, replace, json } = flags
  if (b === undefined) throw new UsageError('--compare takes two folders', { expected: '--compare A B' })
  const limits = [
    ...(flags.failBelow ?? []).map((words) => parseLimit(words, 'fail')),
    ...(flags.passAbove ?? []).map((words) => parseLimit(words, 'pass')),
  ]
  const { resamples, minLogs } = flags
  const config = resolveConfig<CompareConfig>('compare', compareDefaults, {}, undefined, { resamples, minLogs })
  const sides = await openSides(a, b)
  const written = out === undefined ? null : await compare(sides, { out, config, seed, replace })
  const comparison = written?.comparison ?? compareSides(sides, config, seed)
  const checks = checkLimits(comparison.rows, limits, config.minLogs)
  if (json) printJson(sides, comparison, checks, out)
  else {
    const lines = [...comparisonTable(sides.a, sides.b, comparison), ...limitLines(checks)]
    for (const line of lines) process.stdout.write(`${line}\n`)
    if (written) printStage(false, out!, { ...written.manifest, skipped: [] }, [`page ${out}/index.html`])
  }
  if (checks.some(({ isBroken }) => isBroken)) process.exitCode = 4
}

function printJson({ a, b }: Sides, comparison: Comparison, checks: readonly LimitCheck[], out?: string): void {
  const limits = checks.map(({ limit, row, verdict, reason, isBroken }) => {
    const { task, horizonS, policy } = row
    return { limit: limit.words, kind: limit.kind, task, horizonS, policy, verdict, reason, isBroken }
  })
  const outcomes = outcomesOf(comparison)
  const object = { a: a.dir, b: b.dir, ...(out !== undefined && { out }), outcomes, limits, ...comparison }
  process.stdout.write(`${JSON.stringify(object)}\n`)
}
