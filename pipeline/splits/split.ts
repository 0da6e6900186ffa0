import { join } from 'node:path'
import { openDataset } from '../dataset.js'
import type { Manifest } from '../manifest.js'
import { progress } from '../progress.js'
import { runStage, type Work, writeAtomically } from '../stage.js'
import { writeCertificate } from './certificateFolder.js'
import { signUnlessSigned } from './certificateSigning.js'
import type { SplitConfig } from './config.js'
import type { FoldNumber } from './folds.js'
import { parts } from './part.js'
import { checkPlan, planSplit, type SplitTask } from './planSplit.js'
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
  /** Folder of a former split of the same rule, whose assignments stay; only logs that it does not know are assigned. */
  extend?: string
}

/**
 * Splits a dataset into train, val and test: whole groups of logs, or regions of the map or of time, with a buffer
 * between the parts, and a list of every leak that is left. What had to give way is said on stderr, each time, and
 * stands in `split.json`.
 *
 * Throws UsageError for a bad configuration, DataError for a damaged dataset, and what `runStage` throws.
 */
export function split(options: SplitOptions): Promise<Manifest> {
  return splitOnce(options, () => tracksOf(options.dataset), null)
}

/** Writes one split; the tracks are read only where the folder is not there already. */
export async function splitOnce(
  { dataset, out, config, seed, replace, extend }: SplitOptions,
  tracks: () => Promise<LogTrack[]>,
  fold: FoldNumber | null,
): Promise<Manifest> {
  checkPlan(config, { fold, former: extend })
  const settings = fold ? { ...config, fold: fold.index, folds: fold.of } : config
  const inputs: Record<string, string> = { dataset, ...(extend && { former: extend }) }
  const plan = { stage: 'split', target: out, config: settings, seed, inputs, replace }
  const manifest = await runStage(plan, async (work) => {
    const task: SplitTask = { ...(fold && { fold }), ...(extend && { former: (await readSplit(extend)).file }) }
    const file = planSplit(await tracks(), config, seed, task)
    await writeAtomically(join(work.dir, splitFileName), `${JSON.stringify(file, null, 1)}\n`)
    describe(work, file)
    await writeCertificate(work, file, settings, seed)
  })
  const note = await signUnlessSigned(out)
  if (note) process.stderr.write(`split: ${note}\n`)
  sayWhatGaveWay((await readSplit(out)).file)
  return manifest
}

/** Reads the tracks of all logs of a dataset folder. */
export async function tracksOf(dir: string): Promise<LogTrack[]> {
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
  for (const { logId, leftOut, part, frames, exceptions } of file.logs) {
    if (leftOut && part === null && frames > 0)
      work.skip({ what: 'log', why: leftOut, where: `log ${logId}`, count: 1 })
    for (const exception of exceptions) {
      if (exception.part !== null) continue
      const where = `log ${logId}, frame ${exception.frames[0][0]}`
      const why = whyLeftOut(exception, file) ?? leftOut ?? 'given to no part'
      work.skip({ what: 'frame', why, where, count: exception.count })
    }
  }
  work.detail('parts', file.parts)
  work.detail('compromises', file.compromises)
  work.detail('leaks', file.leaks.length)
}

type Exception = SplitFile['logs'][number]['exceptions'][number]

function whyLeftOut({ reason, given, near }: Exception, { bufferM, rule, gapS, neighbourS }: SplitFile): string | null {
  if (reason === 'buffer') return `${given} frame nearer than ${bufferM} m to a ${near} frame`
  if (reason !== 'gap') return null
  return `${given} frame less than ${rule === 'temporal' ? Math.max(gapS, neighbourS) : neighbourS} s from a ${near} frame`
}

function sayWhatGaveWay({ compromises, leaks, cutLogs, logs, parts: facts }: SplitFile): void {
  const shares = parts.map((part) => `${part} ${facts[part].frames} frames (${(100 * facts[part].got).toFixed(1)} %)`)
  process.stderr.write(`split: ${shares.join(', ')}\n`)
  if (cutLogs > 0) process.stderr.write(`split: ${cutLogs} of ${logs.length} logs are cut between parts\n`)
  for (const { what } of compromises) process.stderr.write(`split: a compromise: ${what}\n`)
  if (leaks.length > 0) process.stderr.write(`split: ${leaks.length} leaks between the parts; see ${splitFileName}\n`)
}
