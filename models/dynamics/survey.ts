import type { Dataset } from '../../pipeline/dataset.js'
import { DataError } from '../../pipeline/errors.js'
import { progress } from '../../pipeline/progress.js'
import type { LogInfo } from '../../pipeline/schema.js'
import { type Range, rangesOf } from '../../pipeline/splits/ranges.js'
import type { Split } from '../../pipeline/splits/readSplit.js'
import { trainedRow } from '../../pipeline/splits/trainedFrames.js'
import type { FrameLatent } from '../latent/latentsFolder.js'
import { logFilter } from '../training/logFilter.js'
import type { LatentCache } from './latentCache.js'
import { type LatentStatistics, StatisticsFit } from './latentScale.js'
import type { WindowFrame } from './windows.js'

/** A frame that windows are planned over. */
export interface SurveyedFrame extends WindowFrame {
  /** Row in its log, and number in the dataset. */
  row: number
  number: number
}

/** What one pass over the training and validation logs finds out. */
export interface DynamicsSurvey {
  /** All frames of those logs, log by log, in time order. */
  frames: SurveyedFrame[]
  /** Of the latents of the training part. */
  statistics: LatentStatistics
  /** Runs of the frame indices of the training part, by log: for the manifest, so that an evaluation can refuse them. */
  trainedOn: Record<string, Range[]>
}

/**
 * Reads every log that has training or validation frames once: its motions and its latents. `list` is given the rows
 * of `trained.arrow`, log by log.
 *
 * @throws DataError when a log's latents are not those of its frames
 */
export async function surveyLogs(
  dataset: Dataset,
  split: Pick<Split, 'partOf' | 'logs'>,
  latents: LatentCache,
  exclude: readonly string[],
  list: (rows: readonly Record<string, unknown>[]) => void,
): Promise<DynamicsSurvey> {
  const wanted = new Set([...split.logs('train'), ...split.logs('val')])
  const isIn = logFilter(exclude, dataset.logs)
  const logs = dataset.logs.filter((log) => wanted.has(log.logId) && isIn(log))
  const fit = new StatisticsFit(latents.channels)
  const frames: SurveyedFrame[] = []
  const trainedOn: Record<string, Range[]> = {}
  const bar = progress('survey', logs.length, 'logs')
  for (const log of logs) {
    const { logId } = log
    const { frames: own, trained } = await framesOf(dataset, split, log)
    list(trained)
    const found = await latents.whole(logId)
    checkSameFrames(own, found, logId)
    const isTrained = (row: number) => own[row].part === 'train'
    found.forEach(({ mean, logvar }, row) => {
      if (isTrained(row)) fit.add(mean, logvar)
    })
    const indices = Int32Array.from(own, ({ frameIndex }) => frameIndex)
    const ranges = rangesOf(indices, isTrained)
    if (ranges.length > 0) trainedOn[logId] = ranges
    for (const frame of own) frames.push(frame)
    bar.tick(logId)
  }
  bar.stop()
  return { frames, statistics: fit.result(), trainedOn }
}

async function framesOf(dataset: Dataset, { partOf }: Pick<Split, 'partOf'>, log: LogInfo) {
  const { logId } = log
  const first = dataset.firstFrame.get(logId)!
  const frames: SurveyedFrame[] = []
  const trained: Record<string, unknown>[] = []
  for await (const frame of dataset.frames(logId)) {
    const { frameIndex, egoMotion } = frame
    const [row, part] = [frames.length, partOf(logId, frameIndex)]
    frames.push({ logId, frameIndex, egoMotion, part, row, number: first + row })
    if (part === 'train') trained.push(trainedRow(log, frame))
  }
  return { frames, trained }
}

function checkSameFrames(frames: SurveyedFrame[], latents: FrameLatent[], logId: string): void {
  const differs = frames.findIndex(({ frameIndex }, row) => latents[row]?.frameIndex !== frameIndex)
  if (differs < 0 && frames.length === latents.length) return
  throw new DataError('the latents are not those of the frames', {
    place: `log ${logId}`,
    expected: `${frames.length} frames`,
    actual: differs < 0 ? `${latents.length} latents` : `another frame in row ${differs}`,
  })
}
