import type { Dataset } from '../../pipeline/dataset.js'
import { progress } from '../../pipeline/progress.js'
import type { LogInfo } from '../../pipeline/schema.js'
import { type Range, rangesOf } from '../../pipeline/splits/ranges.js'
import type { Split } from '../../pipeline/splits/readSplit.js'
import { trainedRow } from '../../pipeline/splits/trainedFrames.js'
import { logFilter } from '../training/logFilter.js'
import { countClasses } from './classWeights.js'
import type { LatentConfig } from './config.js'

/** What one pass over the training part finds out. */
export interface Survey {
  /** Dataset frame numbers of the frames to train on, and of those to validate on. */
  train: number[]
  val: number[]
  /** Runs of the frame indices to train on, by log: for the manifest, so that an evaluation can refuse them. */
  trainedOn: Record<string, Range[]>
  /** Voxels of each class in the frames to train on. */
  classCounts: number[]
}

/**
 * Reads every log that has training or validation frames once. `list` is given the rows of `trained.arrow`, log by log.
 */
export async function survey(
  dataset: Dataset,
  split: Pick<Split, 'partOf' | 'logs'>,
  { exclude, countUnobserved }: Pick<LatentConfig, 'exclude' | 'countUnobserved'>,
  list: (rows: readonly Record<string, unknown>[]) => void,
): Promise<Survey> {
  const found: Survey = { train: [], val: [], trainedOn: {}, classCounts: dataset.taxonomy.classes.map(() => 0) }
  const wanted = new Set([...split.logs('train'), ...split.logs('val')])
  const isIn = logFilter(exclude, dataset.logs)
  const logs = dataset.logs.filter((log) => wanted.has(log.logId) && isIn(log))
  const bar = progress('survey', logs.length, 'logs')
  for (const log of logs) {
    list(await surveyLog(dataset, split, log, countUnobserved, found))
    bar.tick(log.logId)
  }
  bar.stop()
  return found
}

/** Returns the rows of the frames to train on. */
async function surveyLog(
  dataset: Dataset,
  { partOf }: Pick<Split, 'partOf'>,
  log: LogInfo,
  countUnobserved: boolean,
  found: Survey,
): Promise<Record<string, unknown>[]> {
  const { logId } = log
  const indices: number[] = []
  const rows: Record<string, unknown>[] = []
  let number = dataset.firstFrame.get(logId)!
  for await (const frame of dataset.frames(logId)) {
    const part = partOf(logId, frame.frameIndex)
    if (part === 'train' || part === 'val') found[part].push(number)
    if (part === 'train') {
      countClasses(found.classCounts, frame, countUnobserved)
      rows.push(trainedRow(log, frame))
    }
    indices.push(frame.frameIndex)
    number++
  }
  const ranges = rangesOf(Int32Array.from(indices), (row) => partOf(logId, indices[row]) === 'train')
  if (ranges.length > 0) found.trainedOn[logId] = ranges
  return rows
}
