import { join } from 'node:path'
import { openDataset } from '../dataset.js'
import type { Manifest } from '../manifest.js'
import { progress } from '../progress.js'
import { runStage, type Work, writeAtomically } from '../stage.js'
import type { SplitConfig } from './config.js'
import { parts } from './part.js'
import { planSplit } from './planSplit.js'
import { readSplit } from './readSplit.js'
import { type SplitFile, splitFileName } from './splitFile.js'
import { type LogTrack, readTracks } from './tracks.js'

export type { SplitConfig } from './config.js'

export interface SplitOptions {
  /** Folder written by `ingest`. */
  dataset: string
  /** Folder to write. */
  out: string
  config: SplitConfig
  seed: number
  replace: boolean
}

/**
 * Splits a dataset into train, val and test: whole groups of logs, with a buffer between the parts, and a list of every
 * leak that is left. What had to give way is said on stderr, each time, and stands in `split.json`.
 *
 * Throws UsageError for a bad configuration, DataError for a damaged dataset, and what `runStage` throws.
 */
export async function split({ dataset, out, config, seed, replace }: SplitOptions): Promise<Manifest> {
  const plan = { stage: 'split', target: out, config, seed, inputs: { dataset }, replace }
  const manifest = await runStage(plan, async (work) => {
    const file = planSplit(await tracksOf(dataset), config, seed)
    await writeAtomically(join(work.dir, splitFileName), `${JSON.stringify(file, null, 1)}\n`)
    describe(work, file)
  })
  sayWhatGaveWay((await readSplit(out)).file)
  return manifest
}

async function tracksOf(dir: string): Promise<LogTrack[]> {
  const dataset = await openDataset(dir)
  const bar = progress('split', dataset.logs.length, 'logs')
  try {
    return await readTracks(dataset, () => bar.tick())
  } finally {
    bar.stop()
    await dataset.close()
  }
}

/** Counts in the manifest what was left out, and repeats what people ask for first. */
function describe(work: Work, file: SplitFile): void {
  for (const log of file.logs)
    for (const { near, count, frames } of log.exceptions)
      work.skip({
        what: 'frame',
        why: `${log.part} frame nearer than ${file.bufferM} m to a ${near} frame`,
        where: `log ${log.logId}, frame ${frames[0][0]}`,
        count,
      })
  work.detail('parts', file.parts)
  work.detail('compromises', file.compromises)
  work.detail('leaks', file.leaks.length)
}

function sayWhatGaveWay({ compromises, leaks, parts: facts }: SplitFile): void {
  const shares = parts.map((part) => `${part} ${facts[part].frames} frames (${(100 * facts[part].got).toFixed(1)} %)`)
  process.stderr.write(`split: ${shares.join(', ')}\n`)
  for (const { what } of compromises) process.stderr.write(`split: a compromise: ${what}\n`)
  if (leaks.length > 0) process.stderr.write(`split: ${leaks.length} leaks between the parts; see ${splitFileName}\n`)
}
