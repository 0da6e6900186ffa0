import { join } from 'node:path'
import type { CommandModule, Options } from 'yargs'
import type { Manifest } from '../pipeline/manifest.js'
import { type SplitConfig, splitDefaults, splitPresets } from '../pipeline/splits/config.js'
import { officialLists } from '../pipeline/splits/official/officialLists.js'
import { parts } from '../pipeline/splits/part.js'
import { readSplit } from '../pipeline/splits/readSplit.js'
import { rules } from '../pipeline/splits/rules.js'
import { split as splitDataset } from '../pipeline/splits/split.js'
import { foldsNamed, splitFolds } from '../pipeline/splits/splitFolds.js'
import { certificateLine } from './certificateLines.js'
import { splitWords } from './commands.js'
import { type CommandBody, lazyCommand } from './lazyCommand.js'
import { configFrom, flagsOf, printStage, type StageFlags } from './options.js'
import { stageInputs } from './stageInputs.js'

interface Flags extends StageFlags {
  dataset: string
  folds?: string
  extend?: string
}

const ruleHelp = Object.entries(rules).map(([name, { describe }]) => `${name}: ${describe}`)

const words: Record<keyof SplitConfig, string> = {
  rule: 'what may not be torn apart; of several, logs that agree in any stay together; a+b: in both',
  official: `a published split instead of a rule: ${Object.keys(officialLists).join(', ')}`,
  shares: 'shares of the frames for train, val and test',
  bufferM: 'frames of two parts lie at least this far apart, metres',
  mergeNear: 'keep logs that come nearer than the buffer in one part, instead of leaving frames out',
  neighbourS: 'logs of one rig and site with less time between them are one drive, seconds; 0: off',
  holdOut: 'groups that are the whole of test, such as a rig or a site',
  tileM: 'rule tile: width of a tile of the map, metres',
  regionM: 'rule geographic: width of a region of the map, metres',
  gapS: 'rule temporal: time between the parts at a site, seconds',
}

/** What a split starts from, or is one of: no setting of the plan itself. */
const beside = {
  folds: {
    type: 'string',
    describe: 'a number, or each (group): write that many splits, fold-0 …, whose tests make up all',
  },
  extend: {
    type: 'string',
    describe: 'former split folder of the same rule: its logs stay where they are, new ones are added',
  },
} satisfies Record<string, Options>

/** `occlab split` itself. It is a subcommand, too: its flags are not those of the others. */
const plan: CommandModule<object, Flags> = {
  command: '$0',
  describe: splitWords,
  builder: (yargs) =>
    yargs
      .options({
        ...stageInputs('dataset'),
        ...flagsOf(splitDefaults, splitPresets, 'split folder to write', words),
        ...beside,
      })
      .epilogue(`rules\n${ruleHelp.map((line) => `  ${line}`).join('\n')}`) as never,
  async handler(argv) {
    const config = configFrom('split', splitDefaults, splitPresets, argv)
    if (argv.folds !== undefined) {
      const manifests = await splitFolds({ ...argv, config }, foldsNamed(argv.folds))
      for (const [i, manifest] of manifests.entries()) await print(argv.json, join(argv.out, `fold-${i}`), manifest)
    } else await print(argv.json, argv.out, await splitDataset({ ...argv, config }))
  },
}

const actions = [
  plan as CommandModule,
  lazyCommand(
    'audit',
    'list everything that the parts of a split, or of lists from elsewhere, share. Exit code 4 on a leak',
    async () => (await import('./splitAudit.js')).splitAudit,
  ),
  lazyCommand(
    'certify <dir>',
    "sign a split's certificate with your key, with the findings of an audit if one is given",
    async () => (await import('./splitCertify.js')).splitCertify,
  ),
  lazyCommand(
    'verify <dir>',
    'check a certificate: intact or altered and where, signed by whom. Exit code 4 when it does not hold',
    async () => (await import('./splitVerify.js')).splitVerify,
  ),
  lazyCommand(
    'inflation',
    'train one small model on a leaky and on a clean split of the same data: what a leak is worth',
    async () => (await import('./splitInflation.js')).splitInflation,
  ),
]

export const split: CommandBody<object> = {
  builder: (yargs) => yargs.command(actions),
  handler: () => undefined,
}

async function print(json: boolean, out: string, manifest: Manifest): Promise<void> {
  printStage(json, out, manifest, [...(await table(out)), ...(await certificateLine(out))])
}

/** A line a part: logs, frames, share got and asked, frames left out. */
async function table(dir: string): Promise<string[]> {
  const { file } = await readSplit(dir)
  const lines = parts.map((part) => {
    const { logs, frames, got, asked, leftOut } = file.parts[part]
    const [nearby, close] = [leftOut.buffer, leftOut.gap].map((counts) =>
      Object.values(counts).reduce((a, b) => a + b, 0),
    )
    const shares = `${(100 * got).toFixed(1)} % (asked ${(100 * asked).toFixed(1)} %)`
    return `${part.padEnd(6)} ${logs} ${logs === 1 ? 'log' : 'logs'}, ${frames} frames, ${shares}, ${nearby} left out by the buffer${close > 0 ? `, ${close} by the gap` : ''}`
  })
  return [...lines, `${file.leaks.length} leaks, ${file.compromises.length} compromises; see split.json`]
}
