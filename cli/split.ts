import type { CommandModule } from 'yargs'
import { type SplitConfig, splitDefaults, splitPresets } from '../pipeline/splits/config.js'
import { parts } from '../pipeline/splits/part.js'
import { readSplit } from '../pipeline/splits/readSplit.js'
import { rules } from '../pipeline/splits/rules.js'
import { split as splitDataset } from '../pipeline/splits/split.js'
import { configFrom, flagsOf, printStage, type StageFlags } from './options.js'
import { stageInputs } from './stageInputs.js'

interface Flags extends StageFlags {
  dataset: string
}

const ruleHelp = Object.entries(rules).map(([name, { describe }]) => `${name}: ${describe}`)

const words: Record<keyof SplitConfig, string> = {
  rule: 'what may not be torn apart',
  shares: 'shares of the frames for train, val and test',
  bufferM: 'frames of two parts lie at least this far apart, metres',
  mergeNear: 'keep logs that come nearer than the buffer in one part, instead of leaving frames out',
  neighbourS: 'logs of one rig and site with less time between them are one drive, seconds; 0: off',
  holdOut: 'groups that are the whole of test, such as a rig or a site',
}

export const split: CommandModule<object, Flags> = {
  command: 'split',
  describe: 'split the dataset into train, val and test so that nothing leaks, and list what does',
  builder: (yargs) =>
    yargs
      .options({ ...stageInputs('dataset'), ...flagsOf(splitDefaults, splitPresets, 'split folder to write', words) })
      .choices('rule', Object.keys(rules))
      .epilogue(`rules\n${ruleHelp.map((line) => `  ${line}`).join('\n')}`) as never,
  async handler(argv) {
    const config = configFrom('split', splitDefaults, splitPresets, argv)
    const manifest = await splitDataset({ ...argv, config })
    printStage(argv.json, argv.out, manifest, await table(argv.out))
  },
}

/** A line a part: logs, frames, share got and asked, frames left out. */
async function table(dir: string): Promise<string[]> {
  const { file } = await readSplit(dir)
  const lines = parts.map((part) => {
    const { logs, frames, got, asked, leftOut } = file.parts[part]
    const out = Object.values(leftOut.buffer).reduce((sum, count) => sum + count, 0)
    const shares = `${(100 * got).toFixed(1)} % (asked ${(100 * asked).toFixed(1)} %)`
    return `${part.padEnd(6)} ${logs} logs, ${frames} frames, ${shares}, ${out} left out by the buffer`
  })
  return [...lines, `${file.leaks.length} leaks, ${file.compromises.length} compromises; see split.json`]
}
